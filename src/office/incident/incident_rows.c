/* office/incident/incident_rows.c: see incident_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/incident/incident_rows.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/db/db_json.h"

enum { INCIDENTS_MAX = 5000, ENTRIES_MAX = 20000 };

#define SCOPED "i.unit_id in (select below_id from unit_closure where above_id = $1)"
#define SHOWN                                                                                      \
        "select i.id, i.number, i.title, i.unit_id, u.name, i.class, i.severity, i.tlp, i.state,"  \
        " i.detected_at, i.due_at, i.closed_at, i.owner_id, a.name from incident i"                \
        " join unit u on u.id = i.unit_id left join account a on a.id = i.owner_id where " SCOPED
#define SHOWN_SPEC                                                                                 \
        "id:t number:t title:t unit.id:t unit.name:t class:t severity:t tlp:t state:t"             \
        " detected_at:d due_at:d closed_at:d owner.id:t owner.name:t"

DB_SQL(find_open, "select id from incident where unit_id = $1 and malware = $2 and state not in "
                  "('closed', 'dismissed')"
                  " order by created_at limit 1");
DB_SQL(last_number, "select number from incident where number like $1 order by length(number) "
                    "desc, number desc limit 1");
DB_SQL(incident_new, "insert into incident (id, number, unit_id, title, severity, malware, "
                     "detected_at, due_at, created_at, updated_at)"
                     " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(entry_new, "insert into incident_entry (id, incident_id, at, kind, body, author, "
                  "evidence_kind, evidence_id, correction_of,"
                  " created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(state_of,
    "select i.state, i.unit_id, i.detected_at from incident i where " SCOPED " and i.id = $2");
DB_SQL(put_state, "update incident set state = $1, updated_at = $2, closed_at = $3 where id = $4");
DB_SQL(reopen,
    "update incident set state = 'triage', closed_at = null, updated_at = $1 where id = $2"
    " and state = 'closed'");
DB_SQL(put_owner, "update incident set owner_id = $1, updated_at = $2 where id = $3");
DB_SQL(open_findings, "select count(*) from finding where incident_id = $1 and state in ('new', "
                      "'attributed', 'cleaning')");
DB_SQL(close_findings,
    "update finding set state = 'closed', closed_at = $1, updated_at = $2 where incident_id = $3"
    " and state in ('verified', 'confirmed')");
DB_SQL(has_entry, "select 1 from incident_entry where incident_id = $1 and id = $2");
DB_SQL(account_active, "select 1 from account where id = $1 and active = 1");
DB_SQL(shown_all, SHOWN
    " and ($2 = '' or i.state = $3 or ($4 = 'open' and i.state not in ('closed', 'dismissed')))"
    " order by case when i.due_at is null then 1 else 0 end, i.due_at, i.id limit 5000");
DB_SQL(period_incidents,
    "select count(*), coalesce(sum(case when i.state = 'closed' then 1 else 0 end), 0) from "
    "incident i"
    " join unit_closure c on c.below_id = i.unit_id and c.above_id = $1"
    " where i.detected_at >= $2 and i.detected_at <= $3 and i.state <> 'dismissed'");
DB_SQL(shown_one, SHOWN " and i.id = $2");
DB_SQL(timeline, "select id, at, kind, body, author, nullif(evidence_kind, ''), evidence_id, "
                 "correction_of from incident_entry"
                 " where incident_id = $1 order by at, created_at, id limit 20000");

static int one_count(int64_t *out, struct db *db, const char *sql, const char *a, const char *b)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, a);
        if (b)
                db_bind_string(q, 2, b);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1 ? db_column_int(q, 0) : 0;
        return 0;
}

int incident_find_open(char id[ULID_MAX], struct db *db, const char *unit_id, struct text malware)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, find_open);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_text(q, 2, malware);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(id, ULID_MAX, db_column_text(q, 0));
}

int incident_last_number(char number[32], struct db *db, const char *head)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char pattern[40];
        int err = db_query_begin(&q, db, last_number);

        if (err)
                return err;
        (void)snprintf(pattern, sizeof(pattern), "%s%%", head);
        db_bind_string(q, 1, pattern);
        err = db_step(q);
        if (err < 0)
                return err;
        return text_copy(number, 32, err == 1 ? db_column_text(q, 0) : TEXT(""));
}

int incident_add(struct db *db, const struct incident_row *r, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, incident_new);

        if (err)
                return err;
        db_bind_string(q, 1, r->id);
        db_bind_string(q, 2, r->number);
        db_bind_string(q, 3, r->unit_id);
        db_bind_text(q, 4, r->title);
        db_bind_string(q, 5, r->severity);
        db_bind_text(q, 6, r->malware);
        db_bind_int(q, 7, r->detected_at);
        if (r->due_at)
                db_bind_int(q, 8, r->due_at);
        else
                db_bind_null(q, 8);
        db_bind_int(q, 9, now);
        db_bind_int(q, 10, now);
        return db_step(q);
}

int incident_entry_add(struct db *db, const struct incident_entry_row *r, time_ms now)
{
        return db_run(db, NULL, entry_new, "ttitttttti", r->id, r->incident_id, r->at, r->kind,
            r->body, r->author, r->evidence_kind, r->evidence_id, r->correction_of, now);
}

int incident_state(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, state_of);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        return db_row_json(out, q, "state:t unit_id:t detected_at:i");
}

int incident_set_state(struct db *db, const char *id, const char *state, time_ms now, bool closed)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, put_state);

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

int incident_set_reopened(bool *out, struct db *db, const char *id, time_ms now)
{
        int64_t changed = 0;
        int err = db_run(db, &changed, reopen, "it", now, id);

        if (!err)
                *out = changed > 0;
        return err;
}

int incident_put_owner(struct db *db, const char *id, const char *account_id, time_ms now)
{
        return db_run(db, NULL, put_owner, "tit", account_id, now, id);
}

int incident_open_findings(int64_t *out, struct db *db, const char *id)
{
        return one_count(out, db, open_findings, id, NULL);
}

int incident_close_findings(struct db *db, const char *id, time_ms now)
{
        return db_run(db, NULL, close_findings, "iit", now, now, id);
}

int incident_has_entry(struct db *db, const char *id, const char *entry_id)
{
        int64_t there = 0;
        int err = one_count(&there, db, has_entry, id, entry_id);

        return err ? err : (there ? 0 : ERR_MISSING);
}

int incident_account(struct db *db, const char *account_id)
{
        int64_t there = 0;
        int err = one_count(&there, db, account_active, account_id, NULL);

        return err ? err : (there ? 0 : ERR_MISSING);
}

int incidents_json(json_t **out, struct db *db, const struct scope *scope, const char *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, shown_all);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        for (int i = 2; i <= 4; i++)
                db_bind_string(q, i, state ? state : "");
        return db_rows_json(out, q, SHOWN_SPEC, INCIDENTS_MAX);
}

int incident_row_json(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, shown_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        return db_row_json(out, q, SHOWN_SPEC);
}

int incident_timeline_json(json_t **out, struct db *db, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, timeline);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        return db_rows_json(out, q,
            "id:t at:d kind:t body:t author:t evidence.kind:t evidence.id:t correction_of:t",
            ENTRIES_MAX);
}

int incidents_count(int64_t *all, int64_t *closed, struct db *db, const struct scope *scope,
    time_ms from, time_ms until)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, period_incidents);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, from);
        db_bind_int(q, 3, until);
        err = db_step(q);
        if (err != 1)
                return err < 0 ? err : ERR_BUG;
        *all = db_column_int(q, 0);
        *closed = db_column_int(q, 1);
        return 0;
}
