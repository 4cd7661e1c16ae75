/* SPDX-License-Identifier: Apache-2.0 */
#include "system/net/http_server.h"

#include "base/mem.h"
#include "system/net/http_request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS_MAX = 16, HEADER_BYTES_MAX = 16 << 10, PATH_BYTES_MAX = 2048 };

struct request_list {
        struct http_request *head, **tail;
        size_t count;
};

/* Everything below `lock` is under it. A request is on at most one list; `under_way` counts those
 * that are suspended (queued, with a worker, or waiting). */
struct http_server {
        struct http_server_options options;
        struct MHD_Daemon *daemon;
        unsigned port;
        pthread_t workers[WORKERS_MAX], waker;
        unsigned workers_started;
        bool waker_started;
        atomic_uint_fast64_t requests, refused_large, refused_busy;

        pthread_mutex_t lock;
        pthread_cond_t work, wake, idle;
        struct request_list queue, waiting;
        size_t under_way;
        uint64_t wakes;         /* so that a wake between the look and the wait is not missed */
        int64_t wake_at_steady; /* 0: nobody asked */
        bool stopping;
};

static void list_add(struct request_list *l, struct http_request *r)
{
        r->next = NULL;
        if (!l->head)
                l->tail = &l->head;
        *l->tail = r;
        l->tail = &r->next;
        l->count++;
}

static struct http_request *list_take(struct request_list *l)
{
        struct http_request *r = l->head;

        if (r) {
                l->head = r->next;
                l->count--;
        }
        return r;
}

static int64_t steady_ms(void)
{
        return clock_steady(&clock_real);
}

static void refuse(struct http_request *r, int status, const char *code)
{
        struct buffer body = BUFFER(1 << 10);

        http_reply_status(r, status);
        http_reply_header(r, "Content-Type", "application/problem+json");
        http_reply_header(r, "X-Content-Type-Options", "nosniff");
        http_reply_header(r, "Cache-Control", "no-store");
        if (status != 503)
                http_reply_header(r, "Connection", "close");
        else
                http_reply_header(r, "Retry-After", "2");
        if (buffer_add_format(&body,
                "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}", code,
                status, code) == 0)
                http_reply_body_own(r, &body);
        buffer_done(&body);
}

/* Back to the byte threads. After this the worker must not touch r. */
static void give_back(struct http_server *s, struct http_request *r)
{
        r->stage = HTTP_STAGE_ANSWERED;
        MHD_resume_connection(r->connection);
        pthread_mutex_lock(&s->lock);
        s->under_way--;
        pthread_cond_broadcast(&s->idle);
        pthread_mutex_unlock(&s->lock);
}

/* False when the request may not wait any more: it was refused instead. */
static bool put_aside(struct http_server *s, struct http_request *r, uint64_t wakes_seen)
{
        bool parked;

        if (r->wait_until_steady == 0)
                r->wait_until_steady = steady_ms() + (int64_t)s->options.wait_seconds * SECOND_MS;
        pthread_mutex_lock(&s->lock);
        parked = !s->stopping && !r->waited;
        if (parked) {
                list_add(wakes_seen == s->wakes ? &s->waiting : &s->queue, r);
                pthread_cond_signal(&s->wake);
                pthread_cond_signal(&s->work);
        }
        pthread_mutex_unlock(&s->lock);
        if (parked)
                return true; /* another worker's by now, perhaps answered and freed */
        refuse(r, 503, "stopping");
        return false;
}

static void answer_one(struct http_server *s, struct http_request *r)
{
        uint64_t wakes;

        pthread_mutex_lock(&s->lock);
        wakes = s->wakes;
        pthread_mutex_unlock(&s->lock);
        if (s->options.answer(s->options.state, r) == HTTP_WAIT && put_aside(s, r, wakes))
                return;
        give_back(s, r);
}

static void *work(void *state)
{
        struct http_server *s = state;
        struct http_request *r;

        pthread_mutex_lock(&s->lock);
        for (;;) {
                r = list_take(&s->queue);
                if (r) {
                        pthread_mutex_unlock(&s->lock);
                        answer_one(s, r);
                        pthread_mutex_lock(&s->lock);
                        continue;
                }
                if (s->stopping && s->under_way == 0)
                        break;
                pthread_cond_wait(&s->work, &s->lock);
        }
        pthread_mutex_unlock(&s->lock);
        return NULL;
}

/* Moves those whose time is over, or all of them, to the workers. Gives the next time to look. */
static int64_t move_waiting(struct http_server *s, int64_t now)
{
        bool all = s->stopping || (s->wake_at_steady && s->wake_at_steady <= now);
        struct request_list kept = { 0 };
        struct http_request *r;
        int64_t next = now + HOUR_MS;

        while ((r = list_take(&s->waiting))) {
                r->waited = s->stopping || r->wait_until_steady <= now;
                if (all || r->waited) {
                        list_add(&s->queue, r);
                        continue;
                }
                if (r->wait_until_steady < next)
                        next = r->wait_until_steady;
                list_add(&kept, r);
        }
        s->waiting = kept;
        if (!kept.head)
                s->waiting.tail = NULL;
        if (all)
                s->wake_at_steady = 0;
        if (s->wake_at_steady && s->wake_at_steady < next)
                next = s->wake_at_steady;
        pthread_cond_broadcast(&s->work);
        return next;
}

