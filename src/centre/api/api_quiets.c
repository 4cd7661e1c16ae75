/* centre/api/api_quiets.c: alerts that the office does not want to hear of for a while.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "office/traffic/quiets.h"
#include "system/db/db.h"

static int get_quiets(struct reply *reply, struct call *call)
{
        json_t *quiets;
        int err = quiets_json(&quiets, call->db, call->clock, &call->scope);

        return err ? err : reply_named(reply, "quiets", quiets);
}

/* The trail, and the pages that show alerts. */
static int quiet_told(
    struct call *call, const char *act, const char *id, const char *unit_id, const json_t *detail)
{
        int err = audit_add(
            call->db, call->clock, &call->scope, act, "traffic", id, unit_id, detail);

        return err ? err : registry_changed(call->db, call->clock, "finding", id, unit_id);
}

static int wish_read(struct quiet_wish *w, const json_t *body, struct parse_error *bad)
{
        struct text sensor, alert, reason = TEXT("");
        int err = json_field_text(&sensor, body, "sensor", ULID_LEN, bad);

        if (!err)
                err = json_field_text(&alert, body, "alert", ULID_LEN, bad);
        if (!err)
                err = json_field_text_or_none(&reason, body, "reason", QUIET_REASON_MAX, bad);
        if (!err && !text_trim(reason).len)
                err = parse_error_set(bad, 0, "Hãy ghi lý do.", "Say why.");
        if (!err)
                err = json_field_time(&w->until, body, "until", bad);
        if (!err && json_object_get(body, "any_host"))
                err = json_field_bool(&w->any_host, body, "any_host", bad);
        if (err)
                return err;
        w->sensor = sensor.data;
        w->alert = alert.data;
        w->reason = reason.data;
        return 0;
}

static int add(char id[ULID_MAX], struct call *call, const struct quiet_wish *w, const json_t *body)
{
        char unit[ULID_MAX];
        int err = db_begin(call->db);

        if (!err)
                err = quiet_add(id, unit, call->db, call->clock, &call->scope, w);
        if (!err)
                err = quiet_told(call, "quiet_alert", id, unit, body);
        if (!err)
                err = db_commit(call->db);
        db_rollback(call->db);
        return err;
}

static int post_quiet(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct quiet_wish w = { .by = call->scope.actor };
        struct parse_error bad = { 0 };
        char id[ULID_MAX];
        int err = call_json(&body, call, &bad);

        if (!err)
                err = wish_read(&w, body, &bad);
        if (!err)
                err = add(id, call, &w, body);
        if (err == ERR_FORMAT && !bad.why_en[0])
                (void)!parse_error_set(&bad, 0,
                    "Thời điểm kết thúc phải ở tương lai, không quá 366 ngày.",
                    "The end must be in the future, within 366 days.");
        if (err == ERR_LIMIT && !bad.why_en[0])
                return reply_problem(reply, call, 409, "too_many",
                    "Cảm biến này đã có 1.000 mục tạm im; hãy bỏ bớt.",
                    "This sensor has 1,000 of them already; end some.");
        if (err == ERR_FORMAT || err == ERR_LIMIT)
                return reply_refused(reply, call, err, &bad);
        if (err)
                return err;
        office_notify_change(call->office);
        return reply_json(reply, 201, json_pack("{s:s}", "id", id));
}

static int delete_quiet(struct reply *reply, struct call *call)
{
        const char *id = call_param(call, 0);
        char unit[ULID_MAX];
        int err = id ? db_begin(call->db) : ERR_MEMORY;

        if (!err)
                err = quiet_end(unit, call->db, call->clock, &call->scope, id, call->scope.actor);
        if (!err)
                err = quiet_told(call, "end_quiet", id, unit, NULL);
        if (!err)
                err = db_commit(call->db);
        db_rollback(call->db);
        if (err)
                return err;
        office_notify_change(call->office);
        reply_nothing(reply);
        return 0;
}

static const struct route routes[] = {
        { "GET", "/api/v1/quiets", ROLE_UNIT, 0, get_quiets },
        { "POST", "/api/v1/quiets", ROLE_OFFICE, 0, post_quiet },
        { "DELETE", "/api/v1/quiets/{id}", ROLE_OFFICE, 0, delete_quiet },
};

const struct route_table api_quiets = { routes, ARRAY_LEN(routes) };
