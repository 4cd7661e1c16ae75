/* How a machine comes in and is put out: enrol tokens, revoking.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/registry/machines.h"
#include "system/db/db.h"

static int revoke(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        const char *id = registry_param(call, 0), *reason = "";
        struct told told = { .act = "revoke",
                .kind = "machine",
                .id = id,
                .unit_id = call->scope.unit_id,
                .topic = "machine" };
        struct parse_error bad = { 0 };
        int err = call_json(&body, call, &bad);

        if (!err)
                err = registry_field(&reason, call, body, "reason", 1000, &bad);
        if (!err && !reason[0])
                err = parse_error_set(&bad, 0, "Cần ghi lý do thu hồi.", "A reason is needed.");
        if (err)
                return registry_answer(reply, call, err, &bad);
        told.detail = body;
        err = db_begin(call->db);
        if (err)
                return err;
        err = machine_revoke(call->db, call->clock, &call->scope, id, reason);
        err = registry_finish(err, call, &told);
        return err ? err : registry_done(reply);
}

static int token_json(json_t **out, struct call *call, const char *token, time_ms until)
{
        AUTO(buffer_done) struct buffer authority = BUFFER(CERTIFICATE_PEM_MAX);
        char fingerprint[65], at[TIMESTAMP_TEXT_MAX];
        int err = office_authority(&authority, fingerprint, call->office);

        if (err)
                return err;
        *out = json_pack("{s:o,s:o,s:s}", "token", json_sprintf("%s.%s", token, fingerprint),
            "command",
            json_sprintf("canh-agent enrol --centre %s --token %s.%s", call->office->agents_url,
                token, fingerprint),
            "until", timestamp_write(at, until));
        return *out ? 0 : ERR_MEMORY;
}

struct token_wish {
        const char *unit;
        int64_t uses, hours;
};

static int read_wish(
    struct token_wish *out, struct call *call, const json_t *body, struct parse_error *bad)
{
        int err = registry_field(&out->unit, call, body, "unit", 64, bad);

        if (!err)
                err = json_field_i64(&out->uses, body, "uses", 1, ENROL_USES_MAX, bad);
        if (!err)
                err = json_field_i64(&out->hours, body, "hours", 1, ENROL_HOURS_MAX, bad);
        return err == ERR_LIMIT ? ERR_FORMAT : err;
}

/* The token is made and told before it is kept: when the authority is away, none is left behind. */
static int make_token(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *answer = NULL;
        struct parse_error bad = { 0 };
        struct token_wish wish = { .unit = "" };
        char token[ENROL_TOKEN_MAX];
        time_ms until = 0;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = read_wish(&wish, call, body, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        const struct told told = { .act = "enrol_token",
                .kind = "unit",
                .id = wish.unit,
                .unit_id = wish.unit,
                .detail = body };
        err = db_begin(call->db);
        if (err)
                return err;
        err = enrol_token_new(token, &until, call->db, call->clock, &call->scope, wish.unit,
            "agent", wish.uses, wish.hours);
        if (!err)
                err = token_json(&answer, call, token, until);
        err = registry_finish(err, call, &told);
        return err ? err : reply_json(reply, 201, json_incref(answer));
}

static const struct route routes[] = {
        { "POST", "/api/v1/machines/{id}/revoke", ROLE_ADMINISTRATOR, 0, revoke },
        { "POST", "/api/v1/enrol-tokens", ROLE_OFFICE, 0, make_token },
};
const struct route_table api_enrolment = { routes, ARRAY_LEN(routes) };