static void *watch_waiting(void *state)
{
        struct http_server *s = state;

        pthread_mutex_lock(&s->lock);
        while (!s->stopping) {
                int64_t next = move_waiting(s, steady_ms());
                struct timespec until = { .tv_sec = next / SECOND_MS,
                        .tv_nsec = (next % SECOND_MS + 1) * 1000000 };
                if (until.tv_nsec >= 1000000000) {
                        until.tv_sec++;
                        until.tv_nsec -= 1000000000;
                }
                (void)pthread_cond_timedwait(&s->wake, &s->lock, &until);
        }
        (void)move_waiting(s, steady_ms());
        pthread_mutex_unlock(&s->lock);
        return NULL;
}

void http_server_wake(struct http_server *s)
{
        if (!s)
                return;
        pthread_mutex_lock(&s->lock);
        s->wakes++;
        if (!s->wake_at_steady) {
                s->wake_at_steady = steady_ms() + s->options.wake_delay_ms;
                pthread_cond_signal(&s->wake);
        }
        pthread_mutex_unlock(&s->lock);
}

/* A whole request goes to the workers; its connection sleeps until give_back. */
static enum MHD_Result enqueue(struct http_server *s, struct http_request *r)
{
        bool taken;

        pthread_mutex_lock(&s->lock);
        taken = !s->stopping && s->queue.count < s->options.queue_max;
        if (taken) {
                r->stage = HTTP_STAGE_QUEUED;
                MHD_suspend_connection(r->connection);
                s->under_way++;
                list_add(&s->queue, r);
                pthread_cond_signal(&s->work);
        }
        pthread_mutex_unlock(&s->lock);
        if (taken)
                return MHD_YES;
        atomic_fetch_add(&s->refused_busy, 1);
        refuse(r, 503, "busy");
        return http_request_send(r);
}

static enum MHD_Result begin(struct http_server *s, struct MHD_Connection *c, const char *url,
    const char *method, void **con_cls)
{
        struct http_request *r;
        const char *length;
        uint64_t announced = 0;

        atomic_fetch_add(&s->requests, 1);
        r = http_request_new(s, c, method, url);
        if (!r)
                return MHD_NO;
        *con_cls = r;
        r->began_steady = steady_ms();
        r->body_max = s->options.body_limit(s->options.state, method, url);
        r->body = BUFFER(r->body_max);
        length = http_header(r, "Content-Length");
        if (strlen(url) > PATH_BYTES_MAX) {
                refuse(r, 414, "uri_too_long");
        } else if (length && (text_to_u64(&announced, text_of(length), UINT64_MAX) != 0 ||
                                 announced > r->body_max)) {
                atomic_fetch_add(&s->refused_large, 1);
                refuse(r, 413, "too_large");
        } else {
                return MHD_YES;
        }
        r->stage = HTTP_STAGE_REFUSED;
        return http_request_send(r);
}

static void take_body(struct http_server *s, struct http_request *r, const char *bytes, size_t len)
{
        if (r->stage != HTTP_STAGE_READING)
                return;
        if (steady_ms() - r->began_steady > (int64_t)s->options.body_seconds * SECOND_MS) {
                r->stage = HTTP_STAGE_REFUSED;
                refuse(r, 408, "too_slow");
        } else if (buffer_add(&r->body, bytes, len) != 0) {
                atomic_fetch_add(&s->refused_large, 1);
                r->stage = HTTP_STAGE_REFUSED;
                refuse(r, 413, "too_large");
        }
}

static enum MHD_Result take_request(void *state, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len, void **con_cls)
{
        struct http_server *s = state;
        struct http_request *r = *con_cls;

        (void)version;
        if (!r)
                return begin(s, c, url, method, con_cls);
        if (*upload_len) {
                take_body(s, r, upload, *upload_len);
                *upload_len = 0;
                return MHD_YES;
        }
        if (r->stage == HTTP_STAGE_READING)
                return enqueue(s, r);
        if (r->stage == HTTP_STAGE_QUEUED)
                return MHD_YES;
        return http_request_send(r);
}

static void completed(
    void *state, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
        (void)state;
        (void)c;
        (void)why;
        *con_cls = http_request_free(*con_cls);
}

static void drop_log(void *state, const char *format, va_list ap)
{
        (void)state;
        (void)format;
        (void)ap;
}

