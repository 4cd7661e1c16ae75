/* office/intake/sweep_order_rows.c: see sweep_orders.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"
#include "office/intake/sweep_orders.h"
#include "system/db/db_json.h"

enum { ORDERS_SHOWN_MAX = 256 };

/* Moved forward it counts from now: a sweep that began before is no answer to it. */
DB_SQL(order_forward,
    "update sweep_order set reason = $1, subject_id = $2, priority = $3, created_at = $4"
    " where machine_id = $5 and kind = $6 and argument = $7 and state = 'waiting' and priority > "
    "$8");
DB_SQL(order_waits, "select 1 from sweep_order where machine_id = $1 and kind = $2 and argument = "
                    "$3 and state = 'waiting'");
DB_SQL(order_add, "insert into sweep_order (id, machine_id, kind, priority, reason, subject_id, "
                  "argument, created_at, created_by)"
                  " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(orders_waiting,
    "select id, kind, priority, reason, argument from sweep_order where machine_id = $1"
    " and state in ('waiting', 'sent') order by priority, created_at, id limit 256");
DB_SQL(orders_sent, "update sweep_order set state = 'sent', sent_at = $1 where machine_id = $2 and "
                    "state = 'waiting'");

static int is_waiting(bool *out, struct db *db, const struct sweep_order *o)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, order_waits);

        if (err)
                return err;
        db_bind_string(q, 1, o->machine_id);
        db_bind_string(q, 2, o->kind);
        db_bind_string(q, 3, o->argument);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1;
        return 0;
}

int sweep_order_add(
    struct db *db, const struct clock *clock, const struct sweep_order *o, bool *added)
{
        char id[ULID_MAX];
        int64_t p = o->priority;
        bool waits = false;
        int err = is_waiting(&waits, db, o);

        if (!err && waits)
                err = db_run(db, NULL, order_forward, "ttiittti", o->reason, o->subject_id, p,
                    clock_now(clock), o->machine_id, o->kind, o->argument, p);
        else if (!err)
                err = db_run(db, NULL, order_add, "tttitttit", ulid_make(id, clock), o->machine_id,
                    o->kind, p, o->reason, o->subject_id, o->argument, clock_now(clock), o->by);
        if (!err && added)
                *added = !waits;
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
