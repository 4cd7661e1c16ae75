/* office/traffic/orders.h: what sensors are asked: hunts (who touched a list?), traces (who stood
 * behind a public address?), shows (whom did a host talk to?), and what they answered so far. A
 * sensor that is away answers when it is back. Scope: whoever asked, those above, and of the
 * answers only the rows about one's own hosts. Limits: TRAFFIC_ROWS_KEPT rows an order and sensor.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_ORDERS_H
#define CANH_OFFICE_TRAFFIC_ORDERS_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>
#include <stdbool.h>

struct db;
struct sensor_report;

enum { TRAFFIC_ROWS_KEPT = 20000, TRAFFIC_ROWS_SHOWN = 5000, TRAFFIC_ORDERS_SHOWN = 200 };

struct traffic_wish {
        const char *kind;       /* "hunt", "trace", "show" */
        const json_t *argument; /* an object that the sensor is handed */
        const json_t *sensors;  /* identifiers; NULL: all of the scope */
        const char *list_id;    /* of a hunt; NULL: the set in use */
        const char *reason;     /* "person", "list" */
        const char *by;         /* shown name */
        time_ms since, until;   /* 0 = no bound */
};

/* Within the caller's transaction. MISSING: no such sensor or list in scope, or no sensor at all;
 * FORMAT: the list has no indicators. */
MUST_USE int traffic_order_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct traffic_wish *wish);
/* What the sensor has still to do: [{id, kind, since, until, store, argument}], and the
 * identifiers of those that were cancelled lately: [id]. */
MUST_USE int traffic_orders_of(
    json_t **orders, json_t **cancelled, struct db *db, const char *sensor_id);
/* The set's name in the store, "" = the set in use. MISSING: not this sensor's order. */
MUST_USE int traffic_order_store(
    char store[128], struct db *db, const char *sensor_id, const char *order_id);
/* Within the caller's transaction: part of an answer; what came before is not added again. Unknown
 * or cancelled orders are passed over. */
MUST_USE int traffic_answer_file(struct db *db, const struct clock *clock, const char *sensor_id,
    const struct sensor_report *report);
/* Parts that are not done end. MISSING out of scope. Opens its own transaction. */
MUST_USE int traffic_order_cancel(struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id, const char *kind);

/* The newest TRAFFIC_ORDERS_SHOWN of a kind. */
MUST_USE int traffic_orders_json(
    json_t **out, struct db *db, const struct scope *scope, const char *kind);
/* One; MISSING. */
MUST_USE int traffic_order_json(
    json_t **out, struct db *db, const struct scope *scope, const char *kind, const char *id);
/* Its rows of a kind ("hit", "candidate", "flow", "name"), in the order in which they came. */
MUST_USE int traffic_rows_json(json_t **out, struct db *db, const struct scope *scope,
    const char *order_id, const char *row_kind);
/* {"id","machine_id","machine_name","unit_id","host","finding_id","body"} of one row of the order;
 * MISSING out of scope. */
MUST_USE int traffic_row_find(json_t **out, struct db *db, const struct scope *scope,
    const char *order_id, const char *row_id);
MUST_USE int traffic_row_finding(struct db *db, const char *row_id, const char *finding_id);

#endif
