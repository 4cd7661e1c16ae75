/* centre/api/api_directives.c: directives, attestations, urges. SPDX-License-Identifier: Apache-2.0
 */
#include "base/mem.h"
#include "centre/api/api_campaign.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "office/campaign/campaign.h"

enum { ID_MAX = 64, URGED_UNITS_MAX = 1000 };

static int get_directives(struct reply *reply, struct call *call)
{
        json_t *json = NULL;
        int err = campaign_list_json(&json, call->db);

        return err ? err : reply_json(reply, 200, json);
}

struct attest_body {
        struct text directive, unit, clause, measure, body;
};

static int read_attest(struct attest_body *b, const json_t *o, struct parse_error *bad)
{
        int err = json_field_text_or_none(&b->directive, o, "directive", ID_MAX, bad);

        if (!err)
                err = json_field_text(&b->unit, o, "unit", ID_MAX, bad);
        if (!err)
                err = json_field_text(&b->clause, o, "clause", ID_MAX, bad);
        if (!err)
                err = json_field_text(&b->measure, o, "measure", ID_MAX, bad);
        if (!err)
                err = json_field_text(&b->body, o, "body", CAMPAIGN_REASON_MAX, bad);
        return err;
}

static int post_attestation(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct parse_error bad = { 0 };
        struct attest_body b;
        struct campaign *c;
        char id[ULID_MAX];
        int err = call_json(&json, call, &bad);

        if (!err)
                err = read_attest(&b, json, &bad);
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = call_campaign(&c, call, b.directive);
        if (!err)
                err = campaign_attest(id, call->db, call->clock, &call->scope, c, b.unit, b.clause,
                    b.measure, b.body);
        if (err == ERR_FORMAT)
                return reply_problem(reply, call, 400, "not_attestable",
                    "Tiêu chí này do hệ thống đo, hoặc nội dung xác nhận còn trống",
                    "This measure is taken by machines, or the attestation is empty");
        return err ? err : reply_json(reply, 201, json_pack("{s:s}", "id", id));
}

static int post_urges(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct parse_error bad = { 0 };
        struct text directive, clause;
        struct campaign *c;
        json_t *units, *said = NULL;
        int err = call_json(&json, call, &bad);

        if (!err)
                err = json_field_text_or_none(&directive, json, "directive", ID_MAX, &bad);
        if (!err)
                err = json_field_text_or_none(&clause, json, "clause", ID_MAX, &bad);
        if (!err)
                err = json_field_array(&units, json, "units", URGED_UNITS_MAX, &bad);
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = call_campaign(&c, call, directive);
        if (!err)
                err = campaign_urge(&said, call->db, call->clock, &call->scope, c, clause, units);
        if (err) {
                json_decref(said);
                return err;
        }
        return reply_json(reply, 200, said);
}

static const struct route routes[] = {
        { "GET", "/api/v1/directives", ROLE_UNIT, 0, get_directives },
        { "POST", "/api/v1/attestations", ROLE_UNIT, 0, post_attestation },
        { "POST", "/api/v1/urges", ROLE_OFFICE, 0, post_urges },
};
const struct route_table api_directives = { routes, ARRAY_LEN(routes) };
