/* office/campaign/period_rows.c: what happened in a period, for the report: machines on which
 * malware was found, and incidents. later: these two questions belong behind headers of intake and
 * incident.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/removal.h"
#include "system/db/db.h"

DB_SQL(period_hits, "select h.machine_id, count(*), sum(case when h.state = 'open' then 1 else 0 "
                    "end) from sweep_hit h"
                    " join machine m on m.id = h.machine_id"
                    " join unit_closure c on c.below_id = m.unit_id and c.above_id = $1"
                    " where h.last_at >= $2 and h.first_at <= $3 and h.state <> 'accepted'"
                    " group by h.machine_id order by h.machine_id");
DB_SQL(period_incidents,
    "select count(*), coalesce(sum(case when i.state = 'closed' then 1 else 0 end), 0) from "
    "incident i"
    " join unit_closure c on c.below_id = i.unit_id and c.above_id = $1"
    " where i.detected_at >= $2 and i.detected_at <= $3 and i.state <> 'dismissed'");

int period_hits_each(struct db *db, const struct scope *scope, time_ms from, time_ms until,
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

int period_incident_count(int64_t *all, int64_t *closed, struct db *db, const struct scope *scope,
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
