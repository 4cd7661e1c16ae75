/* office/traffic/sensor_report_parse.h: what a sensor sends (docs/formats/sensor-report.md): its
 * status, and reports of alerts and answers. A sensor reads foreign bytes: each field is checked
 * as if foreign. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_SENSOR_REPORT_PARSE_H
#define CANH_OFFICE_TRAFFIC_SENSOR_REPORT_PARSE_H

#include "codec/json_fields.h"
#include "codec/ulid.h"

enum {
        SENSOR_REPORT_ALERTS_MAX = 2000,
        SENSOR_REPORT_ROWS_MAX = 20000,
        SENSOR_TALKERS_MAX = 200,
        SENSOR_STATUS_BYTES_MAX = 64 << 10,
        SENSOR_REPORT_BYTES_MAX = 8 << 20
};

/* The views live as long as root, which sensor_status_done and sensor_report_done give back. */
struct sensor_status_said {
        json_t *root;
        time_ms at, since;
        struct text source, generation;
        int64_t packets, bytes, drops, flows;
        const json_t *counts;  /* of numbers, each 0 or more */
        const json_t *talkers; /* [{host,bytes_out,bytes_in,flows}] or NULL */
};
MUST_USE int sensor_status_parse(
    struct sensor_status_said *out, struct text bytes, struct parse_error *bad);
void sensor_status_done(struct sensor_status_said *s);

enum sensor_report_kind { SENSOR_REPORT_ALERTS, SENSOR_REPORT_ANSWER };

struct sensor_report {
        json_t *root;
        struct text id, machine;
        enum sensor_report_kind kind;
        time_ms made_at;
        const json_t *alerts; /* of ALERTS: an array; see sensor_alert_parse */
        /* of ANSWER */
        struct text order, state, detail, why_vi, why_en;
        int64_t done, total, left_out, from;
        const json_t *rows; /* an array of objects with "host", an address */
};
MUST_USE int sensor_report_parse(
    struct sensor_report *out, struct text bytes, struct parse_error *bad);
void sensor_report_done(struct sensor_report *r);

struct sensor_alert_said {
        struct text id, kind, host, peer, protocol, seen_in, type, value, family, list, origin;
        int64_t port, times;
        bool spoke;
        time_ms first_at, last_at;
        const json_t *evidence; /* an object */
};
MUST_USE int sensor_alert_parse(
    struct sensor_alert_said *out, const json_t *alert, struct parse_error *bad);

#endif
