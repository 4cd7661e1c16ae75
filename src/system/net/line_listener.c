/* system/net/line_listener.c: see line_listener.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/line_listener.h"

#include "base/mem.h"
#include "system/net/socket_address.h"
#include "system/net/syslog_frame_parse.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS_USUAL = 64, IDLE_SECONDS_USUAL = 600, LINE_BYTES_USUAL = 16 << 10 };
enum { EVENTS_MAX = 32, ACCEPTS_MAX = 32, BACKLOG = 64 };

/* bytes[0, len) came and belong to no whole line yet; skip bytes of what comes next are the rest
 * of a line that was cut (SKIP_TO_END: up to its end mark). */
struct connection {
        int fd; /* -1: free */
        struct ip_address source;
        uint16_t source_port;
        int64_t last_steady;
        char *bytes;
        size_t len, skip;
};

struct line_listener {
        int fd, events;
        struct line_listener_options options;
        struct connection *connections;
        struct line_listener_counts counts;
};

static const size_t SKIP_TO_END = SIZE_MAX;

static int watch(struct line_listener *l, int fd, struct connection *c)
{
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

        return epoll_ctl(l->events, EPOLL_CTL_ADD, fd, &e) == 0 ? 0 : err_from_errno(errno);
}

static void close_connection(struct line_listener *l, struct connection *c)
{
        (void)close(c->fd); /* which also takes it off the events */
        mem_free(c->bytes);
        *c = (struct connection){ .fd = -1 };
        l->counts.open--;
}

/* Who has lost its power says nothing: the kernel asks. Connections take these from the listener.
 */
static void ask_whether_alive(int fd)
{
        int on = 1, idle = 120, every = 30, times = 4;

        (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof(every));
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof(times));
}

static int listen_at(struct line_listener *l)
{
        int err = socket_bound(&l->fd, SOCK_STREAM, l->options.address, l->options.port);

        if (err)
                return err;
        ask_whether_alive(l->fd);
        if (listen(l->fd, BACKLOG) != 0)
                return errno == EADDRINUSE ? ERR_BUSY : err_from_errno(errno);
        l->events = epoll_create1(EPOLL_CLOEXEC);
        if (l->events < 0)
                return err_from_errno(errno);
        return watch(l, l->fd, NULL);
}

static struct line_listener_options with_usual(const struct line_listener_options *options)
{
        struct line_listener_options o = *options;

        if (!o.connections_max)
                o.connections_max = CONNECTIONS_USUAL;
        if (!o.idle_seconds)
                o.idle_seconds = IDLE_SECONDS_USUAL;
        if (!o.line_bytes_max)
                o.line_bytes_max = LINE_BYTES_USUAL;
        return o;
}

int line_listener_open(struct line_listener **out, const struct line_listener_options *options)
{
        AUTO(line_listener_close_at) struct line_listener *l = mem_zero(1, sizeof(*l));
        int err;

        if (!l)
                return ERR_MEMORY;
        l->fd = l->events = -1;
        l->options = with_usual(options);
        l->connections = mem_zero(l->options.connections_max, sizeof(*l->connections));
        if (!l->connections)
                return ERR_MEMORY;
        for (unsigned i = 0; i < l->options.connections_max; i++)
                l->connections[i].fd = -1;
        err = listen_at(l);
        if (err)
                return err;
        *out = MOVE(l);
        return 0;
}

struct line_listener *line_listener_close(struct line_listener *l)
{
        if (!l)
                return NULL;
        for (unsigned i = 0; l->connections && i < l->options.connections_max; i++)
                if (l->connections[i].fd >= 0)
                        close_connection(l, &l->connections[i]);
        if (l->events >= 0)
                (void)close(l->events);
        if (l->fd >= 0)
                (void)close(l->fd);
        mem_free(l->connections);
        mem_free(l);
        return NULL;
}

void line_listener_close_at(struct line_listener **l)
{
        *l = line_listener_close(*l);
}

uint16_t line_listener_port(const struct line_listener *l)
{
        return socket_port(l->fd);
}

int line_listener_fd(const struct line_listener *l)
{
        return l->events;
}

void line_listener_count(struct line_listener_counts *out, const struct line_listener *l)
{
        *out = l->counts;
}

static struct connection *free_connection(struct line_listener *l)
{
        for (unsigned i = 0; i < l->options.connections_max; i++)
                if (l->connections[i].fd < 0)
                        return &l->connections[i];
        return NULL;
}

