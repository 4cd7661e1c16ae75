/* SPDX-License-Identifier: Apache-2.0 */
#include "system/net/http_request.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

static void write_peer(struct http_request *r)
{
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(
            r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        const struct sockaddr *a = info ? info->client_addr : NULL;
        const void *bytes = NULL;

        if (a && a->sa_family == AF_INET)
                bytes = &((const struct sockaddr_in *)(const void *)a)->sin_addr;
        else if (a && a->sa_family == AF_INET6)
                bytes = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
        if (!bytes || !inet_ntop(a->sa_family, bytes, r->peer, sizeof(r->peer)))
                r->peer[0] = '\0';
        if (strncmp(r->peer, "::ffff:", 7) == 0)
                memmove(r->peer, r->peer + 7, strlen(r->peer + 7) + 1);
}

struct http_request *http_request_new(
    struct http_server *server, struct MHD_Connection *c, const char *method, const char *path)
{
        struct http_request *r = mem_zero(1, sizeof(*r));

        if (!r)
                return NULL;
        r->server = server;
        r->connection = c;
        r->method = method;
        r->status = 500;
        r->reply_fd = -1;
        r->path = mem_copy_text(path, strlen(path));
        if (!r->path)
                return http_request_free(r);
        write_peer(r);
        http_client_check(r);
        return r;
}

struct http_request *http_request_free(struct http_request *r)
{
        if (!r)
                return NULL;
        if (r->reply_fd >= 0)
                (void)close(r->reply_fd);
        buffer_done(&r->body);
        buffer_done(&r->reply_body);
        mem_free(r->path);
        mem_free(r);
        return NULL;
}

static void free_bytes(void *bytes)
{
        mem_free(bytes);
}

static struct MHD_Response *make_response(struct http_request *r)
{
        struct MHD_Response *made;
        size_t len = r->reply_body.len;
        char *bytes;

        if (r->reply_fd >= 0) {
                made = MHD_create_response_from_fd64(r->reply_fd_bytes, r->reply_fd);
                if (made)
                        r->reply_fd = -1;
                return made;
        }
        if (r->reply_static.data)
                return MHD_create_response_from_buffer(r->reply_static.len,
                    (void *)(uintptr_t)r->reply_static.data, MHD_RESPMEM_PERSISTENT);
        bytes = buffer_take(&r->reply_body);
        if (!bytes)
                return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        made = MHD_create_response_from_buffer_with_free_callback(len, bytes, free_bytes);
        if (!made)
                mem_free(bytes);
        return made;
}

enum MHD_Result http_request_send(struct http_request *r)
{
        struct MHD_Response *response = make_response(r);
        enum MHD_Result sent;

        if (!response)
                return MHD_NO;
        for (size_t i = 0; i < r->header_count; i++)
                (void)MHD_add_response_header(response, r->headers[i].name, r->headers[i].value);
        sent = MHD_queue_response(r->connection, (unsigned)r->status, response);
        MHD_destroy_response(response);
        return sent;
}

const char *http_method(const struct http_request *r)
{
        return r->method;
}

const char *http_path(const struct http_request *r)
{
        return r->path;
}

const char *http_query(const struct http_request *r, const char *name)
{
        return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const struct http_request *r, const char *name)
{
        return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(const struct http_request *r, const char *name)
{
        return MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, name);
}

struct text http_body(const struct http_request *r)
{
        return (struct text){ r->body.data ? r->body.data : "", r->body.len };
}

const char *http_peer(const struct http_request *r)
{
        return r->peer;
}

const struct http_client *http_client(const struct http_request *r)
{
        return &r->client;
}

bool http_waited(const struct http_request *r)
{
        return r->waited;
}

void http_reply_status(struct http_request *r, int status)
{
        r->status = status;
}

void http_reply_header(struct http_request *r, const char *static_name, const char *value)
{
        if (r->header_count >= HTTP_HEADERS_MAX || strlen(value) >= HTTP_VALUE_MAX)
                return;
        for (const char *p = value; *p; p++)
                if ((unsigned char)*p < ' ' || *p == 127)
                        return; /* a line break in a value would begin a header of its own */
        r->headers[r->header_count].name = static_name;
        (void)snprintf(r->headers[r->header_count].value, HTTP_VALUE_MAX, "%s", value);
        r->header_count++;
}

void http_reply_body_own(struct http_request *r, struct buffer *body)
{
        buffer_done(&r->reply_body);
        r->reply_body = *body;
        *body = BUFFER(body->max);
}

void http_reply_static(struct http_request *r, struct text bytes)
{
        r->reply_static = bytes;
}

void http_reply_file_own(struct http_request *r, int fd, uint64_t bytes)
{
        if (r->reply_fd >= 0)
                (void)close(r->reply_fd);
        r->reply_fd = fd;
        r->reply_fd_bytes = bytes;
}
