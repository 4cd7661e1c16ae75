/* centre/web/route.h: what one API call is given and what it gives back. A topic is one file
 * centre/api/api_<topic>.c that ends in a const table of routes, and one line in
 * centre/api/api_routes.c.
 *
 * The server checks, before a handler runs: session, role (min_role), CSRF header on every method
 * but GET, body size; it opens no transaction. The handler's work has one lifetime: call->arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_WEB_ROUTE_H
#define CANH_CENTRE_WEB_ROUTE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/language.h"
#include "model/scope.h"

#include <jansson.h>

struct db;
struct office; /* centre/office.h: settings, folders, the clients of the keys and reader processes
                */

/* A session's cookie: handlers set `SESSION_COOKIE "=TOKEN; Path=/; HttpOnly; SameSite=Strict"`;
 * over TLS the server makes it __Host- and Secure by itself. */
#define SESSION_COOKIE "canh_session"

enum { ROUTE_PARAMS_MAX = 3, BODY_JSON_MAX = 1 << 20, BODY_FILE_MAX = 64 << 20 };

struct call {
        struct office *office;
        struct db *db; /* this thread's connection */
        const struct clock *clock;
        struct arena *arena;
        struct scope scope;       /* of the signed-in account; role ROLE_NONE on open routes */
        enum language language;   /* from ?lang= or the account */
        const char *session_hash; /* NULL when not signed in */
        struct text params[ROUTE_PARAMS_MAX]; /* what {…} of the pattern matched, decoded */
        struct text body;                     /* whole body */
        struct text cookie;                   /* the session cookie as sent, for sign-out */
        void *connection;                     /* opaque: call_query reads it */
};

/* The decoded query parameter, or an empty text. Lives as long as the call. */
struct text call_query(const struct call *call, const char *name);
/* A header of the request as it was sent, or an empty text. */
struct text call_header(const struct call *call, const char *name);

struct reply {
        int status;
        const char *content_type; /* static text */
        struct buffer body;
        struct text file_name;  /* not empty: Content-Disposition attachment */
        struct text set_cookie; /* not empty: Set-Cookie */
        char etag[72]; /* not empty: ETag, and the answer may be kept and asked for again */
        bool wait;     /* long poll: the server suspends and calls again on a change */
};

typedef int (*route_handler)(struct reply *reply, struct call *call);

enum route_flag {
        ROUTE_OPEN = 1,      /* no session needed */
        ROUTE_FILE_BODY = 2, /* body up to BODY_FILE_MAX, any type; else JSON up to BODY_JSON_MAX */
        ROUTE_NO_CSRF = 4,   /* sign-in and first run, which have no session yet */
        ROUTE_BEFORE_PASSWORD = 8 /* also while the account must choose its first password */
};

struct route {
        const char *method;  /* "GET" … */
        const char *pattern; /* "/api/v1/units/{id}" */
        enum role min_role;
        unsigned flags;
        route_handler handle;
};

struct route_table {
        const struct route *routes;
        size_t count;
};

/* Handlers return 0 after one of these, or an err which the server turns into a problem document
 * (RFC 9457): FORMAT 400, DENIED 403, MISSING 404, EXISTS 409, LIMIT 413, UNTRUSTED 422, BUSY 503,
 * else 500. */
MUST_USE int reply_json(struct reply *reply, int status, json_t *value_own);
/* A problem with words for people: {"type","title","status","detail","line"?}. `code` is stable:
 * "already_imported". */
MUST_USE int reply_problem(struct reply *reply, const struct call *call, int status,
    const char *code, const char *vi, const char *en);
/* The same from a parse_error: adds "line". */
MUST_USE int reply_bad_input(
    struct reply *reply, const struct call *call, const struct parse_error *bad);
/* The body as a JSON object; FORMAT with *bad. Caller decrefs. */
MUST_USE int call_json(json_t **out, const struct call *call, struct parse_error *bad);
/* {"vi": …, "en": …}: data that carries both languages to the page. NULL without memory. */
json_t *json_both(const char *vi, const char *en);

#endif