/* Takes the descriptor, also on failure. */
static int keep_connection_own(struct line_listener *l, int fd, const struct sockaddr_storage *from)
{
        struct connection *c = free_connection(l);
        struct connection fresh = { .fd = fd, .last_steady = clock_steady(l->options.clock) };

        if (!c || !socket_address_read(&fresh.source, &fresh.source_port, from)) {
                l->counts.refused++;
                (void)close(fd);
                return 0;
        }
        fresh.bytes = mem_zero(1, l->options.line_bytes_max);
        if (!fresh.bytes || watch(l, fd, c) != 0) {
                mem_free(fresh.bytes);
                (void)close(fd);
                return ERR_MEMORY;
        }
        *c = fresh;
        l->counts.connections++;
        l->counts.open++;
        return 0;
}

static int accept_all(struct line_listener *l)
{
        for (int i = 0; i < ACCEPTS_MAX; i++) {
                struct sockaddr_storage from = { 0 };
                socklen_t len = sizeof(from);
                int fd = accept4(
                    l->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
                int err;
                if (fd < 0) /* whoever left before we came is no fault; ask again next time */
                        return errno == EMFILE || errno == ENFILE ? ERR_LIMIT : 0;
                err = keep_connection_own(l, fd, &from);
                if (err)
                        return err;
        }
        return 0;
}

static int give(struct line_listener *l, const struct connection *c,
    const struct syslog_frame *frame, const struct line_sink *sink)
{
        struct received_line line = { c->source, c->source_port, frame->line, frame->is_cut };

        if (line.bytes.len == 0)
                return 0;
        l->counts.lines++;
        l->counts.bytes += line.bytes.len;
        l->counts.cut_lines += frame->is_cut;
        return sink->take(sink->state, &line);
}

/* Leaves out what belongs to a line that was cut; what is left moves to the front. */
static void drop_front(struct connection *c, size_t n)
{
        memmove(c->bytes, c->bytes + n, c->len - n);
        c->len -= n;
}

static void skip_rest(struct connection *c)
{
        size_t n;

        if (c->skip == SKIP_TO_END) {
                n = syslog_line_end((struct text){ c->bytes, c->len });
                c->skip = n < c->len ? 0 : SKIP_TO_END;
                n += n < c->len; /* the end mark itself */
        } else {
                n = c->skip < c->len ? c->skip : c->len;
                c->skip -= n;
        }
        drop_front(c, n);
}

/* Hands over the whole lines that stand in the buffer. */
static int give_lines(
    struct line_listener *l, struct connection *c, bool is_end, const struct line_sink *sink)
{
        size_t used = 0;
        int err = 0;

        if (c->skip)
                skip_rest(c);
        while (!err && used < c->len) {
                struct syslog_frame frame;
                struct text rest = { c->bytes + used, c->len - used };
                if (!syslog_frame_parse(
                        &frame, rest, used == 0 && c->len == l->options.line_bytes_max, is_end))
                        break;
                used += frame.used;
                err = give(l, c, &frame, sink);
                if (frame.is_cut)
                        c->skip = frame.left ? frame.left : SKIP_TO_END;
        }
        drop_front(c, used);
        return err;
}

static int read_once(struct line_listener *l, struct connection *c, const struct line_sink *sink)
{
        ssize_t n = recv(
            c->fd, c->bytes + c->len, l->options.line_bytes_max - c->len, MSG_DONTWAIT);
        int err;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        if (n > 0) {
                c->len += (size_t)n;
                c->last_steady = clock_steady(l->options.clock);
        }
        err = give_lines(l, c, n <= 0, sink);
        if (err || n <= 0)
                close_connection(l, c);
        return err;
}

static void close_silent(struct line_listener *l)
{
        int64_t now = clock_steady(l->options.clock);

        for (unsigned i = 0; i < l->options.connections_max; i++) {
                struct connection *c = &l->connections[i];
                if (c->fd < 0 ||
                    now - c->last_steady < (int64_t)l->options.idle_seconds * SECOND_MS)
                        continue;
                close_connection(l, c);
                l->counts.idle_closed++;
        }
}

int line_listener_take(struct line_listener *l, int wait_ms, struct line_sink sink)
{
        struct epoll_event events[EVENTS_MAX];
        int n = epoll_wait(l->events, events, EVENTS_MAX, wait_ms);
        int err = 0;

        if (n < 0)
                return errno == EINTR ? 0 : ERR_IO;
        for (int i = 0; !err && i < n; i++) {
                struct connection *c = events[i].data.ptr;
                err = c ? read_once(l, c, &sink) : accept_all(l);
        }
        close_silent(l);
        return err;
}
