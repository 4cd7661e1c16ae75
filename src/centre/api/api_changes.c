/* GET /changes: waits until something changed that the account may see. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"

/* after < 0 or none: the newest sequence at once, so that a page knows where to begin. */
static int changes(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *found = NULL;
        struct text asked = call_query(call, "after");
        int64_t after = -1;
        int err;

        if (asked.len && text_to_i64(&after, asked) != 0)
                return ERR_FORMAT;
        err = registry_changes_json(&found, call->db, &call->scope, after < 0 ? INT64_MAX : after);
        if (err)
                return err;
        reply->wait = after >= 0 && json_array_size(json_object_get(found, "changes")) == 0;
        return reply_json(reply, 200, MOVE(found));
}

static const struct route routes[] = {
        { "GET", "/api/v1/changes", ROLE_UNIT, 0, changes },
};
const struct route_table api_changes = { routes, ARRAY_LEN(routes) };
