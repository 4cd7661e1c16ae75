/* office/intake/sweep_rows.c: sweeps, the files they found, and the orders they answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/report_rows.h"
#include "system/db/db_json.h"

enum { HITS_PER_MACHINE_MAX = 200000 };

DB_SQL(sweep_add,
    "insert into sweep (id, machine_id, report_id, started_at, ended_at, reason, complete, "
    "generation, rules, hashes,"
    " roots, files, bytes, skipped, failed, hits,"
    " proves_until, proves_not)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");
DB_SQL(roots_required, "select value from setting where name = 'sweep_roots'");
DB_SQL(list_after, "select coalesce(min(received_at), 0) from list_batch where kind = 'indicator'"
                   " and active = 1 and received_at > $1");
DB_SQL(hit_find,
    "select id, state from sweep_hit where machine_id = $1 and path = $2 and sha256 = $3");
DB_SQL(hit_add, "insert into sweep_hit (id, sweep_id, machine_id, path, sha256, size_bytes, "
                "engine, rule, quarantine_id, state,"
                " first_at, last_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
DB_SQL(hit_again, "update sweep_hit set sweep_id = $1, last_at = $2, state = $3,"
                  " quarantine_id = case when $4 = '' then quarantine_id else $5 end, engine = $6, "
                  "rule = $7 where id = $8");
DB_SQL(hits_elsewhere, "select id, path from sweep_hit where machine_id = $1 and state in ('open', "
                       "'restored') and sweep_id <> $2"
                       " and last_at <= $3");
DB_SQL(hit_finding, "update sweep_hit set finding_id = $1 where id = $2");
DB_SQL(hit_gone, "update sweep_hit set state = 'gone' where id = $1");
DB_SQL(sweeps_trim,
    "delete from sweep where machine_id = $1 and id in (select id from sweep where machine_id = $2"
    " order by ended_at desc, id desc limit 40000 offset $3)"
    " and not exists (select 1 from sweep_hit h where h.sweep_id = sweep.id)"
    " and not exists (select 1 from finding f where f.proof_id = sweep.id)"
    " and not exists (select 1 from machine m where m.last_sweep_id = sweep.id)");
DB_SQL(hits_open, "select count(*) from sweep_hit where machine_id = $1 and state = 'open'");
DB_SQL(orders_swept, "update sweep_order set state = 'done', done_at = $1, result_id = $2 where "
                     "machine_id = $3 and kind = 'sweep'"
                     " and state in ('waiting', 'sent') and created_at <= $4");
DB_SQL(order_end, "update sweep_order set state = $1, done_at = $2, result_id = $3 where id = $4 "
                  "and machine_id = $5"
                  " and state in ('waiting', 'sent')");
DB_SQL(order_hit_restored,
    "update sweep_hit set state = 'restored', last_at = $1 where machine_id = $2 and quarantine_id "
    "="
    " (select argument from sweep_order where id = $3 and kind = 'restore' and machine_id = $4)"
    " and quarantine_id <> ''");

static int read_required(json_t **out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        json_t *roots = NULL;
        int err = db_query_begin(&q, db, roots_required), step;

        if (err)
                return err;
        step = db_step(q);
        if (step < 0)
                return step;
        if (step == 0 || json_read(&roots, db_column_text(q, 0), NULL))
                roots = sweep_roots_default();
        if (!roots)
                return ERR_MEMORY;
        *out = roots;
        return 0;
}

static int list_came_after(time_ms *out, struct db *db, time_ms made_at)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, list_after);

        if (err)
                return err;
        db_bind_int(q, 1, made_at);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = db_column_int(q, 0);
        return 0;
}

int sweep_judge(struct sweep_judged *out, struct db *db, const struct report_sweep *s, time_ms now)
{
        AUTO(json_free_at) json_t *required = NULL;
        struct sweep_proof_given given = { .now = now };
        time_ms made_at;
        int err = read_required(&required, db);

        if (err)
                return err;
        given.required = required;
        /* a generation names whole seconds: a list of its own second is in it */
        if (!sweep_generation_made_at(&made_at, s->generation) &&
            (err = list_came_after(&given.next_list_at, db, made_at + SECOND_MS - 1)))
                return err;
        out->proof = sweep_proof_of(&out->until, s, &given);
        return 0;
}

int sweep_row_add(struct db *db, const struct report *report, const char *machine_id,
    const struct sweep_judged *judged)
{
        const struct report_sweep *s = &report->sweep;
        char *roots = json_dumps(s->roots, JSON_COMPACT);
        int err = ERR_MEMORY;

        if (roots)
                err = db_run(db, NULL, sweep_add, "tttiititiitiiiiiit", s->id.data, machine_id,
                    report->id.data, s->started_at, s->ended_at, s->reason.data,
                    (int64_t)s->complete, s->generation.data, s->rules, s->hashes, roots, s->files,
                    s->bytes, s->skipped, s->failed, (int64_t)s->hit_count, judged->until,
                    sweep_proof_name(judged->proof));
        free(roots);
        return err;
}

