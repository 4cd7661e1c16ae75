/* system/net/https_client.c: see https_client.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/https_client.h"
#include "system/net/https_answer_parse.h"
#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_MAX = 256, PORT_MAX = 8, READ_STEP = 16 << 10, CONNECT_MS_MAX = 15000, CHAIN_MAX = 8 };

struct https_client {
        char host[HOST_MAX], port[PORT_MAX];
        gnutls_certificate_credentials_t credentials;
        gnutls_x509_crt_t authority; /* NULL: known by fingerprint only */
        struct sha256 fingerprint;
        bool by_fingerprint;
        gnutls_session_t session;
        int fd;
        time_ms deadline;
        struct buffer in;
};

static int url_parse(struct https_client *c, const char *url)
{
        struct text t = text_of(url), host;
        size_t colon;
        int err;

        if (!text_starts(t, "https://"))
                return ERR_FORMAT;
        t.data += 8;
        t.len -= 8;
        if (text_ends(t, "/"))
                t.len--;
        if (t.len && t.data[0] == '[') { /* [2001:db8::1]:8444 */
                size_t end = text_find(t, ']');

                if (end == t.len)
                        return ERR_FORMAT;
                host = (struct text){ t.data + 1, end - 1 };
                colon = end + 1;
        } else {
                colon = text_find(t, ':');
                host = (struct text){ t.data, colon };
        }
        if (!host.len || text_find(host, '/') != host.len)
                return ERR_FORMAT;
        err = text_copy(c->host, sizeof(c->host), host);
        if (err || colon >= t.len)
                return err ? err : text_copy(c->port, sizeof(c->port), TEXT("443"));
        return text_copy(
            c->port, sizeof(c->port), (struct text){ t.data + colon + 1, t.len - colon - 1 });
}

static gnutls_datum_t datum(struct text t)
{
        return (gnutls_datum_t){ (unsigned char *)(uintptr_t)t.data, (unsigned)t.len };
}

static int trust_load(struct https_client *c, const struct https_client_options *o)
{
        gnutls_datum_t pem = datum(o->authority);

        if (o->fingerprint) {
                c->fingerprint = *o->fingerprint;
                c->by_fingerprint = true;
                return 0;
        }
        if (gnutls_x509_crt_init(&c->authority) != 0)
                return ERR_MEMORY;
        return gnutls_x509_crt_import(c->authority, &pem, GNUTLS_X509_FMT_PEM) == 0 ? 0
                                                                                    : ERR_UNTRUSTED;
}

int https_client_new(struct https_client **out, const struct https_client_options *o)
{
        AUTO(https_client_free_at) struct https_client *c = mem_zero(1, sizeof(*c));
        gnutls_datum_t certificate = datum(o->certificate), key = datum(o->key);
        int err;

        if (!c)
                return ERR_MEMORY;
        c->fd = -1;
        c->in = BUFFER(HTTPS_HEAD_MAX);
        err = url_parse(c, o->url);
        if (!err)
                err = trust_load(c, o);
        if (err)
                return err;
        if (gnutls_certificate_allocate_credentials(&c->credentials) != 0)
                return ERR_MEMORY;
        if (o->certificate.len && gnutls_certificate_set_x509_key_mem(
                                      c->credentials, &certificate, &key, GNUTLS_X509_FMT_PEM) != 0)
                return ERR_UNTRUSTED;
        *out = MOVE(c);
        return 0;
}

void https_client_hang_up(struct https_client *c)
{
        if (c->session) {
                (void)gnutls_bye(c->session, GNUTLS_SHUT_WR);
                gnutls_deinit(c->session);
        }
        c->session = NULL;
        if (c->fd >= 0)
                (void)close(c->fd);
        c->fd = -1;
        buffer_clear(&c->in);
}

struct https_client *https_client_free(struct https_client *c)
{
        if (c) {
                https_client_hang_up(c);
                if (c->credentials)
                        gnutls_certificate_free_credentials(c->credentials);
                if (c->authority)
                        gnutls_x509_crt_deinit(c->authority);
                buffer_done(&c->in);
                mem_free(c);
        }
        return NULL;
}

void https_client_free_at(struct https_client **c)
{
        *c = https_client_free(*c);
}

