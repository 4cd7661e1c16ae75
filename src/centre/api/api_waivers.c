/* centre/api/api_waivers.c: the office lets a unit off one clause until a day.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_campaign.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "office/campaign/campaign.h"

enum { ID_MAX = 64 };

struct waiver_body {
        struct text directive, unit, clause, reason;
        time_ms until;
};

static int read_body(struct waiver_body *b, const json_t *o, struct parse_error *bad)
{
        int err = json_field_text_or_none(&b->directive, o, "directive", ID_MAX, bad);

        if (!err)
                err = json_field_text(&b->unit, o, "unit", ID_MAX, bad);
        if (!err)
                err = json_field_text(&b->clause, o, "clause", ID_MAX, bad);
        if (!err)
                err = json_field_text(&b->reason, o, "reason", CAMPAIGN_REASON_MAX, bad);
        if (!err)
                err = json_field_time(&b->until, o, "until", bad);
        return err;
}

static int post_waiver(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct parse_error bad = { 0 };
        struct waiver_body b;
        struct campaign *c;
        char id[ULID_MAX];
        int err = call_json(&json, call, &bad);

        if (!err)
                err = read_body(&b, json, &bad);
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = call_campaign(&c, call, b.directive);
        if (!err)
                err = campaign_waive(id, call->db, call->clock, &call->scope, c, b.unit, b.clause,
                    b.reason, b.until);
        if (err == ERR_FORMAT)
                return reply_problem(reply, call, 400, "waiver_refused",
                    "Phải có lý do, và ngày hết hiệu lực phải ở tương lai",
                    "A reason is needed, and the end must lie in the future");
        return err ? err : reply_json(reply, 201, json_pack("{s:s}", "id", id));
}

static int delete_waiver(struct reply *reply, struct call *call)
{
        reply->status = 204;
        return campaign_end_waiver(call->db, call->clock, &call->scope, call->params[0]);
}

static const struct route routes[] = {
        { "POST", "/api/v1/waivers", ROLE_OFFICE, 0, post_waiver },
        { "DELETE", "/api/v1/waivers/{id}", ROLE_OFFICE, 0, delete_waiver },
};
const struct route_table api_waivers = { routes, ARRAY_LEN(routes) };
