/* office/traffic/coverage.h: when each sensor really watched, so that "nothing was seen" is told
 * from "nobody looked". From: a sensor's statuses. To: hunts, traces and shows. A time counts when
 * the sensor ran through it and packets or flows came; what it kept from before its first status
 * counts too. Limit: SENSOR_COVERAGE_DAYS.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_COVERAGE_H
#define CANH_OFFICE_TRAFFIC_COVERAGE_H

#include "base/clock.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>

struct db;

enum {
        SENSOR_COVERAGE_DAYS = 800,
        COVERAGE_GAPS_SHOWN = 100,
        COVERAGE_QUIET_MS = 5 * MINUTE_MS,  /* without a packet, and still a watch */
        COVERAGE_GAP_MIN_MS = 2 * MINUTE_MS /* shorter ones (a restart) are not told */
};

/* Within the caller's transaction: the sensor watched from `since` to `until`. goes_on: it is the
 * same run as before, so that a quiet time between is no gap. */
MUST_USE int sensor_coverage_add(
    struct db *db, const char *sensor_id, time_ms since, time_ms until, bool goes_on);

/* Of the sensors that were asked: {"since","until","percent","gaps":[{"since","until"}],"more":n,
 * "sensors":[{"id","percent"}]}, the gaps being times in which none of them watched, and the last
 * what each did alone. since 0: from the first that is known. */
MUST_USE int order_coverage_json(
    json_t **out, struct db *db, const char *order_id, time_ms since, time_ms until);

#endif
