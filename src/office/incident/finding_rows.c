/* office/incident/finding_rows.c: see finding_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/incident/finding_rows.h"
#include "office/incident/findings.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum { FINDINGS_MAX = 5000, VERIFY_MAX = 1 << 20 };

#define KEPT                                                                                       \
        "select id, coalesce(unit_id, ''), coalesce(machine_id, ''), state, received_at, "         \
        "coalesce(incident_id, ''),"                                                               \
        " updated_at, delta, malware, kind, title from finding"
#define KEPT_SPEC                                                                                  \
        "id:t unit_id:t machine_id:t state:t received_at:i incident_id:t updated_at:i delta:t "    \
        "malware:t kind:t title:t"
#define OPEN_STATES "('new', 'attributed', 'cleaning')"

DB_SQL(kept_by_key, KEPT " where finding_key = $1");
/* What belongs to no unit yet is for the top of the office alone. */
DB_SQL(kept_by_id, KEPT
    " where id = $1 and (unit_id in (select below_id from unit_closure where above_id = $2)"
    " or (unit_id is null and exists (select 1 from unit where id = $3 and parent_id is null)))");
DB_SQL(add, "insert into finding (id, kind, finding_key, unit_id, machine_id, title, malware, "
            "src_ip, remote, state, severity,"
            " first_at, last_at, confidence, reason, delta, incident_id, received_at, created_at, "
            "updated_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'new', "
            "$16, $17, $18, $19)");
/* A contact seen no later than what is known is the same one told again: it is not counted. */
DB_SQL(again,
    "update finding set state = $1, delta = $2, incident_id = $3, unit_id = coalesce(unit_id, $4),"
    " machine_id = coalesce(machine_id, $5),"
    " times = times + case when kind = 'contact' and last_at >= $16 then 0 else 1 end,"
    " first_at = case when first_at > $6 then $7 else first_at end,"
    " last_at = case when last_at < $8 then $9 else last_at end,"
    " received_at = case when kind = 'contact' and last_at >= $17 then received_at else $10 end,"
    " updated_at = $11, closed_at = case when $12 = 1 then null else closed_at "
    "end,"
    " proof_kind = case when $13 = 1 then '' else proof_kind end,"
    " proof_id = case when $14 = 1 then '' else proof_id end where id = $15");
DB_SQL(set_incident, "update finding set incident_id = $1 where id = $2");
DB_SQL(set_state, "update finding set state = $1, updated_at = $2, closed_at = $3 where id = $4");
DB_SQL(set_place, "update finding set unit_id = $1, machine_id = $2, confidence = 5, updated_at = "
                  "$3 where id = $4");
DB_SQL(set_gone,
    "update finding set delta = 'gone', updated_at = $1, closed_at = case when state = 'verified' "
    "then $2 else closed_at end,"
    " state = case when state = 'verified' then 'confirmed' else state end where id = $3");
/* A file is clean when it is no longer open; a row or a contact when all of the machine is. */
DB_SQL(verify_machine, "select f.id, coalesce(f.incident_id, ''), coalesce(f.unit_id, '') from "
                       "finding f where f.machine_id = $1"
                       " and f.state in " OPEN_STATES " and f.received_at <= $2");
DB_SQL(verify_unit,
    "select f.id, coalesce(f.incident_id, ''), coalesce(f.unit_id, '') from finding f where "
    "f.unit_id = $1"
    " and f.machine_id is null and f.state in " OPEN_STATES " and f.received_at <= $2");
DB_SQL(verify, "update finding set state = 'verified', proof_kind = 'sweep', proof_id = $1, "
               "updated_at = $2 where id = $3");
DB_SQL(findings_over, "update finding set unit_id = $2, updated_at = $3 where unit_id = $1 and "
                      "state in ('new', 'attributed', 'cleaning', 'verified')");
DB_SQL(incidents_over, "update incident set unit_id = $2, updated_at = $3 where unit_id = $1 and "
                       "state not in ('closed', 'dismissed')");
DB_SQL(machine_has, "select m.unit_id from machine m join unit_closure c on c.below_id = m.unit_id "
                    "where m.id = $1 and c.above_id = $2");
DB_SQL(findings_page,
    "select f.id, f.kind, f.state, f.title, f.malware, f.src_ip, f.remote, f.unit_id, u.name, "
    "f.machine_id, m.name,"
    " f.severity, f.first_at, f.last_at, f.times, f.confidence, f.reason, f.delta, f.incident_id, "
    "i.number,"
    " nullif(f.proof_kind, ''), f.proof_id from finding f left join unit u on u.id = f.unit_id"
    " left join machine m on m.id = f.machine_id left join incident i on i.id = f.incident_id"
    " where (f.unit_id in (select below_id from unit_closure where above_id = $1)"
    " or (f.unit_id is null and exists (select 1 from unit where id = $2 and parent_id is null)))"
    " and ($3 = '' or f.state = $4 or ($5 = 'open' and f.state in " OPEN_STATES "))"
    " and ($6 = '' or f.unit_id in (select below_id from unit_closure where above_id = $7))"
    " and ($8 = '' or f.kind = $9) and ($10 = '' or f.machine_id = $11 or (f.machine_id is null "
    "and f.kind = 'victim'"
    " and f.unit_id = (select unit_id from machine where id = $12)))"
    " and ($13 = '' or f.incident_id = $14) order by f.last_at desc, f.id limit 5000");

