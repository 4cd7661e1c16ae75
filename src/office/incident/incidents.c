/* office/incident/incidents.c: see incidents.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/incident/incidents.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/incident/finding_rows.h"
#include "office/incident/incident_rows.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

/* The moves a person may make. docs: user-expectations, incident. */
static const struct {
        const char *from, *to;
        bool needs_reason;
} moves[] = {
        { "new", "triage", false },
        { "triage", "contained", false },
        { "triage", "dismissed", true },
        { "contained", "eradicated", false },
        { "eradicated", "recovered", false },
        { "recovered", "closed", false },
        { "closed", "triage", true },
};

static int next_number(char number[32], struct db *db, time_ms detected_at)
{
        struct civil_time day;
        char head[16], last[32];
        uint64_t count = 0;
        int err;

        civil_time_from_utc(&day, detected_at, ZONE_VIETNAM_MINUTES);
        (void)snprintf(head, sizeof(head), "SC-%04d-", day.year);
        err = incident_last_number(last, db, head);
        if (err)
                return err;
        if (last[0] && text_to_u64(&count, text_of(last + strlen(head)), UINT32_MAX))
                return ERR_BUG;
        (void)snprintf(number, 32, "%s%04llu", head, (unsigned long long)count + 1);
        return 0;
}

static int open_new(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const char *unit_id, struct text malware, struct text title,
    const char *severity, time_ms detected_at)
{
        const struct incident_rule *rule = incident_rule_at(rules, detected_at);
        char number[32];
        struct incident_row row = { ulid_make(id, clock), number, unit_id, title, malware, severity,
                detected_at, rule ? detected_at + rule->due_ms : 0 };
        int err = next_number(number, db, detected_at);

        if (!err)
                err = incident_add(db, &row, clock_now(clock));
        return err ? err : registry_changed(db, clock, "incident", id, unit_id);
}

int incident_open_or_join(char id[ULID_MAX], bool *opened, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const char *unit_id, struct text malware, struct text title,
    const char *severity, time_ms detected_at)
{
        int err = incident_find_open(id, db, unit_id, malware);

        if (opened)
                *opened = err == ERR_MISSING;
        if (err != ERR_MISSING)
                return err;
        return open_new(id, db, clock, rules, unit_id, malware, title, severity, detected_at);
}

int incident_reopen(
    bool *reopened, struct db *db, const struct clock *clock, const char *id, const char *unit_id)
{
        int err = incident_set_reopened(reopened, db, id, clock_now(clock));

        return err || !*reopened ? err : registry_changed(db, clock, "incident", id, unit_id);
}

static int entry(struct db *db, const struct clock *clock, const char *incident_id,
    struct incident_entry_row *row)
{
        char id[ULID_MAX];

        row->id = ulid_make(id, clock);
        row->incident_id = incident_id;
        return incident_entry_add(db, row, clock_now(clock));
}

int incident_note(struct db *db, const struct clock *clock, const char *incident_id,
    const char *kind, const char *body, const char *evidence_kind, const char *evidence_id)
{
        struct incident_entry_row row = { .kind = kind,
                .body = body,
                .author = "Canh",
                .evidence_kind = evidence_kind,
                .evidence_id = evidence_id,
                .at = clock_now(clock) };

        return entry(db, clock, incident_id, &row);
}

static json_t *moves_json(const char *state)
{
        json_t *list = json_array();

        for (size_t i = 0; list && i < ARRAY_LEN(moves); i++)
                if (strcmp(moves[i].from, state) == 0 &&
                    json_array_append_new(list, json_string(moves[i].to))) {
                        json_decref(list);
                        return NULL;
                }
        return list;
}

static json_t *rule_json(const struct incident_rules *rules, const json_t *incident)
{
        time_ms detected_at;
        const struct incident_rule *rule;

        if (json_field_time(&detected_at, incident, "detected_at", NULL))
                return json_null();
        rule = incident_rule_at(rules, detected_at);
        return rule ? json_pack("{s:s,s:s}", "vi", rule->title_vi, "en", rule->title_en)
                    : json_null();
}

int incident_json(json_t **out, struct db *db, const struct scope *scope,
    const struct incident_rules *rules, const char *id)
{
        AUTO(json_free_at) json_t *incident = NULL;
        struct finding_filter filter = { .incident_id = id };
        json_t *timeline, *findings;
        int err = incident_row_json(&incident, db, scope, id);

        if (err || (err = incident_timeline_json(&timeline, db, id)))
                return err;
        if (json_object_set_new(incident, "timeline", timeline))
                return ERR_MEMORY;
        err = findings_json(&findings, db, scope, &filter);
        if (err)
                return err;
        if (json_object_set_new(incident, "findings", findings) ||
            json_object_set_new(incident, "moves", moves_json(json_get_text(incident, "state"))) ||
            json_object_set_new(incident, "rule", rule_json(rules, incident)))
                return ERR_MEMORY;
        *out = MOVE(incident);
        return 0;
}

