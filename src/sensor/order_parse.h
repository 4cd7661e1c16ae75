/* sensor/order_parse.h: what the centre asks of a sensor, out of its answer to `work`
 * (docs/formats/sensor-report.md). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_ORDER_PARSE_H
#define CANH_SENSOR_ORDER_PARSE_H

#include "sensor/sensor_messages.h"

enum { ORDERS_MAX = 100 };

struct sensor_orders {
        struct sensor_order of[ORDERS_MAX];
        bool has_own_set[ORDERS_MAX]; /* a hunt by one list, whose set is asked for */
        size_t count;
        char cancelled[ORDERS_MAX][ULID_MAX];
        size_t cancelled_count;
};

/* Orders of a kind that this version does not know are passed over. FORMAT with *bad: *out is as it
 * was. */
MUST_USE int order_parse(struct sensor_orders *out, struct text work, struct parse_error *bad);

#endif
