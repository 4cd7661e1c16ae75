/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/api_registry.h"

#include "base/mem.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "system/db/db.h"

int registry_finish(int err, struct call *call, const struct told *told)
{
        if (!err)
                err = audit_add(call->db, call->clock, &call->scope, told->act, told->kind,
                    told->id, told->unit_id, told->detail);
        if (!err && told->topic)
                err = registry_changed(call->db, call->clock, told->topic, told->id, told->unit_id);
        if (!err)
                err = db_commit(call->db);
        db_rollback(call->db);
        if (!err && told->topic)
                office_notify_change(call->office);
        return err;
}

int registry_answer(
    struct reply *reply, const struct call *call, int err, const struct parse_error *bad)
{
        if (!bad->why_vi[0])
                return err;
        if (err == ERR_FORMAT)
                return reply_bad_input(reply, call, bad);
        if (err == ERR_EXISTS)
                return reply_problem(reply, call, 409, "exists", bad->why_vi, bad->why_en);
        if (err == ERR_MISSING)
                return reply_problem(reply, call, 404, "not_found", bad->why_vi, bad->why_en);
        return err;
}

int registry_done(struct reply *reply)
{
        reply->status = 204;
        return 0;
}

const char *registry_param(const struct call *call, size_t index)
{
        const char *copy = arena_text(call->arena, call->params[index]);

        return copy ? copy : "";
}

int registry_field(const char **out, const struct call *call, const json_t *body, const char *name,
    size_t max, struct parse_error *bad)
{
        struct text value;
        int err = json_field_text_or_none(&value, body, name, max, bad);

        if (err)
                return err == ERR_LIMIT ? ERR_FORMAT : err;
        *out = arena_text(call->arena, text_trim(value));
        return *out ? 0 : ERR_MEMORY;
}
