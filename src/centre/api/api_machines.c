/* centre/api/api_machines.c: machines, what is known of one, and what it is asked to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/incident/findings.h"
#include "office/intake/machine_detail.h"
#include "office/intake/sweep_orders.h"
#include "office/registry/machines.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

static int get_machines(struct reply *reply, struct call *call)
{
        json_t *machines;
        int err = machines_json(&machines, call->db, &call->scope, clock_now(call->clock),
            call_word(call, "unit"), call_word(call, "q"), call_word(call, "state"));

        return err ? err : reply_named(reply, "machines", machines);
}

static int step(json_t *proof, bool met, json_t *title, json_t *detail, json_t *at)
{
        json_t *row = json_pack("{s:s,s:o,s:o,s:o}", "state", met ? "met" : "not_met", "title",
            title, "detail", detail, "at", at);

        return row && json_array_append_new(proof, row) == 0 ? 0 : ERR_MEMORY;
}

static json_t *at_of(const json_t *machine, const char *name)
{
        json_t *at = json_object_get(machine, name);

        return at ? json_incref(at) : json_null();
}

static size_t count_open(const json_t *findings)
{
        const json_t *finding;
        size_t i, n = 0;

        json_array_foreach(findings, i, finding)
        {
                const char *state = json_get_text(finding, "state");

                n += strcmp(state, "new") == 0 || strcmp(state, "attributed") == 0 ||
                     strcmp(state, "cleaning") == 0;
        }
        return n;
}

static json_t *counted(const char *vi, const char *en, size_t n)
{
        char v[160], e[160];

        (void)snprintf(v, sizeof(v), "%s: %zu", vi, n);
        (void)snprintf(e, sizeof(e), "%s: %zu", en, n);
        return json_both(v, e);
}

/* What is still needed until the machine's rows close, in the order in which it comes. */
static json_t *proof_of(const json_t *m)
{
        size_t open = count_open(json_object_get(m, "findings"));
        size_t hits = (size_t)json_get_int(m, "open_hits");
        bool seen = json_is_string(json_object_get(m, "last_seen_at"));
        bool listed = json_is_true(json_object_get(m, "listed"));
        bool swept = json_is_string(json_object_get(m, "last_sweep_at"));
        json_t *proof = json_array();

        if (!proof ||
            step(proof, seen, json_both("Máy đã báo cáo về", "The machine reports"),
                json_both("Chương trình canh-agent đã gửi báo cáo", "canh-agent has sent a report"),
                at_of(m, "last_seen_at")) ||
            step(proof, swept && !listed,
                json_both("Đã rà quét toàn bộ sau khi có tên trong danh sách",
                    "Swept whole since it was listed"),
                listed ? json_both("Lệnh rà quét còn chờ", "A sweep is ordered and awaited")
                       : json_both("Lượt rà quét toàn bộ gần nhất", "The newest whole sweep"),
                at_of(m, "last_sweep_at")) ||
            step(proof, hits == 0, json_both("Không còn tệp mã độc", "No malware file is left"),
                counted("Tệp chưa xử lý", "Files still open", hits), json_null()) ||
            step(proof, open == 0,
                json_both("Mọi phát hiện đã được xác minh", "Every finding is verified"),
                counted("Phát hiện còn mở", "Findings still open", open), json_null())) {
                json_decref(proof);
                return NULL;
        }
        return proof;
}

static int get_machine(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *machine = NULL;
        const char *id = call_param(call, 0);
        struct finding_filter filter = { .machine_id = id };
        AUTO(json_free_at) json_t *known = NULL;
        json_t *findings;
        int err = id ? machine_detail_json(
                           &machine, call->db, &call->scope, clock_now(call->clock), id)
                     : ERR_MEMORY;

        if (!err)
                err = machine_registry_json(&known, call->db, &call->scope, id);
        if (!err && json_object_update_missing(machine, known))
                err = ERR_MEMORY;
        if (!err)
                err = findings_json(&findings, call->db, &call->scope, &filter);
        if (err)
                return err;
        if (json_object_set_new(machine, "findings", findings) ||
            json_object_set_new(machine, "proof", proof_of(machine)))
                return ERR_MEMORY;
        return reply_json(reply, 200, MOVE(machine));
}

static int order_inside(struct call *call, const struct sweep_order *order, const char *unit_id)
{
        AUTO(json_free_at)
        json_t *detail = json_pack("{s:s,s:s}", "kind", order->kind, "argument", order->argument);
        int err = detail ? db_begin(call->db) : ERR_MEMORY;

        if (err)
                return err;
        if (!(err = sweep_order_add(call->db, call->clock, order, NULL)) &&
            !(err = audit_add(call->db, call->clock, &call->scope, "order", "machine",
                  order->machine_id, unit_id, detail)) &&
            !(err = registry_changed(call->db, call->clock, "machine", order->machine_id, unit_id)))
                err = db_commit(call->db);
        if (err)
                db_rollback(call->db);
        return err;
}

/* Putting a file back excuses it: the finding is waived by whoever asks for it, in the trail. */
static int waive_hit(struct call *call, const json_t *hit)
{
        const char *finding = json_get_text(hit, "finding_id");

        if (!finding[0])
                return 0;
        return finding_move(call->db, call->clock, &call->scope, finding, "waived",
            "Khôi phục tệp theo lệnh / restored by order", NULL, NULL);
}

static int post_order(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *machine = NULL;
        AUTO(json_free_at) json_t *hit = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0), *kind, *unit;
        struct sweep_order order = { .machine_id = id,
                .priority = ORDER_PERSON,
                .reason = "person",
                .subject_id = "",
                .argument = "",
                .by = call->scope.actor };
        int err = id ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (err)
                return reply_refused(reply, call, err, &bad);
        err = machine_brief_json(&machine, call->db, &call->scope, clock_now(call->clock), id);
        if (err)
                return err;
        unit = json_get_text(json_object_get(machine, "unit"), "id");
        order.kind = kind = json_get_text(body, "kind");
        if (strcmp(kind, "restore") == 0) {
                if (call->scope.role < ROLE_OFFICE)
                        return ERR_DENIED;
                err = machine_hit_json(
                    &hit, call->db, &call->scope, id, json_get_text(body, "hit"));
                if (err)
                        return err;
                order.argument = json_get_text(hit, "quarantine_id");
                if (!order.argument[0] || strcmp(json_get_text(hit, "state"), "quarantined") != 0)
                        return reply_problem(reply, call, 409, "not_quarantined",
                            "Tệp này không nằm trong khu cách ly.",
                            "This file is not in quarantine.");
        } else if (strcmp(kind, "sweep") != 0 && strcmp(kind, "inventory") != 0) {
                return ERR_FORMAT;
        }
        err = order_inside(call, &order, unit);
        if (!err && hit)
                err = waive_hit(call, hit);
        if (err)
                return err;
        office_notify_change(call->office);
        return reply_json(reply, 201, json_pack("{s:s,s:s}", "machine", id, "kind", kind));
}

static const struct route routes[] = {
        { "GET", "/api/v1/machines", ROLE_UNIT, 0, get_machines },
        { "GET", "/api/v1/machines/{id}", ROLE_UNIT, 0, get_machine },
        { "POST", "/api/v1/machines/{id}/orders", ROLE_UNIT, 0, post_order },
};

const struct route_table api_machines = { routes, ARRAY_LEN(routes) };
