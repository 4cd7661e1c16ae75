/* office/intake/attribution_rows.c: see attribution_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/attribution_rows.h"
#include "base/mem.h"
#include "system/db/db_json.h"

#define BEHIND                                                                                     \
        " from machine m join unit_closure c on c.below_id = m.unit_id where c.above_id = $1"      \
        " and m.state in ('active', 'expected') and (c.depth = 0 or not exists"                    \
        " (select 1 from address_range r where r.unit_id = m.unit_id))"
DB_SQL(machines_behind, "select m.id, m.name" BEHIND " order by m.name, m.id limit 50");
DB_SQL(machines_count, "select count(*)" BEHIND);
DB_SQL(
    machines_named, "select m.id, m.name" BEHIND " and m.name_folded = $2 order by m.id limit 50");
DB_SQL(machines_spoke,
    "select distinct m.id, m.name" BEHIND " and exists (select 1 from machine_connection k where"
    " k.machine_id = m.id and k.remote_hex = $2 and k.first_at <= $3 and k.last_at >= $4)"
    " order by m.name, m.id limit 50");

int attribution_machines(json_t **out, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machines_behind);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        return db_rows_json(out, q, "id:t name:t", ATTRIBUTION_MACHINES_SHOWN);
}

int attribution_machine_count(size_t *out, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machines_count);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = (size_t)db_column_int(q, 0);
        return 0;
}

int attribution_by_name(json_t **out, struct db *db, const char *unit_id, const char *folded)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machines_named);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_string(q, 2, folded);
        return db_rows_json(out, q, "id:t name:t", ATTRIBUTION_MACHINES_SHOWN);
}

int attribution_by_contact(json_t **out, struct db *db, const char *unit_id,
    const struct ip_address *remote, time_ms at, time_ms window)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int err = db_query_begin(&q, db, machines_spoke);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_string(q, 2, ip_address_write_hex(hex, remote));
        db_bind_int(q, 3, at + window);
        db_bind_int(q, 4, at - window);
        return db_rows_json(out, q, "id:t name:t", ATTRIBUTION_MACHINES_SHOWN);
}
