/* The trail and the search. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "office/registry/trail.h"

static int get_audit(struct reply *reply, struct call *call)
{
        struct text asked = call_query(call, "after");
        int64_t after = 0;
        json_t *entries;
        int err = asked.len ? text_to_i64(&after, asked) : 0;

        if (!err)
                err = audit_json(&entries, call->db, &call->scope, after);
        return err ? err : reply_json(reply, 200, json_pack("{s:o}", "entries", entries));
}

static int get_search(struct reply *reply, struct call *call)
{
        json_t *results;
        int err = registry_search_json(&results, call->db, &call->scope, call_query(call, "q"));

        return err ? err : reply_json(reply, 200, json_pack("{s:o}", "results", results));
}

static const struct route routes[] = {
        { "GET", "/api/v1/audit", ROLE_ADMINISTRATOR, 0, get_audit },
        { "GET", "/api/v1/search", ROLE_UNIT, 0, get_search },
};
const struct route_table api_trail = { routes, ARRAY_LEN(routes) };
