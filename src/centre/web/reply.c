/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/web/reply.h"

#include "base/mem.h"
#include "codec/json_fields.h"

enum { REPLY_BODY_MAX = 256 << 20 };

static int add_json_bytes(const char *bytes, size_t len, void *state)
{
        return buffer_add(state, bytes, len) == 0 ? 0 : -1;
}

static int set_json(struct reply *reply, int status, json_t *value_own, const char *type)
{
        AUTO(json_free_at) json_t *value = value_own;
        struct buffer body = BUFFER(REPLY_BODY_MAX);

        if (!value ||
            json_dump_callback(value, add_json_bytes, &body, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
                buffer_done(&body);
                return ERR_MEMORY;
        }
        buffer_done(&reply->body);
        reply->body = body;
        reply->status = status;
        reply->content_type = type;
        return 0;
}

int reply_json(struct reply *reply, int status, json_t *value_own)
{
        return set_json(reply, status, value_own, "application/json; charset=utf-8");
}

static int set_problem(struct reply *reply, const struct call *call, int status, const char *code,
    const char *vi, const char *en, size_t line)
{
        const char *title = say(call->language, vi, en);
        json_t *p = json_pack("{s:s,s:s,s:i,s:s,s:s}", "type", "about:blank", "title", title,
            "status", status, "code", code, "detail", title);

        if (p && line)
                (void)json_object_set_new(p, "line", json_integer((json_int_t)line));
        return set_json(reply, status, p, "application/problem+json; charset=utf-8");
}

int reply_problem(struct reply *reply, const struct call *call, int status, const char *code,
    const char *vi, const char *en)
{
        return set_problem(reply, call, status, code, vi, en, 0);
}

int reply_bad_input(struct reply *reply, const struct call *call, const struct parse_error *bad)
{
        if (!bad->why_vi[0])
                return reply_from_err(reply, call, ERR_FORMAT);
        return set_problem(reply, call, 400, "bad_input", bad->why_vi, bad->why_en, bad->line);
}

int call_json(json_t **out, const struct call *call, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *value = NULL;
        int err = json_read(&value, call->body, bad);

        if (err)
                return err;
        if (!json_is_object(value))
                return parse_error_set(bad, 1, "Nội dung gửi lên phải là một đối tượng JSON.",
                    "The body must be a JSON object.");
        *out = MOVE(value);
        return 0;
}

json_t *json_both(const char *vi, const char *en)
{
        return json_pack("{s:s,s:s}", "vi", vi, "en", en);
}

static const struct {
        int err, status;
        const char *code, *vi, *en;
} problems[] = {
        { ERR_FORMAT, 400, "bad_input", "Nội dung gửi lên không đúng.",
            "The request is not right." },
        { ERR_DENIED, 403, "denied", "Tài khoản này không được phép làm việc đó.",
            "This account may not do that." },
        { ERR_MISSING, 404, "not_found", "Không tìm thấy.", "There is no such thing." },
        { ERR_EXISTS, 409, "exists", "Đã có rồi.", "It exists already." },
        { ERR_LIMIT, 413, "too_large", "Vượt quá giới hạn cho phép.", "It is over the limit." },
        { ERR_UNTRUSTED, 422, "untrusted", "Không kiểm chứng được, nên không nhận.",
            "It could not be verified and was not taken." },
        { ERR_UNSUPPORTED, 422, "unsupported", "Dạng này chưa đọc được.",
            "This kind is not supported." },
        { ERR_BUSY, 503, "busy", "Hệ thống đang bận, xin thử lại sau giây lát.",
            "The system is busy, please try again in a moment." },
};

int reply_from_err(struct reply *reply, const struct call *call, int err)
{
        for (size_t i = 0; i < ARRAY_LEN(problems); i++)
                if (problems[i].err == err)
                        return reply_problem(reply, call, problems[i].status, problems[i].code,
                            problems[i].vi, problems[i].en);
        return reply_problem(reply, call, 500, "internal",
            "Có lỗi trong hệ thống; không có gì được ghi. Lỗi đã được ghi vào nhật ký.",
            "Something failed inside; nothing was written. The log says what.");
}

void reply_guard_headers(struct http_request *request, bool may_cache)
{
        http_reply_header(request, "Content-Security-Policy",
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'");
        http_reply_header(request, "X-Content-Type-Options", "nosniff");
        http_reply_header(request, "X-Frame-Options", "DENY");
        http_reply_header(request, "Referrer-Policy", "no-referrer");
        http_reply_header(request, "Cross-Origin-Opener-Policy", "same-origin");
        http_reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
        if (!may_cache)
                http_reply_header(request, "Cache-Control", "no-store");
}

/* RFC 6266: the plain form for old readers, the extended form with every letter. */
static void send_file_name(struct http_request *request, struct text name)
{
        char value[500];
        size_t n = (size_t)snprintf(value, sizeof(value), "attachment; filename*=UTF-8''");

        for (size_t i = 0; i < name.len && n + 4 < sizeof(value); i++) {
                unsigned char c = (unsigned char)name.data[i];
                bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
                n += (size_t)snprintf(value + n, sizeof(value) - n, plain ? "%c" : "%%%02X", c);
        }
        http_reply_header(request, "Content-Disposition", value);
}

/* Over TLS the cookie gets the prefix that binds it to this host and to TLS (RFC 6265bis 4.1.3.2).
 */
static void send_cookie(struct http_request *request, struct text cookie, bool secure)
{
        char value[600];

        (void)snprintf(value, sizeof(value), "%s%.*s%s", secure ? "__Host-" : "", TEXT_ARGS(cookie),
            secure ? "; Secure" : "");
        http_reply_header(request, "Set-Cookie", value);
}

void reply_send(struct http_request *request, struct reply *reply, bool secure_cookies)
{
        http_reply_status(request, reply->status);
        if (reply->content_type && reply->body.len)
                http_reply_header(request, "Content-Type", reply->content_type);
        if (reply->file_name.len)
                send_file_name(request, reply->file_name);
        if (reply->set_cookie.len)
                send_cookie(request, reply->set_cookie, secure_cookies);
        if (reply->status == 503)
                http_reply_header(request, "Retry-After", "2");
        if (reply->etag[0]) {
                http_reply_header(request, "ETag", reply->etag);
                http_reply_header(request, "Cache-Control", "private, no-cache");
        }
        reply_guard_headers(request, reply->etag[0] != '\0');
        http_reply_body_own(request, &reply->body);
        reply_done(reply);
}

void reply_done(struct reply *reply)
{
        buffer_done(&reply->body);
}
