/* office/traffic/sensor_rows.h: rows of sensors and alerts. Only this folder uses it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_SENSOR_ROWS_H
#define CANH_OFFICE_TRAFFIC_SENSOR_ROWS_H

#include "office/traffic/sensors.h"

/* What was counted at the status before; zeros when there was none. */
struct sensor_before {
        time_ms at, since;
        int64_t packets, bytes, flows, drops;
};
MUST_USE int sensor_before_find(struct sensor_before *out, struct db *db, const char *machine_id);
MUST_USE int sensor_status_put(struct db *db, const char *machine_id,
    const struct sensor_status_said *said, const char *body, time_ms talkers_at);
/* Adds to the minute of `at`, and drops minutes that are too old. */
MUST_USE int sensor_minute_add(
    struct db *db, const char *machine_id, time_ms at, const struct sensor_before *more);
MUST_USE int sensor_talkers_clear(struct db *db, const char *machine_id);
MUST_USE int sensor_talker_add(
    struct db *db, const char *machine_id, const json_t *talker, const struct traffic_place *place);
/* *known: it was here; EXISTS: with other content; DENIED: another machine's. */
MUST_USE int sensor_report_is_known(
    bool *known, struct db *db, const char *id, const char *machine_id, const char *sha256);
MUST_USE int sensor_report_add(
    struct db *db, const char *id, const char *machine_id, const char *sha256, time_ms now);
MUST_USE int alert_put(struct db *db, const char *sensor_id, const struct sensor_alert_said *a,
    const struct traffic_place *place, const char *finding_id, time_ms now);
MUST_USE int alerts_bound(struct db *db, const char *sensor_id);
/* The one machine of this name (folded) at or below the unit; MISSING when none or several. */
MUST_USE int sensor_machine_named(
    struct traffic_place *out, struct db *db, const char *unit_id, const char *folded);
MUST_USE int sensor_unit(char unit_id[ULID_MAX], struct db *db, const char *machine_id);

#endif
