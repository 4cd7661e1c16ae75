/* sensor/uplink_reports.h: what the sensor tells the centre, as JSON (docs/formats/
 * sensor-report.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_UPLINK_REPORTS_H
#define CANH_SENSOR_UPLINK_REPORTS_H

#include "sensor/sensor_messages.h"

#include <jansson.h>

/* Each: the caller's; NULL without memory. talkers NULL: none to tell. */
json_t *uplink_status_json(const struct sensor_status *status, const struct sensor_talkers *talkers,
    const char *source, const char *generation, time_ms now);
/* Takes rows, a JSON array. */
json_t *uplink_answer_json_own(const struct sensor_answer *answer, json_t *rows);

#endif
