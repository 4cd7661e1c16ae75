/* office/intake/sweep_order_rows.c: see sweep_orders.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"
#include "office/intake/sweep_orders.h"
#include "system/db/db_json.h"

enum { ORDERS_SHOWN_MAX = 256 };

DB_SQL(order_forward,
    "update sweep_order set reason = case when priority > $1 then $2 else reason end,"
    " subject_id = case when priority > $3 then $4 else subject_id end,"
    " priority = case when priority > $5 then $6 else priority end"
    " where machine_id = $7 and kind = $8 and argument = $9 and state = 'waiting'");
DB_SQL(order_add, "insert into sweep_order (id, machine_id, kind, priority, reason, subject_id, "
                  "argument, created_at, created_by)"
                  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(orders_waiting,
    "select id, kind, priority, reason, argument from sweep_order where machine_id = $1"
    " and state in ('waiting', 'sent') order by priority, created_at, id limit 256");
DB_SQL(orders_sent, "update sweep_order set state = 'sent', sent_at = $1 where machine_id = $2 and "
                    "state = 'waiting'");

int sweep_order_add(
    struct db *db, const struct clock *clock, const struct sweep_order *o, bool *added)
{
        char id[ULID_MAX];
        int64_t p = o->priority, forward = 0;
        int err = db_run(db, &forward, order_forward, "ititiittt", p, o->reason, p, o->subject_id,
            p, p, o->machine_id, o->kind, o->argument);

        if (!err && forward == 0)
                err = db_run(db, NULL, order_add, "tttitttit", ulid_make(id, clock), o->machine_id,
                    o->kind, p, o->reason, o->subject_id, o->argument, clock_now(clock), o->by);
        if (!err && added)
                *added = forward == 0;
        return err;
}

int sweep_orders_waiting(json_t **out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, orders_waiting);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        return db_rows_json(out, q, "id:t kind:t priority:i reason:t argument:t", ORDERS_SHOWN_MAX);
}

int sweep_orders_mark_sent(struct db *db, const struct clock *clock, const char *machine_id)
{
        int err = db_begin(db);

        if (err)
                return err;
        err = db_run(db, NULL, orders_sent, "it", clock_now(clock), machine_id);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}