static int listen_on(int *out, unsigned *port, const struct http_server_options *o)
{
        struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                .ai_socktype = SOCK_STREAM };
        struct addrinfo *found = NULL;
        struct sockaddr_storage bound = { 0 };
        socklen_t bound_len = sizeof(bound);
        char service[16];
        const int yes = 1;
        int s, err = 0;

        (void)snprintf(service, sizeof(service), "%u", o->port);
        if (getaddrinfo(o->address, service, &hints, &found) != 0)
                return ERR_FORMAT;
        s = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (s < 0)
                err = err_from_errno(errno);
        if (!err) {
                (void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
                (void)setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
                if (bind(s, found->ai_addr, found->ai_addrlen) != 0 || listen(s, 1024) != 0)
                        err = errno == EADDRINUSE ? ERR_EXISTS : err_from_errno(errno);
        }
        freeaddrinfo(found);
        if (!err && getsockname(s, (struct sockaddr *)&bound, &bound_len) != 0)
                err = ERR_IO;
        if (err) {
                if (s >= 0)
                        (void)close(s);
                return err;
        }
        /* sin_port and sin6_port stand at the same place (RFC 3493 3.3). */
        /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): getsockname() filled it */
        *port = ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
        *out = s;
        return 0;
}

static int start_daemon(struct http_server *s)
{
        const struct http_server_options *o = &s->options;
        unsigned flags = MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD |
                         MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
        struct MHD_OptionItem tls[8] = { 0 };
        size_t n = 0;
        int socket = -1, err;

        if (o->certificate_pem) {
                flags |= MHD_USE_TLS;
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
                        (void *)(uintptr_t)o->certificate_pem };
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
                        (void *)(uintptr_t)o->key_pem };
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
                        (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" };
        }
        if (o->client_authority_pem)
                tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0,
                        (void *)(uintptr_t)o->client_authority_pem };
        tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
        err = listen_on(&socket, &s->port, o);
        if (err)
                return err;
        s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, take_request, s,
            MHD_OPTION_EXTERNAL_LOGGER, drop_log, NULL, MHD_OPTION_LISTEN_SOCKET, socket,
            MHD_OPTION_THREAD_POOL_SIZE, o->byte_threads, MHD_OPTION_CONNECTION_LIMIT,
            o->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->connections_per_address_max,
            MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
            (size_t)HEADER_BYTES_MAX, MHD_OPTION_NOTIFY_COMPLETED, completed, s, MHD_OPTION_ARRAY,
            tls, MHD_OPTION_END);
        if (s->daemon)
                return 0;
        (void)close(socket);
        return o->certificate_pem ? ERR_UNTRUSTED : ERR_IO;
}

static void init_locks(struct http_server *s)
{
        pthread_condattr_t steady;

        pthread_mutex_init(&s->lock, NULL);
        pthread_condattr_init(&steady);
        pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
        pthread_cond_init(&s->work, NULL);
        pthread_cond_init(&s->idle, NULL);
        pthread_cond_init(&s->wake, &steady);
        pthread_condattr_destroy(&steady);
}

static int start_threads(struct http_server *s)
{
        if (pthread_create(&s->waker, NULL, watch_waiting, s) != 0)
                return ERR_MEMORY;
        s->waker_started = true;
        for (; s->workers_started < s->options.workers; s->workers_started++)
                if (pthread_create(&s->workers[s->workers_started], NULL, work, s) != 0)
                        return ERR_MEMORY;
        return 0;
}

int http_server_start(struct http_server **out, const struct http_server_options *options)
{
        struct http_server *s;
        int err;

        if (options->workers == 0 || options->workers > WORKERS_MAX)
                return ERR_BUG;
        s = mem_zero(1, sizeof(*s));
        if (!s)
                return ERR_MEMORY;
        s->options = *options;
        init_locks(s);
        err = start_threads(s);
        if (!err)
                err = start_daemon(s);
        s->options.certificate_pem = s->options.key_pem = s->options.client_authority_pem = NULL;
        if (err) {
                (void)http_server_stop(s);
                return err;
        }
        *out = s;
        return 0;
}

/* Order: no new requests; those that wait are answered; all suspended ones resumed; only then may
 * MHD stop. */
struct http_server *http_server_stop(struct http_server *s)
{
        if (!s)
                return NULL;
        pthread_mutex_lock(&s->lock);
        s->stopping = true;
        pthread_cond_broadcast(&s->wake);
        pthread_cond_broadcast(&s->work);
        while (s->under_way) {
                pthread_cond_broadcast(&s->work);
                pthread_cond_wait(&s->idle, &s->lock);
        }
        pthread_cond_broadcast(&s->work);
        pthread_mutex_unlock(&s->lock);
        if (s->waker_started)
                pthread_join(s->waker, NULL);
        for (unsigned i = 0; i < s->workers_started; i++)
                pthread_join(s->workers[i], NULL);
        if (s->daemon)
                MHD_stop_daemon(s->daemon);
        pthread_cond_destroy(&s->work);
        pthread_cond_destroy(&s->wake);
        pthread_cond_destroy(&s->idle);
        pthread_mutex_destroy(&s->lock);
        mem_free(s);
        return NULL;
}

unsigned http_server_port(const struct http_server *s)
{
        return s->port;
}

void http_server_count(struct http_server_counts *out, struct http_server *s)
{
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(
            s->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

        pthread_mutex_lock(&s->lock);
        *out = (struct http_server_counts){ .waiting = s->waiting.count };
        pthread_mutex_unlock(&s->lock);
        out->requests = atomic_load(&s->requests);
        out->refused_large = atomic_load(&s->refused_large);
        out->refused_busy = atomic_load(&s->refused_busy);
        out->connections = info ? info->num_connections : 0;
}
