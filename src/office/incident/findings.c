/* office/incident/findings.c: see findings.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/incident/findings.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/incident/finding_rows.h"
#include "office/registry/units.h"
#include "office/incident/incidents.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

static bool is_done(const char *state)
{
        return strcmp(state, "verified") == 0 || strcmp(state, "confirmed") == 0 ||
               strcmp(state, "closed") == 0;
}

static bool is_set_aside(const char *state)
{
        return strcmp(state, "waived") == 0 || strcmp(state, "not_ours") == 0;
}

/* A sighting within the receipt that is under way says nothing new about before and after. */
static const char *delta_of(const json_t *known, const struct finding_sighting *s)
{
        if (json_get_int(known, "received_at") == s->received_at)
                return json_get_text(known, "delta");
        return s->listed_before ? "still" : "returned";
}

static int join_incident(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s)
{
        bool opened = false;
        int err;

        if (!s->unit_id || !s->unit_id[0])
                return 0;
        err = incident_open_or_join(out->incident_id, &opened, db, clock, rules, s->unit_id,
            s->malware, s->title, s->severity, s->received_at);
        if (!err && opened)
                err = incident_note(
                    db, clock, out->incident_id, "finding", s->title.data, "finding", out->id);
        return err;
}

/* What comes back belongs to its own incident: closed, that one begins again. */
static int rejoin_incident(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s)
{
        bool reopened = false;
        int err = 0;

        if (out->incident_id[0] && s->unit_id && s->unit_id[0])
                err = incident_reopen(&reopened, db, clock, out->incident_id, s->unit_id);
        return err || reopened ? err : join_incident(out, db, clock, rules, s);
}

static int see_new(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s)
{
        int err;

        (void)ulid_make(out->id, clock);
        out->created = out->open = true;
        out->delta = "new";
        err = join_incident(out, db, clock, rules, s);
        return err ? err : finding_add(db, out->id, out->incident_id, s, clock_now(clock));
}

/* Seen after the proof: the proof no longer holds. Seen before it (lists come late): it does. */
static int see_again(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s, const json_t *known)
{
        const char *state = json_get_text(known, "state");
        bool late = s->seen_at <= json_get_int(known, "updated_at");
        struct finding_again again = { out->id, state, delta_of(known, s), out->incident_id,
                false };
        struct finding_sighting kept = *s;
        int err = 0;

        out->open = !is_done(state) && !is_set_aside(state);
        out->delta = strcmp(again.delta, "still") == 0
                         ? "still"
                         : (strcmp(again.delta, "new") == 0 ? "new" : "returned");
        again.delta = out->delta;
        if (is_done(state) && !late) {
                out->reopened = out->open = again.reopened = true;
                out->delta = again.delta = "returned";
                again.state = "cleaning";
                err = rejoin_incident(out, db, clock, rules, s);
                if (!err && out->incident_id[0])
                        err = incident_note(db, clock, out->incident_id, "returned", s->title.data,
                            "finding", out->id);
        } else if (strcmp(state, "new") == 0 && s->unit_id && s->unit_id[0]) {
                again.state = s->state;
                err = join_incident(out, db, clock, rules, s);
        } else if (is_done(state) || is_set_aside(state)) {
                kept.received_at = json_get_int(known, "received_at");
        }
        if (err)
                return err;
        again.incident_id = out->incident_id;
        return finding_again(db, &again, &kept, clock_now(clock));
}

int finding_see(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s)
{
        AUTO(json_free_at) json_t *known = NULL;
        struct finding_filed filed = { .delta = "new" };
        int err = finding_by_key(&known, db, s->key);

        if (err && err != ERR_MISSING)
                return err;
        if (!err && ((err = text_copy(filed.id, ULID_MAX, text_of(json_get_text(known, "id")))) ||
                        (err = text_copy(filed.incident_id, ULID_MAX,
                             text_of(json_get_text(known, "incident_id"))))))
                return err;
        err = known ? see_again(&filed, db, clock, rules, s, known)
                    : see_new(&filed, db, clock, rules, s);
        if (err)
                return err;
        if (filed.created || filed.reopened)
                err = registry_changed(db, clock, "finding", filed.id, s->unit_id);
        if (!err)
                *out = filed;
        return err;
}

/* One entry per incident, however many rows a sweep closed. */
static int note_verified(
    struct db *db, const struct clock *clock, const json_t *counts, const char *sweep_id)
{
        const char *incident;
        json_t *count;