static int move_check(const char *from, const char *to, bool reason, struct parse_error *bad)
{
        for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
                if (strcmp(moves[i].from, from) != 0 || strcmp(moves[i].to, to) != 0)
                        continue;
                if (moves[i].needs_reason && !reason)
                        return parse_error_set(
                            bad, 0, "Bước này cần nêu lý do", "this move needs a reason");
                return 0;
        }
        return parse_error_set(bad, 0,
            "Không được chuyển sự cố từ trạng thái này sang trạng thái đó",
            "an incident cannot move from its state to that one");
}

static int close_check(struct db *db, const char *id, bool reason, struct parse_error *bad)
{
        int64_t open = 0;
        int err = incident_open_findings(&open, db, id);

        if (err || open == 0 || reason)
                return err;
        return parse_error_set(bad, 0,
            "Còn phát hiện chưa được xác minh sạch: hãy nêu lý do nếu vẫn đóng",
            "findings are not yet verified: closing now needs a reason");
}

static int move_inside(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *now_is = NULL;
        AUTO(json_free_at) json_t *detail = NULL;
        bool why = text_trim(text_of(reason)).len > 0, closed = strcmp(to, "closed") == 0;
        struct incident_entry_row row = { .kind = "state",
                .author = scope->actor,
                .evidence_kind = "",
                .evidence_id = "",
                .at = clock_now(clock) };
        char body[INCIDENT_TEXT_MAX + 64];
        int err = incident_state(&now_is, db, scope, id);

        if (err || (err = move_check(json_get_text(now_is, "state"), to, why, bad)) ||
            (closed && (err = close_check(db, id, why, bad))) ||
            (err = incident_set_state(
                 db, id, to, clock_now(clock), closed || strcmp(to, "dismissed") == 0)) ||
            (closed && (err = incident_close_findings(db, id, clock_now(clock)))))
                return err;
        (void)snprintf(body, sizeof(body), "%s → %s%s%s", json_get_text(now_is, "state"), to,
            why ? ": " : "", why ? reason : "");
        row.body = body;
        detail = json_pack("{s:s,s:s,s:s}", "from", json_get_text(now_is, "state"), "to", to,
            "reason", reason ? reason : "");
        if (!detail)
                return ERR_MEMORY;
        if ((err = entry(db, clock, id, &row)) ||
            (err = audit_add(db, clock, scope, "incident_move", "incident", id,
                 json_get_text(now_is, "unit_id"), detail)))
                return err;
        return registry_changed(db, clock, "incident", id, json_get_text(now_is, "unit_id"));
}

static int end(struct db *db, int err)
{
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

int incident_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, struct parse_error *bad)
{
        int err = db_begin(db);

        if (err)
                return err;
        if (reason && strlen(reason) > INCIDENT_TEXT_MAX)
                err = ERR_LIMIT;
        return end(db, err ? err : move_inside(db, clock, scope, id, to, reason, bad));
}

static int entry_check(
    const struct clock *clock, const char *body, time_ms at, struct parse_error *bad)
{
        if (text_trim(text_of(body)).len == 0)
                return parse_error_set(bad, 0, "Chưa có nội dung", "there is no text");
        if (strlen(body) > INCIDENT_TEXT_MAX)
                return ERR_LIMIT;
        if (at > clock_now(clock) + MINUTE_MS)
                return parse_error_set(
                    bad, 0, "Thời điểm ở tương lai", "the time lies in the future");
        return 0;
}

static int add_entry_inside(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, struct incident_entry_row *row)
{
        AUTO(json_free_at) json_t *now_is = NULL;
        int err = incident_state(&now_is, db, scope, id);

        if (err || (row->correction_of && (err = incident_has_entry(db, id, row->correction_of))) ||
            (err = entry(db, clock, id, row)) ||
            (err = audit_add(db, clock, scope, "incident_entry", "incident", id,
                 json_get_text(now_is, "unit_id"), NULL)))
                return err;
        return registry_changed(db, clock, "incident", id, json_get_text(now_is, "unit_id"));
}

int incident_add_entry(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *body, time_ms at, const char *correction_of,
    struct parse_error *bad)
{
        struct incident_entry_row row = { .kind = correction_of ? "correction" : "note",
                .body = body,
                .author = scope->actor,
                .evidence_kind = "",
                .evidence_id = "",
                .correction_of = correction_of,
                .at = at ? at : clock_now(clock) };
        int err = entry_check(clock, body, row.at, bad);

        if (!err)
                err = db_begin(db);
        return err ? err : end(db, add_entry_inside(db, clock, scope, id, &row));
}

static int set_owner_inside(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *account_id)
{
        AUTO(json_free_at) json_t *now_is = NULL;
        AUTO(json_free_at)
        json_t *detail = json_pack("{s:s}", "owner", account_id ? account_id : "");
        int err = detail ? incident_state(&now_is, db, scope, id) : ERR_MEMORY;

        if (err || (account_id && (err = incident_account(db, account_id))) ||
            (err = incident_put_owner(db, id, account_id, clock_now(clock))) ||
            (err = audit_add(db, clock, scope, "incident_owner", "incident", id,
                 json_get_text(now_is, "unit_id"), detail)))
                return err;
        return registry_changed(db, clock, "incident", id, json_get_text(now_is, "unit_id"));
}

int incident_set_owner(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *account_id)
{
        int err = db_begin(db);

        return err ? err : end(db, set_owner_inside(db, clock, scope, id, account_id));
}
