/* centre/api/api_test_reply.c: what the server gives to handlers, without a server: for tests of
 * api_*.c. Queries are read from call->connection, a zero-ended "name=value&…" text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/web/route.h"
#include "codec/json_fields.h"

struct text call_query(const struct call *call, const char *name)
{
        struct text rest = text_of(call->connection), pair;

        while (rest.data && text_split(&pair, &rest, '&')) {
                struct text key = pair, value;

                if (text_split(&value, &key, '=') && text_is(value, name))
                        return key.data ? key : TEXT("");
        }
        return TEXT("");
}

int reply_json(struct reply *reply, int status, json_t *value_own)
{
        char *text = value_own ? json_dumps(value_own, JSON_COMPACT) : NULL;
        int err;

        json_decref(value_own);
        if (!text)
                return ERR_MEMORY;
        buffer_done(&reply->body);
        buffer_init(&reply->body, 16 << 20);
        err = buffer_add_text(&reply->body, text);
        free(text);
        reply->status = status;
        reply->content_type = "application/json";
        return err;
}

json_t *json_both(const char *vi, const char *en)
{
        return json_pack("{s:s,s:s}", "vi", vi, "en", en);
}

int reply_problem(struct reply *reply, const struct call *call, int status, const char *code,
    const char *vi, const char *en)
{
        return reply_json(reply, status,
            json_pack("{s:i,s:s,s:s}", "status", status, "code", code, "title",
                say(call->language, vi, en)));
}

int reply_bad_input(struct reply *reply, const struct call *call, const struct parse_error *bad)
{
        return reply_problem(reply, call, 400, "bad_input", bad->why_vi, bad->why_en);
}

int call_json(json_t **out, const struct call *call, struct parse_error *bad)
{
        return json_read(out, call->body, bad);
}
