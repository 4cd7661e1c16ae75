/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/web/static_files.h"

#include "centre/web/reply.h"
#include "system/net/http_server.h"

static const struct static_file *find(const char *path)
{
        for (const struct static_file *f = static_files; f->path; f++)
                if (strcmp(f->path, path) == 0)
                        return f;
        return NULL;
}

static bool is_page(const char *path)
{
        return !strchr(path, '.'); /* "/units/01H…": the console's own routes */
}

static void send_file(struct http_request *request, const struct static_file *f)
{
        const char *have = http_header(request, "If-None-Match");
        const char *coding = http_header(request, "Accept-Encoding");
        bool zipped = f->gzip.len && coding && strstr(coding, "gzip");

        reply_guard_headers(request, true);
        http_reply_header(request, "ETag", f->etag);
        http_reply_header(request, "Cache-Control", "no-cache"); /* ask each time, by ETag */
        if (f->gzip.len)
                http_reply_header(request, "Vary", "Accept-Encoding");
        if (have && strcmp(have, f->etag) == 0) {
                http_reply_status(request, 304);
                return;
        }
        http_reply_status(request, 200);
        http_reply_header(request, "Content-Type", f->content_type);
        if (zipped)
                http_reply_header(request, "Content-Encoding", "gzip");
        http_reply_static(request, zipped ? f->gzip : f->bytes);
}

static void send_plain(struct http_request *request, int status, struct text words)
{
        reply_guard_headers(request, false);
        http_reply_status(request, status);
        http_reply_header(request, "Content-Type", "text/plain; charset=utf-8");
        http_reply_static(request, words);
}

void static_files_answer(struct http_request *request)
{
        const char *path = http_path(request);
        const struct static_file *f;

        if (strcmp(http_method(request), "GET") != 0 && strcmp(http_method(request), "HEAD") != 0) {
                http_reply_header(request, "Allow", "GET, HEAD");
                send_plain(request, 405, TEXT("Không được phép / Not allowed\n"));
                return;
        }
        f = find(path);
        if (!f && is_page(path))
                f = find("/index.html");
        if (f)
                send_file(request, f);
        else
                send_plain(request, 404, TEXT("Không tìm thấy / Not found\n"));
}
