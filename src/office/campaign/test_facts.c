/* office/campaign/test_facts.c: stands in for office/intake/machine_facts.c in this folder's tests,
 * over the same rows. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/machine_facts.h"
#include "base/mem.h"
#include "system/db/db.h"

DB_SQL(test_facts,
    "select m.id, m.unit_id, m.name, m.kind, m.os_id, m.os_version, m.os_name, m.enrolled_at,"
    " m.last_seen_at, m.last_inventory_at, m.last_sweep_at, coalesce(s.id, ''), "
    "coalesce(s.generation, ''),"
    " coalesce(s.files, 0), (select count(*) from sweep_hit h where h.machine_id = m.id and"
    " h.state = 'open') from machine m join unit_closure c on c.below_id = m.unit_id and "
    "c.above_id = $1"
    " left join sweep s on s.id = m.last_sweep_id where m.state in ('expected', 'active')"
    " order by m.unit_id");
DB_SQL(test_victims,
    "select f.id, f.unit_id, coalesce(f.machine_id, ''), f.src_ip, f.malware, f.state, f.first_at,"
    " f.last_at from finding f join unit_closure c on c.below_id = f.unit_id and c.above_id = $1"
    " where f.kind = 'victim' and f.state <> 'not_ours' order by f.unit_id");

static void read_machine(struct machine_fact *f, struct db_query *q)
{
        *f = (struct machine_fact){ .id = db_column_text(q, 0),
                .unit_id = db_column_text(q, 1),
                .name = db_column_text(q, 2),
                .kind = db_column_text(q, 3),
                .os_id = db_column_text(q, 4),
                .os_version = db_column_text(q, 5),
                .os_name = db_column_text(q, 6),
                .enrolled_at = db_column_int(q, 7),
                .last_seen_at = db_column_int(q, 8),
                .last_inventory_at = db_column_int(q, 9),
                .last_sweep_at = db_column_int(q, 10),
                .last_sweep_id = db_column_text(q, 11),
                .last_sweep_generation = db_column_text(q, 12),
                .last_sweep_files = db_column_int(q, 13),
                .open_hits = db_column_int(q, 14) };
}

int machine_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct machine_fact *fact), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int step, err = db_query_begin(&q, db, test_facts);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        while (!err && (step = db_step(q)) != 0) {
                struct machine_fact f;

                if (step < 0)
                        return step;
                read_machine(&f, q);
                err = sink(state, &f);
        }
        return err;
}

int victim_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct victim_fact *fact), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int step, err = db_query_begin(&q, db, test_victims);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        while (!err && (step = db_step(q)) != 0) {
                struct victim_fact f = { .finding_id = db_column_text(q, 0),
                        .unit_id = db_column_text(q, 1),
                        .machine_id = db_column_text(q, 2),
                        .src_ip = db_column_text(q, 3),
                        .malware = db_column_text(q, 4),
                        .state = db_column_text(q, 5),
                        .first_at = db_column_int(q, 6),
                        .last_at = db_column_int(q, 7) };

                if (step < 0)
                        return step;
                err = sink(state, &f);
        }
        return err;
}
