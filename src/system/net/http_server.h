/* system/net/http_server.h: HTTP/1.1, with or without TLS, for many idle connections and few
 * workers. A few threads move bytes (libmicrohttpd, epoll); a request that is whole is answered by
 * one of `workers` threads, which may block. A request may be put aside to wait (long poll) without
 * holding a thread. Limits: all in http_server_options; header 16 KiB.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_HTTP_SERVER_H
#define CANH_SYSTEM_NET_HTTP_SERVER_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

struct http_server;
struct http_request;

/* What http_answer returns: the reply is ready, or: ask me again when http_server_wake is called or
 * the time is over (then http_waited is true). */
enum http_verdict { HTTP_REPLY, HTTP_WAIT };

/* The client's certificate, as we verified it: chain to our authority, validity, purpose. */
struct http_client {
        bool given;
        bool trusted;
        const char *why; /* not trusted: "expired", "foreign"; static text */
        char common_name[65];
        char serial[65]; /* lower-case hex */
        time_ms until;
};

struct http_server_options {
        const char *address;                   /* "127.0.0.1", "::", … */
        unsigned port;                         /* 0: any free one */
        const char *certificate_pem, *key_pem; /* NULL: no TLS */
        const char *client_authority_pem;      /* not NULL: asks for client certificates */
        unsigned byte_threads, workers;
        unsigned connections_max, connections_per_address_max;
        unsigned idle_seconds;  /* a connection on which nothing moves */
        unsigned body_seconds;  /* from the first byte of a request to its last */
        unsigned wait_seconds;  /* longest HTTP_WAIT */
        unsigned wake_delay_ms; /* wakes within this time become one */
        unsigned queue_max;     /* whole requests waiting for a worker: 503 beyond */
        /* Largest body of this call; asked before the body is read. Any thread. */
        size_t (*body_limit)(void *state, const char *method, const char *path);
        enum http_verdict (*answer)(
            void *state, struct http_request *request); /* a worker thread */
        void *state;
};

/* The texts of the options are copied or done with on return. EXISTS: the address is taken;
 * DENIED, FORMAT (no such address), UNTRUSTED (certificate and key), MEMORY. */
MUST_USE int http_server_start(struct http_server **out, const struct http_server_options *options);
/* Answers who waits with 503, ends all connections. */
struct http_server *http_server_stop(struct http_server *server);
unsigned http_server_port(const struct http_server *server);
/* Those who wait are asked again. Any thread; cheap. */
void http_server_wake(struct http_server *server);

struct http_server_counts {
        uint64_t requests, refused_large, refused_busy, connections, waiting;
};
void http_server_count(struct http_server_counts *out, struct http_server *server);

/* The request. Views live until the answer was given. */
const char *http_method(const struct http_request *r);
const char *http_path(const struct http_request *r); /* as sent, without the query */
const char *http_query(const struct http_request *r, const char *name);  /* decoded; NULL */
const char *http_header(const struct http_request *r, const char *name); /* NULL */
const char *http_cookie(const struct http_request *r, const char *name); /* NULL */
struct text http_body(const struct http_request *r);
const char *http_peer(const struct http_request *r); /* address as text */
const struct http_client *http_client(const struct http_request *r);
bool http_waited(const struct http_request *r);

/* The reply: status, headers, then at most one of the bodies. */
void http_reply_status(struct http_request *r, int status);
/* At most 16, value cut at 600 bytes; control characters in the value drop the header. */
void http_reply_header(struct http_request *r, const char *static_name, const char *value);
void http_reply_body_own(struct http_request *r, struct buffer *body); /* empties *body */
void http_reply_static(
    struct http_request *r, struct text bytes); /* lives as long as the program */
void http_reply_file_own(struct http_request *r, int fd, uint64_t bytes);

#endif
