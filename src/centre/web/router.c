/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/web/router.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/office.h"
#include "centre/web/reply.h"
#include "centre/web/static_files.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

#include <sodium.h>

enum { CALL_ARENA_MAX = 64 << 20, PARAM_BYTES_MAX = 512 };

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool router_match(struct text params[ROUTE_PARAMS_MAX], const char *pattern, const char *path)
{
        struct text want = text_of(pattern), have = text_of(path), w, h;
        size_t n = 0;

        for (;;) {
                bool more_want = text_split(&w, &want, '/');
                bool more_have = text_split(&h, &have, '/');
                if (!more_want || !more_have)
                        return more_want == more_have;
                if (w.len > 2 && w.data[0] == '{') {
                        /* "{id}" or "{id}.csv"-like: what follows the brace must follow in the path
                         */
                        size_t close = text_find(w, '}');
                        size_t tail = w.len - close - 1;
                        if (h.len <= tail || n >= ROUTE_PARAMS_MAX ||
                            memcmp(h.data + h.len - tail, w.data + close + 1, tail) != 0)
                                return false;
                        params[n++] = (struct text){ h.data, h.len - tail };
                } else if (w.len != h.len || memcmp(w.data, h.data, w.len) != 0) {
                        return false;
                }
        }
}

/* %XX of one parameter. FORMAT: broken, or a zero byte, or not UTF-8. */
static int decode(struct text *out, struct arena *arena, struct text raw)
{
        char *to;
        size_t n = 0;

        if (raw.len > PARAM_BYTES_MAX)
                return ERR_LIMIT;
        to = arena_zero(arena, raw.len + 1, 1);
        if (!to)
                return ERR_MEMORY;
        for (size_t i = 0; i < raw.len; i++) {
                if (raw.data[i] != '%') {
                        to[n++] = raw.data[i];
                        continue;
                }
                int high = i + 2 < raw.len ? hex_digit(raw.data[i + 1]) : -1;
                int low = i + 2 < raw.len ? hex_digit(raw.data[i + 2]) : -1;
                if (high < 0 || low < 0 || (high == 0 && low == 0))
                        return ERR_FORMAT;
                to[n++] = (char)(high * 16 + low);
                i += 2;
        }
        *out = (struct text){ to, n };
        return text_is_utf8(*out) ? 0 : ERR_FORMAT;
}

struct text call_query(const struct call *call, const char *name)
{
        const char *value = http_query(call->connection, name);

        return text_of(value && text_is_utf8(text_of(value)) ? value : NULL);
}

struct text call_header(const struct call *call, const char *name)
{
        return text_of(http_header(call->connection, name));
}

/* HEAD is GET without the body; libmicrohttpd leaves the body out. */
static bool same_method(const char *route, const char *sent)
{
        return strcmp(route, sent) == 0 || (strcmp(route, "GET") == 0 && strcmp(sent, "HEAD") == 0);
}

static const struct route *find_route(
    struct text params[ROUTE_PARAMS_MAX], bool *path_known, const char *method, const char *path)
{
        *path_known = false;
        for (size_t t = 0; api_tables[t]; t++) {
                for (size_t i = 0; i < api_tables[t]->count; i++) {
                        const struct route *r = &api_tables[t]->routes[i];
                        if (!router_match(params, r->pattern, path))
                                continue;
                        *path_known = true;
                        if (same_method(r->method, method))
                                return r;
                }
        }
        return NULL;
}

size_t router_body_limit(void *state, const char *method, const char *path)
{
        struct text params[ROUTE_PARAMS_MAX];
        bool known;
        const struct route *r = find_route(params, &known, method, path);

        (void)state;
        if (!r || strcmp(method, "GET") == 0)
                return 1 << 10;
        return r->flags & ROUTE_FILE_BODY ? BODY_FILE_MAX : BODY_JSON_MAX;
}

static enum language choose_language(struct http_request *request, const char *account_language)
{
        const char *asked = http_query(request, "lang");
        const char *accept = http_header(request, "Accept-Language");

        if (asked)
                return language_of(asked);
        return language_of(account_language ? account_language : accept ? accept : "vi");
}

static struct text session_cookie(struct http_request *request, const struct office *office)
{
        return text_of(http_cookie(
            request, office->secure_cookies ? "__Host-" SESSION_COOKIE : SESSION_COOKIE));
}

/* A browser says where a request was made; a page of another origin has no business here. */
static bool is_cross_site(struct http_request *request)
{
        const char *site = http_header(request, "Sec-Fetch-Site");
        const char *origin = http_header(request, "Origin");
        const char *host = http_header(request, "Host");

        if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
                return true;
        if (!origin)
                return false;
        if (strncmp(origin, "http://", 7) == 0)
                origin += 7;
        else if (strncmp(origin, "https://", 8) == 0)
                origin += 8;
        return !host || strcmp(origin, host) != 0;
}

static bool is_json(struct http_request *request)
{
        const char *type = http_header(request, "Content-Type");

        return type && text_starts(text_of(type), "application/json");
}

static bool csrf_holds(struct http_request *request, const struct session *s)
{
        const char *sent = http_header(request, "X-CSRF-Token");

        return sent && strlen(sent) == strlen(s->csrf) &&
               sodium_memcmp(sent, s->csrf, strlen(s->csrf)) == 0;
}