/* What a person accepted or had put back stays so, until it is taken away again. */
static const char *state_now(struct text before, bool quarantined)
{
        if (text_is(before, "accepted") || (text_is(before, "restored") && !quarantined))
                return text_is(before, "accepted") ? "accepted" : "restored";
        return quarantined ? "quarantined" : "open";
}

static int hit_find_id(char *hit_id, char state[MACHINE_STATE_MAX], struct db *db,
    const struct report_hit *hit, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, hit_find), step;

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        db_bind_text(q, 2, hit->path);
        db_bind_text(q, 3, hit->sha256);
        step = db_step(q);
        if (step != 1)
                return step ? step : ERR_MISSING;
        err = text_copy(hit_id, ULID_MAX, db_column_text(q, 0));
        return err ? err : text_copy(state, MACHINE_STATE_MAX, db_column_text(q, 1));
}

int sweep_hit_put(char *hit_id, bool *first_time, struct db *db, const struct clock *clock,
    const struct report_sweep *sweep, const struct report_hit *hit, const char *machine_id)
{
        char id[ULID_MAX], state[MACHINE_STATE_MAX] = "";
        const char *now_state;
        int err = hit_find_id(id, state, db, hit, machine_id);

        if (err && err != ERR_MISSING)
                return err;
        now_state = state_now(text_of(state), hit->quarantined);
        *first_time = err == ERR_MISSING || text_is(text_of(state), "gone");
        if (err == ERR_MISSING)
                err = db_run(db, NULL, hit_add, "tttttittttii", ulid_make(id, clock),
                    sweep->id.data, machine_id, hit->path.data, hit->sha256.data, hit->size_bytes,
                    hit->engine.data, hit->rule.data, hit->quarantine_id.data, now_state,
                    sweep->started_at, sweep->ended_at);
        else
                err = db_run(db, NULL, hit_again, "titttttt", sweep->id.data, sweep->ended_at,
                    now_state, hit->quarantine_id.data, hit->quarantine_id.data, hit->engine.data,
                    hit->rule.data, id);
        if (err)
                return err;
        return text_copy(hit_id, ULID_MAX, text_of(id));
}

int sweep_hit_finding(struct db *db, const char *hit_id, const char *finding_id)
{
        return db_run(db, NULL, hit_finding, "tt", finding_id, hit_id);
}

int sweep_hits_gone(struct db *db, const struct report_sweep *sweep, const char *machine_id)
{
        AUTO(json_free_at) json_t *hits = NULL;
        json_t *hit;
        size_t i;
        {
                AUTO(db_query_done) struct db_query *q = NULL;
                int err = db_query_begin(&q, db, hits_elsewhere);

                if (err)
                        return err;
                db_bind_string(q, 1, machine_id);
                db_bind_text(q, 2, sweep->id);
                db_bind_int(q, 3, sweep->started_at);
                err = db_rows_json(&hits, q, "id:t path:t", HITS_PER_MACHINE_MAX);
                if (err)
                        return err;
        }
        json_array_foreach(hits, i, hit)
        {
                int err = 0;

                if (path_is_below_any(text_of(json_get_text(hit, "path")), sweep->roots))
                        err = db_run(db, NULL, hit_gone, "t", json_get_text(hit, "id"));
                if (err)
                        return err;
        }
        return 0;
}

int sweeps_bound(int64_t *dropped, struct db *db, const char *machine_id)
{
        return db_run(db, dropped, sweeps_trim, "tti", machine_id, machine_id,
            (int64_t)SWEEPS_PER_MACHINE_MAX);
}

int sweep_hits_open(int64_t *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, hits_open);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = db_column_int(q, 0);
        return 0;
}

/* Its own order is answered by any sweep that ended; the others only by one that proves what they
 * ask, and that knew the lists they came from. */
int sweep_orders_swept(struct db *db, const struct report_sweep *sweep, const char *machine_id,
    const struct sweep_judged *judged, time_ms now)
{
        int err = 0;

        if (sweep->order.len)
                err = db_run(db, NULL, order_end, "tittt", sweep->complete ? "done" : "failed", now,
                    sweep->id.data, sweep->order.data, machine_id);
        if (!err && judged->until)
                err = db_run(
                    db, NULL, orders_swept, "itti", now, sweep->id.data, machine_id, judged->until);
        return err;
}

int order_done(struct db *db, const struct report_order *order, const char *machine_id,
    const char *report_id, time_ms now)
{
        return db_run(db, NULL, order_end, "tittt", order->failed ? "failed" : "done", now,
            report_id, order->id.data, machine_id);
}

int order_restored(struct db *db, const char *order_id, const char *machine_id, time_ms now)
{
        return db_run(db, NULL, order_hit_restored, "ittt", now, machine_id, order_id, machine_id);
}
