/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/api_words.h"

const char *call_param(const struct call *call, size_t n)
{
        return arena_text(call->arena, call->params[n]);
}

const char *call_word(const struct call *call, const char *query_name)
{
        return arena_text(call->arena, call_query(call, query_name));
}

int reply_named(struct reply *reply, const char *name, json_t *value_own)
{
        json_t *body = json_object();

        if (!body || json_object_set_new(body, name, value_own)) {
                if (!body)
                        json_decref(value_own);
                json_decref(body);
                return ERR_MEMORY;
        }
        return reply_json(reply, 200, body);
}

int reply_refused(
    struct reply *reply, const struct call *call, int err, const struct parse_error *bad)
{
        int status = err == ERR_LIMIT ? 413 : (err == ERR_UNSUPPORTED ? 415 : 422);

        if (!bad->why_vi[0])
                return err;
        if (err == ERR_FORMAT)
                return reply_bad_input(reply, call, bad);
        if (err == ERR_DENIED)
                status = 403;
        if (err == ERR_EXISTS)
                status = 409;
        return reply_problem(reply, call, status, "refused", bad->why_vi, bad->why_en);
}

void reply_nothing(struct reply *reply)
{
        reply->status = 204;
}