static int time_left(const struct https_client *c)
{
        time_ms left = c->deadline - clock_steady(&clock_real);

        return left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static int connect_one(struct https_client *c, const struct addrinfo *a)
{
        int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
        int wait = time_left(c) < CONNECT_MS_MAX ? time_left(c) : CONNECT_MS_MAX, on = 1,
            failed = 0;
        socklen_t len = sizeof(failed);
        struct pollfd p = { .fd = fd, .events = POLLOUT };

        if (fd < 0)
                return ERR_IO;
        if (connect(fd, a->ai_addr, a->ai_addrlen) != 0 &&
            (errno != EINPROGRESS || poll(&p, 1, wait) != 1 ||
                getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0 || failed)) {
                (void)close(fd);
                return ERR_CLOSED;
        }
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        c->fd = fd;
        return 0;
}

static int connect_any(struct https_client *c)
{
        struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG },
                        *list = NULL;
        int err = ERR_CLOSED;

        if (getaddrinfo(c->host, c->port, &hints, &list) != 0) {
                hints.ai_flags = 0; /* a machine with nothing but loopback */
                if (getaddrinfo(c->host, c->port, &hints, &list) != 0)
                        return ERR_CLOSED;
        }
        for (struct addrinfo *a = list; a && err; a = a->ai_next)
                err = connect_one(c, a);
        freeaddrinfo(list);
        return err;
}

/* The certificate of the chain that has the known fingerprint. NULL when there is none. */
static gnutls_x509_crt_t find_pinned(
    const struct https_client *c, const gnutls_datum_t *chain, unsigned count)
{
        for (unsigned i = 0; i < count; i++) {
                struct sha256 d = sha256_of(chain[i].data, chain[i].size);
                gnutls_x509_crt_t found;

                if (memcmp(&d, &c->fingerprint, sizeof(d)) != 0 ||
                    gnutls_x509_crt_init(&found) != 0)
                        continue;
                if (gnutls_x509_crt_import(found, &chain[i], GNUTLS_X509_FMT_DER) == 0)
                        return found;
                gnutls_x509_crt_deinit(found);
        }
        return NULL;
}

static int verify_under(gnutls_x509_crt_t authority, const gnutls_datum_t *chain)
{
        gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                .data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER };
        gnutls_x509_trust_list_t list = NULL;
        gnutls_x509_crt_t server = NULL;
        unsigned status = 1;
        bool good = gnutls_x509_trust_list_init(&list, 0) == 0 &&
                    gnutls_x509_crt_init(&server) == 0 &&
                    gnutls_x509_crt_import(server, &chain[0], GNUTLS_X509_FMT_DER) == 0 &&
                    gnutls_x509_trust_list_add_cas(list, &authority, 1, 0) == 1 &&
                    gnutls_x509_trust_list_verify_crt2(
                        list, &server, 1, &purpose, 1, 0, &status, NULL) == 0 &&
                    status == 0;

        if (server)
                gnutls_x509_crt_deinit(server);
        if (list)
                gnutls_x509_trust_list_deinit(list, 0);
        return good ? 0 : ERR_UNTRUSTED;
}

static int verify(struct https_client *c)
{
        unsigned count = 0;
        const gnutls_datum_t *chain = gnutls_certificate_get_peers(c->session, &count);
        gnutls_x509_crt_t pinned;
        int err;

        if (!chain || !count || count > CHAIN_MAX)
                return ERR_UNTRUSTED;
        if (!c->by_fingerprint)
                return verify_under(c->authority, chain);
        pinned = find_pinned(c, chain, count);
        if (!pinned)
                return ERR_UNTRUSTED;
        err = verify_under(pinned, chain);
        gnutls_x509_crt_deinit(pinned);
        return err;
}

/* GNUTLS_E_AGAIN: waits until the socket is ready again or the time is over. */
static int wait_ready(struct https_client *c)
{
        struct pollfd p = { .fd = c->fd,
                .events = gnutls_record_get_direction(c->session) ? POLLOUT : POLLIN };
        int left = time_left(c);

        return left > 0 && poll(&p, 1, left) > 0 ? 0 : ERR_BUSY;
}

static bool is_again(ssize_t n)
{
        return n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
}

static int shake_hands(struct https_client *c)
{
        int n, err = 0;

        if (gnutls_init(&c->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) != 0)
                return ERR_MEMORY;
        if (gnutls_priority_set_direct(
                c->session, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL) != 0 ||
            gnutls_credentials_set(c->session, GNUTLS_CRD_CERTIFICATE, c->credentials) != 0)
                return ERR_BUG;
        gnutls_transport_set_int(c->session, c->fd);
        while (!err && (n = gnutls_handshake(c->session)) != 0) {
                if (is_again(n))
                        err = wait_ready(c);
                else if (gnutls_error_is_fatal(n))
                        err = ERR_CLOSED;
        }
        return err ? err : verify(c);
}

