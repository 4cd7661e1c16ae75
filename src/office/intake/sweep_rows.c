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
    " roots, files, bytes, skipped, failed, hits)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
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

int sweep_row_add(struct db *db, const struct report *report, const char *machine_id)
{
        const struct report_sweep *s = &report->sweep;
        char *roots = json_dumps(s->roots, JSON_COMPACT);
        int err = ERR_MEMORY;

        if (roots)
                err = db_run(db, NULL, sweep_add, "tttiititiitiiiii", s->id.data, machine_id,
                    report->id.data, s->started_at, s->ended_at, s->reason.data,
                    (int64_t)s->complete, s->generation.data, s->rules, s->hashes, roots, s->files,
                    s->bytes, s->skipped, s->failed, (int64_t)s->hit_count);
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

/* "/home" holds "/home/an/x" and "/home", not "/homework". */
static bool is_below(struct text path, struct text root)
{
        while (root.len > 1 && root.data[root.len - 1] == '/')
                root.len--;
        if (path.len < root.len || memcmp(path.data, root.data, root.len) != 0)
                return false;
        return path.len == root.len || path.data[root.len] == '/' || path.data[root.len] == '\\' ||
               (root.len && (root.data[root.len - 1] == '/' || root.data[root.len - 1] == '\\'));
}

static bool is_below_any(const char *path, const json_t *roots)
{
        const json_t *root;
        size_t i;

        json_array_foreach(roots, i,
            root) if (is_below(text_of(path), text_of(json_string_value(root)))) return true;
        return false;
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

                if (is_below_any(json_get_text(hit, "path"), sweep->roots))
                        err = db_run(db, NULL, hit_gone, "t", json_get_text(hit, "id"));
                if (err)
                        return err;
        }
        return 0;
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

int sweep_orders_swept(
    struct db *db, const struct report_sweep *sweep, const char *machine_id, time_ms now)
{
        int err = 0;

        if (sweep->order.len)
                err = db_run(db, NULL, order_end, "tittt", sweep->complete ? "done" : "failed", now,
                    sweep->id.data, sweep->order.data, machine_id);
        if (!err && sweep->complete)
                err = db_run(db, NULL, orders_swept, "itti", now, sweep->id.data, machine_id,
                    sweep->started_at);
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
