/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/machine_life.h"

#include "base/buffer.h"
#include "base/mem.h"
#include "codec/unicode.h"
#include "system/db/db.h"

enum { FOLDED_MAX = 2048 };

DB_SQL(add, "insert into machine (id, unit_id, name, name_folded, machine_key, state, "
            "created_at, updated_at)"
            " values ($1, $2, $3, $4, $5, 'active', $6, $7)");
DB_SQL(seen,
    "update machine set state = 'active', updated_at = $1,"
    " last_seen_at = case when coalesce(last_seen_at, 0) < $2 then $2 else last_seen_at end,"
    " agent_version = $3, report_sequence = case when report_sequence < $4 then $4 else "
    "report_sequence end where id = $5");
DB_SQL(describe,
    "update machine set os_name = $1, os_version = $2, os_build = $3, os_id = $4, addresses = $5,"
    " last_inventory_at = $6, updated_at = $7 where id = $8 and coalesce(last_inventory_at, 0) <= "
    "$6");
DB_SQL(swept,
    "update machine set last_sweep_at = $1, last_sweep_id = $2, updated_at = $3 where id = $4"
    " and coalesce(last_sweep_at, 0) <= $1");
DB_SQL(connections, "update machine set last_connections_at = $1 where id = $2 and "
                    "coalesce(last_connections_at, 0) < $1");

int machine_add(char id[ULID_MAX], struct db *db, const struct clock *clock, const char *unit_id,
    struct text name, struct text machine_key)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(FOLDED_MAX);
        char made[ULID_MAX];
        int err = unicode_add_folded(&folded, name);

        if (err)
                return err;
        err = db_run(db, NULL, add, "tttttii", ulid_make(made, clock), unit_id, name.data,
            folded.data ? folded.data : "", machine_key.data, clock_now(clock), clock_now(clock));
        if (!err)
                memcpy(id, made, ULID_MAX);
        return err;
}

int machine_seen(struct db *db, const char *id, time_ms made_at, time_ms now,
    const char *agent_version, int64_t sequence)
{
        time_ms at = made_at < now ? made_at : now; /* a clock ahead of ours is not believed */

        return db_run(db, NULL, seen, "iitit", now, at, agent_version, sequence, id);
}

int machine_describe(struct db *db, const char *id, const struct machine_description *d,
    time_ms made_at, time_ms now)
{
        return db_run(db, NULL, describe, "tttttiit", d->os_name, d->os_version, d->os_build,
            d->os_id, d->addresses, made_at, now, id);
}

int machine_swept(
    struct db *db, const char *id, const char *sweep_id, time_ms ended_at, time_ms now)
{
        return db_run(db, NULL, swept, "itit", ended_at, sweep_id, now, id);
}

int machine_connections_at(struct db *db, const char *id, time_ms at)
{
        return db_run(db, NULL, connections, "it", at, id);
}