static int dial(struct https_client *c)
{
        int err;

        if (c->session)
                return 0;
        err = connect_any(c);
        return err ? err : shake_hands(c);
}

static int send_all(struct https_client *c, struct text bytes)
{
        while (bytes.len) {
                ssize_t n = gnutls_record_send(c->session, bytes.data, bytes.len);
                int err = is_again(n) ? wait_ready(c) : n < 0 ? ERR_CLOSED : 0;

                if (err)
                        return err;
                if (n > 0) {
                        bytes.data += n;
                        bytes.len -= (size_t)n;
                }
        }
        return 0;
}

/* More bytes into c->in. CLOSED at the end of the connection. */
static int receive(struct https_client *c)
{
        for (;;) {
                int err = buffer_reserve(&c->in, READ_STEP);
                ssize_t n;

                if (err)
                        return err;
                n = gnutls_record_recv(c->session, c->in.data + c->in.len, READ_STEP);
                if (n > 0) {
                        c->in.len += (size_t)n;
                        c->in.data[c->in.len] = '\0';
                        return 0;
                }
                if (!is_again(n))
                        return ERR_CLOSED;
                err = wait_ready(c);
                if (err)
                        return err;
        }
}

static int receive_chunks(struct https_client *c, struct buffer *body, size_t at)
{
        for (;;) {
                struct text chunk, rest = { c->in.data + at, c->in.len - at };
                size_t used;
                int err = https_chunk_parse(&chunk, &used, rest);

                if (err == ERR_BUSY) {
                        err = receive(c);
                        if (err)
                                return err;
                        continue;
                }
                if (!err)
                        err = buffer_add(body, chunk.data, chunk.len);
                if (err || !chunk.len)
                        return err;
                at += used;
        }
}

static int receive_answer(struct https_client *c, struct https_answer *answer)
{
        struct https_head head;
        int err;

        c->in.max = HTTPS_HEAD_MAX + READ_STEP;
        while ((err = https_head_parse(&head, (struct text){ c->in.data, c->in.len })) == ERR_BUSY)
                if ((err = receive(c)) != 0)
                        return err;
        if (err)
                return err;
        if (head.content_bytes > 0 && (uint64_t)head.content_bytes > answer->body.max)
                return ERR_LIMIT;
        c->in.max = HTTPS_HEAD_MAX + answer->body.max * 2 + 2 * READ_STEP;
        if (head.chunked) {
                err = receive_chunks(c, &answer->body, head.head_bytes);
        } else {
                size_t need = head.head_bytes + (size_t)head.content_bytes;

                while (!err && c->in.len < need)
                        err = receive(c);
                if (!err)
                        err = buffer_add(&answer->body, c->in.data + head.head_bytes,
                            (size_t)head.content_bytes);
        }
        if (err)
                return err;
        answer->status = head.status;
        if (head.close)
                https_client_hang_up(c);
        return 0;
}

static int ask_once(
    struct https_client *c, struct https_answer *answer, struct text head, struct text body)
{
        int err = dial(c);

        if (!err)
                err = send_all(c, head);
        if (!err)
                err = send_all(c, body);
        if (!err)
                err = receive_answer(c, answer);
        buffer_done(&c->in); /* at rest no memory is held for answers that were */
        if (err)
                https_client_hang_up(c);
        return err;
}

int https_client_ask(struct https_client *c, struct https_answer *answer, const char *method,
    const char *path, struct text body, int timeout_ms)
{
        AUTO(buffer_done) struct buffer head = BUFFER(HTTPS_HEAD_MAX);
        bool had_connection = c->session != NULL;
        int err;

        c->deadline = clock_steady(&clock_real) + timeout_ms;
        buffer_clear(&answer->body);
        err = buffer_add_format(&head,
            "%s %s HTTP/1.1\r\nHost: %s:%s\r\nUser-Agent: canh-agent/" CANH_VERSION
            "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
            method, path, c->host, c->port, body.len);
        if (err)
                return err;
        err = ask_once(c, answer, (struct text){ head.data, head.len }, body);
        /* The server ends idle connections; that shows only at the next request. Asking twice does
         * no harm: reports are filed once by their identifier. */
        if (err == ERR_CLOSED && had_connection)
                err = ask_once(c, answer, (struct text){ head.data, head.len }, body);
        return err;
}
