/* office/intake/sweep_orders.h: what machines are asked to do next, in order of urgency.
 * A machine has at most one waiting order of a kind and argument: a more urgent wish moves it
 * forward.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_SWEEP_ORDERS_H
#define CANH_OFFICE_INTAKE_SWEEP_ORDERS_H

#include "base/clock.h"
#include "model/scope.h"

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct db;

enum order_priority {
        ORDER_LISTED = 1,
        ORDER_BEHIND_NAT = 2,
        ORDER_RECHECK = 3,
        ORDER_PERSON = 4,
        ORDER_USUAL = 5
};

struct sweep_order {
        const char *machine_id;
        const char *kind; /* "sweep", "inventory", "restore" */
        enum order_priority priority;
        const char *reason;     /* "list", "nat", "contact", "hit", "person" */
        const char *subject_id; /* the finding it is for, or "" */
        const char *argument;   /* restore: quarantine id; else "" */
        const char *by;         /* account or "canh" */
};

/* Inside the caller's transaction. *added (may be NULL): false when one was waiting and was moved
 * forward. */
MUST_USE int sweep_order_add(
    struct db *db, const struct clock *clock, const struct sweep_order *order, bool *added);
/* Those waiting or sent but not done, the most urgent first, as the agents' door says them:
 * [{"id","kind","priority","reason","argument"}]. *out belongs to the caller. */
MUST_USE int sweep_orders_waiting(json_t **out, struct db *db, const char *machine_id);
/* Marks those waiting as sent. In a transaction of its own. */
MUST_USE int sweep_orders_mark_sent(
    struct db *db, const struct clock *clock, const char *machine_id);

#endif
