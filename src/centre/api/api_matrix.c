/* centre/api/api_matrix.c: the matrix and the proof of a cell. Before a page is made, what was
 * filed since the last evaluation is taken in, and what the clock alone changed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_campaign.h"
#include "centre/api/api_routes.h"
#include "office/campaign/campaign.h"

enum { MATRIX_OLDER_MS = MINUTE_MS };

int call_campaign(struct campaign **out, struct call *call, struct text directive_id)
{
        int err = campaign_open(out, call->arena, call->db, directive_id);

        return err ? err : campaign_refresh(call->db, call->clock, MATRIX_OLDER_MS);
}

static int get_matrix(struct reply *reply, struct call *call)
{
        struct campaign *c;
        json_t *json = NULL;
        int err = call_campaign(&c, call, call_query(call, "directive"));

        if (err == ERR_MISSING)
                return reply_problem(reply, call, 404, "no_directive",
                    "Chưa nạp văn bản chỉ đạo nào", "No directive has been loaded");
        if (!err)
                err = campaign_matrix_json(&json, call->db, call->clock, &call->scope, c);
        return err ? err : reply_json(reply, 200, json);
}

static int get_proof(struct reply *reply, struct call *call)
{
        struct campaign *c;
        json_t *json = NULL;
        int err = call_campaign(&c, call, call_query(call, "directive"));

        if (!err)
                err = campaign_proof_json(&json, call->db, call->clock, &call->scope, c,
                    call->params[0], call->params[1]);
        return err ? err : reply_json(reply, 200, json);
}

static const struct route routes[] = {
        { "GET", "/api/v1/matrix", ROLE_UNIT, 0, get_matrix },
        { "GET", "/api/v1/matrix/{unit}/{clause}", ROLE_UNIT, 0, get_proof },
};
const struct route_table api_matrix = { routes, ARRAY_LEN(routes) };
