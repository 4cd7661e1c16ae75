/* system/net/http_request.h: one request between the byte threads and the workers. Only for
 * http_*.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_HTTP_REQUEST_H
#define CANH_SYSTEM_NET_HTTP_REQUEST_H

#include "system/net/http_server.h"

#include <microhttpd.h>

enum { HTTP_HEADERS_MAX = 16, HTTP_VALUE_MAX = 600 };

enum http_stage {
        HTTP_STAGE_READING,
        HTTP_STAGE_REFUSED, /* too large or too late: the rest of the body is thrown away */
        HTTP_STAGE_QUEUED,  /* belongs to the workers, connection suspended */
        HTTP_STAGE_ANSWERED /* back at the byte thread */
};

/* Invariant: while QUEUED only the one who took it off a list touches it; the hand-over between
 * threads is the server's lock, and MHD's own for resume. */
struct http_request {
        struct http_server *server;
        struct MHD_Connection *connection;
        struct http_request *next;
        enum http_stage stage;
        bool waited;
        int64_t began_steady, wait_until_steady;
        const char *method;
        char *path;
        size_t body_max;
        struct buffer body;
        struct http_client client;
        char peer[64];

        int status;
        struct {
                const char *name;
                char value[HTTP_VALUE_MAX];
        } headers[HTTP_HEADERS_MAX];
        size_t header_count;
        struct buffer reply_body;
        struct text reply_static;
        int reply_fd;
        uint64_t reply_fd_bytes;
};

struct http_request *http_request_new(
    struct http_server *server, struct MHD_Connection *c, const char *method, const char *path);
struct http_request *http_request_free(struct http_request *r);
/* Hands the reply to MHD. */
enum MHD_Result http_request_send(struct http_request *r);
/* Fills r->client from the TLS session. */
void http_client_check(struct http_request *r);

#endif
