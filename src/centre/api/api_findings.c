/* centre/api/api_findings.c: what was found and what a person decides of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/incident/findings.h"
#include "system/db/db_json.h"

static int get_findings(struct reply *reply, struct call *call)
{
        struct finding_filter filter = { .state = call_word(call, "state"),
                .unit_id = call_word(call, "unit"),
                .kind = call_word(call, "kind") };
        json_t *findings;
        int err = findings_json(&findings, call->db, &call->scope, &filter);

        return err ? err : reply_named(reply, "findings", findings);
}

static int post_move(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0);
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (err)
                return reply_refused(reply, call, err, &bad);
        err = finding_move(call->db, call->clock, &call->scope, id, json_get_text(body, "to"),
            json_get_text(body, "reason"), json_get_text(body, "unit"),
            json_get_text(body, "machine"));
        if (err == ERR_FORMAT)
                return reply_problem(reply, call, 400, "bad_move",
                    "Cần nêu lý do, và bước chuyển phải được phép.",
                    "A reason is needed, and the move must be allowed.");
        if (err)
                return err;
        office_notify_change(call->office);
        reply_nothing(reply);
        return 0;
}

static const struct route routes[] = {
        { "GET", "/api/v1/findings", ROLE_UNIT, 0, get_findings },
        { "POST", "/api/v1/findings/{id}/moves", ROLE_UNIT, 0, post_move },
};

const struct route_table api_findings = { routes, ARRAY_LEN(routes) };
