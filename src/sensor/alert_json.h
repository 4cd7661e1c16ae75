/* sensor/alert_json.h: an alert as JSON, for people who look on and for the centre.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_ALERT_JSON_H
#define CANH_SENSOR_ALERT_JSON_H

#include "sensor/sensor_messages.h"

#include <jansson.h>

/* Whether every text of a record that came out of the ring ends, is UTF-8 and its words exist. */
bool alert_record_is_sound(const struct alert_record *r);
/* {id, kind, at, last_at, host, peer, port, protocol, seen_in, type, value, family, list, origin,
 * spoke, confidence, times, evidence}. NULL without memory. The caller's. */
json_t *alert_json(const struct alert_record *r);

#endif
