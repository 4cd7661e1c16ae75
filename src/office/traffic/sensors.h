/* office/traffic/sensors.h: sensors: what they say of themselves, and what they noticed. From: the
 * agents' door. To: pages, and findings through a sink. Scope: a unit sees its own sensors, and of
 * every sensor only the rows about its own hosts. Limits: SENSOR_MINUTES_DAYS of rates,
 * TRAFFIC_ALERTS_KEPT alerts a sensor (the oldest give way).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_SENSORS_H
#define CANH_OFFICE_TRAFFIC_SENSORS_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"
#include "office/traffic/sensor_report_parse.h"

struct db;

enum { SENSOR_MINUTES_DAYS = 8, TRAFFIC_ALERTS_KEPT = 100000, SENSOR_SILENT_MS = 5 * MINUTE_MS };

/* Whose host it is, as far as it is known now. */
struct traffic_place {
        char machine_id[ULID_MAX], machine_name[258]; /* "" = none in particular */
        char unit_id[ULID_MAX];                       /* at least the sensor's */
};

/* Called inside the transaction for each alert that is worth a finding; fills its id ("" = none).
 */
struct sensor_sink {
        int (*alert)(void *state, struct db *db, const struct sensor_alert_said *alert,
            const struct traffic_place *place, char finding_id[ULID_MAX]);
        void *state;
};

/* Each is one transaction. FORMAT with *bad, LIMIT, UNSUPPORTED; DENIED: another machine's. */
MUST_USE int sensor_status_file(struct db *db, const struct clock *clock, const char *machine_id,
    struct text bytes, struct parse_error *bad);
/* *filed: false when the report was here already. */
MUST_USE int sensor_report_file(bool *filed, struct db *db, const struct clock *clock,
    const char *machine_id, struct text bytes, const struct sensor_sink *sink,
    struct parse_error *bad);
/* Whether the machine is a sensor. */
MUST_USE int sensor_is_one(bool *out, struct db *db, const char *machine_id);

/* For pages; the JSON is the caller's, its shape that of the API's description. */
MUST_USE int sensors_json(
    json_t **out, struct db *db, const struct clock *clock, const struct scope *scope);
MUST_USE int sensor_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id);
/* {minutes, talkers_at, talkers, units}; since, until 0 = no bound. */
MUST_USE int sensor_traffic_json(json_t **out, struct db *db, const struct scope *scope,
    const char *id, time_ms since, time_ms until);
struct alert_filter {
        const char *sensor, *unit, *machine, *kind; /* "" = any */
        time_ms since, until;                       /* 0 = no bound */
};
/* {alerts, total}: at most 1000, newest first; each with who quieted it, if somebody did. */
MUST_USE int alerts_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct alert_filter *filter);

/* For this folder. The machine that has the address now; the unit is that machine's, else the one
 * whose range held the address at that time, else the sensor's. */
MUST_USE int traffic_place_find(struct traffic_place *out, struct db *db, const struct clock *clock,
    const char *sensor_id, const char *host, time_ms at);
/* The same by the name in the DHCP lease of that time: who has the address now may be another. A
 * name that no machine, or more than one, of the sensor's units has names none. */
MUST_USE int traffic_place_of_lease(struct traffic_place *out, struct db *db,
    const struct clock *clock, const char *sensor_id, const char *host, const char *leased_name,
    time_ms at);

#endif
