/* office/intake/machine_fact_rows.c: see machine_facts.h. One statement each, ordered by unit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/intake/machine_facts.h"
#include "system/db/db.h"

/* sweep_order is read once, grouped: per machine the first time a list put it first. */
DB_SQL(facts_machines,
    "select m.id, m.unit_id, m.name, m.kind, m.os_id, m.os_version, m.os_name, m.enrolled_at, "
    "m.last_seen_at,"
    " m.last_inventory_at, s.ended_at, coalesce(s.id, ''), coalesce(s.generation, ''), s.files,"
    " coalesce(h.open, 0), coalesce(f.open, 0), o.listed,"
    " (select min(x.ended_at) from sweep x where x.machine_id = m.id and o.listed is not null"
    " and x.proves_until >= o.listed),"
    " case when m.state = 'expected' then 1 else 0 end"
    " from machine m join unit_closure c on c.below_id = m.unit_id and c.above_id = $1"
    " left join sweep s on s.id = m.last_sweep_id"
    " left join (select machine_id, count(*) as open from sweep_hit where state = 'open'"
    " group by machine_id) h on h.machine_id = m.id"
    " left join (select machine_id, count(*) as open from finding where kind = 'victim'"
    " and state in ('new', 'attributed', 'cleaning') group by machine_id) f on f.machine_id = m.id"
    " left join (select machine_id, min(created_at) as listed from sweep_order where reason in "
    "('list', 'nat')"
    " group by machine_id) o on o.machine_id = m.id"
    " where m.state in ('expected', 'active') and m.kind <> 'sensor' order by m.unit_id, m.id");
DB_SQL(facts_victims,
    "select f.id, f.unit_id, coalesce(f.machine_id, ''), f.src_ip, f.malware, f.state, f.first_at, "
    "f.last_at, f.received_at"
    " from finding f join unit_closure c on c.below_id = f.unit_id and c.above_id = $1"
    " where f.kind = 'victim' and f.state <> 'not_ours' order by f.unit_id, f.id");

DB_SQL(period_hits, "select h.machine_id, count(*), sum(case when h.state = 'open' then 1 else 0 "
                    "end) from sweep_hit h"
                    " join machine m on m.id = h.machine_id"
                    " join unit_closure c on c.below_id = m.unit_id and c.above_id = $1"
                    " where h.last_at >= $2 and h.first_at <= $3 and h.state <> 'accepted'"
                    " group by h.machine_id order by h.machine_id");

static void machine_row(struct machine_fact *f, struct db_query *q)
{
        struct text *const texts[] = { &f->id, &f->unit_id, &f->name, &f->kind, &f->os_id,
                &f->os_version, &f->os_name };

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                *texts[i] = db_column_text(q, (int)i);
        f->enrolled_at = db_column_int(q, 7);
        f->last_seen_at = db_column_int(q, 8);
        f->last_inventory_at = db_column_int(q, 9);
        f->last_sweep_at = db_column_int(q, 10);
        f->last_sweep_id = db_column_text(q, 11);
        f->last_sweep_generation = db_column_text(q, 12);
        f->last_sweep_files = db_column_int(q, 13);
        f->open_hits = db_column_int(q, 14);
        f->open_victims = db_column_int(q, 15);
        f->listed_at = db_column_int(q, 16);
        f->swept_after_listing_at = db_column_int(q, 17);
        f->expected_only = db_column_int(q, 18) != 0;
}

int machine_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct machine_fact *fact), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, facts_machines);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        while ((err = db_step(q)) == 1) {
                struct machine_fact fact = { 0 };

                machine_row(&fact, q);
                err = sink(state, &fact);
                if (err)
                        return err;
        }
        return err;
}

int victim_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct victim_fact *fact), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, facts_victims);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        while ((err = db_step(q)) == 1) {
                struct victim_fact fact = { db_column_text(q, 0), db_column_text(q, 1),
                        db_column_text(q, 2), db_column_text(q, 3), db_column_text(q, 4),
                        db_column_text(q, 5), db_column_int(q, 6), db_column_int(q, 7),
                        db_column_int(q, 8) };

                err = sink(state, &fact);
                if (err)
                        return err;
        }
        return err;
}

int machine_hits_each(struct db *db, const struct scope *scope, time_ms from, time_ms until,
    int (*sink)(void *state, struct text machine_id, int64_t hits, int64_t open), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int step, err = db_query_begin(&q, db, period_hits);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, from);
        db_bind_int(q, 3, until);
        while (!err && (step = db_step(q)) != 0)
                err = step < 0 ? step
                               : sink(state, db_column_text(q, 0), db_column_int(q, 1),
                                     db_column_int(q, 2));
        return err;
}