/* Everything that is checked before a handler runs. True: the reply is the refusal. */
static bool refuse(struct reply *reply, struct call *call, struct http_request *request,
    const struct route *route, const struct session *s)
{
        bool writes = strcmp(route->method, "GET") != 0;
        int err = 0;

        if (writes && is_cross_site(request))
                err = reply_problem(reply, call, 403, "cross_site",
                    "Yêu cầu đến từ một trang khác.", "The request comes from another site.");
        else if (!(route->flags & ROUTE_OPEN) && !s)
                err = reply_problem(
                    reply, call, 401, "sign_in", "Xin đăng nhập.", "Please sign in.");
        else if (s && s->account.must_change &&
                 !(route->flags & (ROUTE_OPEN | ROUTE_BEFORE_PASSWORD)))
                err = reply_problem(reply, call, 403, "must_change",
                    "Xin đặt mật khẩu mới của mình trước khi làm việc khác.",
                    "Please choose a password of your own before anything else.");
        else if (call->scope.role < route->min_role)
                err = reply_from_err(reply, call, ERR_DENIED);
        else if (writes && s && !(route->flags & ROUTE_NO_CSRF) && !csrf_holds(request, s))
                err = reply_problem(reply, call, 403, "csrf",
                    "Phiên làm việc đã đổi, xin tải lại trang.",
                    "The session has changed, please reload the page.");
        else if (writes && call->body.len && !(route->flags & ROUTE_FILE_BODY) && !is_json(request))
                err = reply_problem(reply, call, 415, "not_json",
                    "Nội dung gửi lên phải là application/json.",
                    "The body must be application/json.");
        else
                return false;
        return err == 0;
}

static int find_session(struct session *out, struct call *call)
{
        if (call->cookie.len == 0)
                return ERR_UNTRUSTED;
        return session_find(out, call->arena, call->db, call->clock, call->cookie);
}

static int decode_params(struct call *call, const struct text raw[ROUTE_PARAMS_MAX])
{
        int err = 0;

        for (size_t i = 0; !err && i < ROUTE_PARAMS_MAX; i++)
                if (raw[i].data)
                        err = decode(&call->params[i], call->arena, raw[i]);
        return err;
}

static int run_route(struct reply *reply, struct call *call, struct http_request *request,
    const struct route *route, const struct text raw[ROUTE_PARAMS_MAX])
{
        struct session *session;
        bool signed_in;
        int err = decode_params(call, raw);

        if (err)
                return reply_from_err(reply, call, ERR_FORMAT);
        session = arena_zero(call->arena, 1, sizeof(*session));
        if (!session)
                return ERR_MEMORY;
        err = find_session(session, call);
        if (err && err != ERR_UNTRUSTED)
                return err;
        signed_in = err == 0;
        if (signed_in) {
                call->scope = session_scope(session, http_peer(request));
                call->session_hash = session->hash;
                call->language = choose_language(request, session->account.language);
        }
        if (refuse(reply, call, request, route, signed_in ? session : NULL))
                return 0;
        return route->handle(reply, call);
}

static int unknown_path(struct reply *reply, struct call *call, bool path_known)
{
        if (path_known)
                return reply_problem(reply, call, 405, "method", "Cách gọi này không có.",
                    "There is no such method here.");
        return reply_from_err(reply, call, ERR_MISSING);
}

static void log_failure(const struct http_request *request, int err)
{
        if (err == ERR_IO || err == ERR_BUG || err == ERR_MEMORY)
                log_line(LOG_LEVEL_ERROR, "centre web", "%s %s: %s", http_method(request),
                    http_path(request), err_text(err));
}

static enum http_verdict answer_api(struct office *office, struct http_request *request)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct text params[ROUTE_PARAMS_MAX] = { 0 };
        struct reply reply = { .status = 500, .body = BUFFER(1 << 20) };
        struct call call = { .office = office,
                .clock = office->clock,
                .body = http_body(request),
                .connection = request,
                .cookie = session_cookie(request, office),
                .language = choose_language(request, NULL),
                .scope = {
                    .unit_id = "", .account_id = "", .actor = "", .address = http_peer(request) } };
        bool path_known = false;
        const struct route *route = find_route(
            params, &path_known, http_method(request), http_path(request));
        int err = arena_new(&arena, CALL_ARENA_MAX);

        call.arena = arena;
        if (!err && route) {
                call.db = db_pool_take(office->pool);
                err = run_route(&reply, &call, request, route, params);
                db_pool_give(office->pool, call.db);
        } else if (!err) {
                err = unknown_path(&reply, &call, path_known);
        }
        if (!err && reply.wait && !http_waited(request)) {
                reply_done(&reply);
                return HTTP_WAIT;
        }
        log_failure(request, err);
        if (err && reply_from_err(&reply, &call, err) != 0)
                reply.status = 500;
        if (reply.status >= 400)
                atomic_fetch_add(&office->problems, 1);
        reply_send(request, &reply, office->secure_cookies);
        return HTTP_REPLY;
}

enum http_verdict router_answer(void *state, struct http_request *request)
{
        struct office *office = state;
        struct text path = text_of(http_path(request));

        atomic_fetch_add(&office->requests, 1);
        if (text_starts(path, "/api/") || text_is(path, "/openapi.json"))
                return answer_api(office, request);
        static_files_answer(request);
        return HTTP_REPLY;
}