static int kept(
    json_t **out, struct db *db, const char *sql, const char *a, const char *b, const char *c)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, a);
        if (b)
                db_bind_string(q, 2, b);
        if (c)
                db_bind_string(q, 3, c);
        return db_row_json(out, q, KEPT_SPEC);
}

int finding_by_key(json_t **out, struct db *db, const char *key)
{
        return kept(out, db, kept_by_key, key, NULL, NULL);
}

int finding_by_id(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        return kept(out, db, kept_by_id, id, scope->unit_id, scope->unit_id);
}

static const char *id_or_null(const char *id)
{
        return id && id[0] ? id : NULL;
}

int finding_add(struct db *db, const char *id, const char *incident_id,
    const struct finding_sighting *s, time_ms now)
{
        char *reason = s->reason ? json_dumps(s->reason, JSON_COMPACT) : NULL;
        int err = db_run(db, NULL, add, "tttttttttttiiittiii", id, s->kind, s->key,
            id_or_null(s->unit_id), id_or_null(s->machine_id), s->title.data, s->malware.data,
            s->src_ip.data, s->remote.data, s->state, s->severity, s->seen_at, s->seen_at,
            (int64_t)s->confidence, reason ? reason : "{}", id_or_null(incident_id), s->received_at,
            now, now);

        free(reason);
        return err;
}

int finding_again(
    struct db *db, const struct finding_again *a, const struct finding_sighting *s, time_ms now)
{
        int64_t reopened = a->reopened;

        return db_run(db, NULL, again, "tttttiiiiiiiiitii", a->state, a->delta,
            id_or_null(a->incident_id), id_or_null(s->unit_id), id_or_null(s->machine_id),
            s->seen_at, s->seen_at, s->seen_at, s->seen_at, s->received_at, now, reopened, reopened,
            reopened, a->id, s->seen_at, s->seen_at);
}

int finding_set_incident(struct db *db, const char *id, const char *incident_id)
{
        return db_run(db, NULL, set_incident, "tt", incident_id, id);
}

int finding_set_state(struct db *db, const char *id, const char *state, time_ms now, bool closed)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, set_state);

        if (err)
                return err;
        db_bind_string(q, 1, state);
        db_bind_int(q, 2, now);
        if (closed)
                db_bind_int(q, 3, now);
        else
                db_bind_null(q, 3);
        db_bind_string(q, 4, id);
        return db_step(q);
}

int finding_set_place(
    struct db *db, const char *id, const char *unit_id, const char *machine_id, time_ms now)
{
        return db_run(
            db, NULL, set_place, "ttit", id_or_null(unit_id), id_or_null(machine_id), now, id);
}

int finding_set_gone(struct db *db, const char *id, time_ms now)
{
        return db_run(db, NULL, set_gone, "iit", now, now, id);
}

int findings_to_verify(
    json_t **out, struct db *db, const char *machine_id, const char *unit_id, time_ms clean_since)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_id ? verify_machine : verify_unit);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id ? machine_id : unit_id);
        db_bind_int(q, 2, clean_since);
        return db_rows_json(out, q, "id:t incident_id:t unit_id:t", VERIFY_MAX);
}

int finding_verify(struct db *db, const char *id, const char *sweep_id, time_ms now)
{
        return db_run(db, NULL, verify, "tit", sweep_id, now, id);
}

int machine_unit(
    char unit_id[ULID_MAX], struct db *db, const struct scope *scope, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_has);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        db_bind_string(q, 2, scope->unit_id);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(unit_id, ULID_MAX, db_column_text(q, 0));
}

static const char *or_empty(const char *text)
{
        return text ? text : "";
}

int findings_json(
    json_t **out, struct db *db, const struct scope *scope, const struct finding_filter *f)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        const char *const values[] = { scope->unit_id, scope->unit_id, or_empty(f->state),
                or_empty(f->state), or_empty(f->state), or_empty(f->unit_id), or_empty(f->unit_id),
                or_empty(f->kind), or_empty(f->kind), or_empty(f->machine_id),
                or_empty(f->machine_id), or_empty(f->machine_id), or_empty(f->incident_id),
                or_empty(f->incident_id) };
        int err = db_query_begin(&q, db, findings_page);

        if (err)
                return err;
        for (size_t i = 0; i < ARRAY_LEN(values); i++)
                db_bind_string(q, (int)i + 1, values[i]);
        return db_rows_json(out, q,
            "id:t kind:t state:t title:t malware:t src_ip:t remote:t unit.id:t unit.name:t "
            "machine.id:t"
            " machine.name:t severity:t first_at:d last_at:d times:i confidence:i reason:j delta:t"
            " incident.id:t incident.number:t proof.kind:t proof.id:t",
            FINDINGS_MAX);
}

int findings_hand_over(
    struct db *db, const struct clock *clock, const char *from_unit_id, const char *to_unit_id)
{
        time_ms now = clock_now(clock);
        int err = db_run(db, NULL, findings_over, "tti", from_unit_id, to_unit_id, now);

        if (!err)
                err = db_run(db, NULL, incidents_over, "tti", from_unit_id, to_unit_id, now);
        return err ? err : registry_changed(db, clock, "finding", "", to_unit_id);
}