        json_object_foreach((json_t *)counts, incident, count)
        {
                char body[128];
                int err;

                (void)snprintf(body, sizeof(body), "%lld", (long long)json_integer_value(count));
                err = incident_note(db, clock, incident, "verified", body, "sweep", sweep_id);
                if (err)
                        return err;
        }
        return 0;
}

static int verify_all(struct db *db, const struct clock *clock, const json_t *rows,
    const char *sweep_id, int64_t *changed)
{
        AUTO(json_free_at) json_t *counts = json_object();
        const json_t *row;
        size_t i;
        int err = counts ? 0 : ERR_MEMORY;

        json_array_foreach(rows, i, row)
        {
                const char *incident = json_get_text(row, "incident_id");

                if (!err)
                        err = finding_verify(
                            db, json_get_text(row, "id"), sweep_id, clock_now(clock));
                if (!err)
                        err = registry_changed(db, clock, "finding", json_get_text(row, "id"),
                            json_get_text(row, "unit_id"));
                if (!err && incident[0] &&
                    json_object_set_new(
                        counts, incident, json_integer(json_get_int(counts, incident) + 1)))
                        err = ERR_MEMORY;
        }
        if (!err)
                err = note_verified(db, clock, counts, sweep_id);
        if (!err && changed)
                *changed += (int64_t)json_array_size(rows);
        return err;
}

int findings_verify_machine(struct db *db, const struct clock *clock, const char *machine_id,
    time_ms clean_since, const char *sweep_id, int64_t *changed)
{
        AUTO(json_free_at) json_t *rows = NULL;
        int err = findings_to_verify(&rows, db, machine_id, NULL, clean_since);

        return err ? err : verify_all(db, clock, rows, sweep_id, changed);
}

int findings_verify_unit(struct db *db, const struct clock *clock, const char *unit_id,
    time_ms clean_since, const char *sweep_id, int64_t *changed)
{
        AUTO(json_free_at) json_t *rows = NULL;
        int err = findings_to_verify(&rows, db, NULL, unit_id, clean_since);

        return err ? err : verify_all(db, clock, rows, sweep_id, changed);
}

int finding_gone(
    struct db *db, const struct clock *clock, const char *finding_id, const char *batch_id)
{
        (void)batch_id;
        return finding_set_gone(db, finding_id, clock_now(clock));
}

static int place_of(char unit[ULID_MAX], struct db *db, const struct scope *scope,
    const char *unit_id, const char *machine_id)
{
        int err;

        unit[0] = '\0';
        if (machine_id && machine_id[0])
                return machine_unit(unit, db, scope, machine_id);
        if (!unit_id || !unit_id[0])
                return ERR_FORMAT;
        err = unit_in_scope(db, scope, unit_id);
        return err ? err : text_copy(unit, ULID_MAX, text_of(unit_id));
}

static int move_inside(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, const char *unit_id, const char *machine_id)
{
        AUTO(json_free_at) json_t *known = NULL;
        AUTO(json_free_at) json_t *detail = NULL;
        char unit[ULID_MAX] = "";
        time_ms now = clock_now(clock);
        int err = finding_by_id(&known, db, scope, id);

        if (err)
                return err;
        if (strcmp(to, "attributed") == 0) {
                if ((err = place_of(unit, db, scope, unit_id, machine_id)) ||
                    (err = finding_set_place(db, id, unit, machine_id, now)))
                        return err;
        } else if (strcmp(to, "waived") != 0 && strcmp(to, "not_ours") != 0) {
                return ERR_FORMAT;
        } else if (scope->role < ROLE_OFFICE) { /* a unit cannot excuse itself */
                return ERR_DENIED;
        }
        detail = json_pack(
            "{s:s,s:s,s:s}", "from", json_get_text(known, "state"), "to", to, "reason", reason);
        if (!detail)
                return ERR_MEMORY;
        if ((err = finding_set_state(db, id, to, now, strcmp(to, "attributed") != 0)) ||
            (err = audit_add(db, clock, scope, "finding_move", "finding", id,
                 unit[0] ? unit : json_get_text(known, "unit_id"), detail)))
                return err;
        return registry_changed(
            db, clock, "finding", id, unit[0] ? unit : json_get_text(known, "unit_id"));
}

int finding_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, const char *unit_id, const char *machine_id)
{
        int err;

        if (!reason || text_trim(text_of(reason)).len == 0)
                return ERR_FORMAT;
        err = db_begin(db);
        if (err)
                return err;
        err = move_inside(db, clock, scope, id, to, reason, unit_id, machine_id);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}
