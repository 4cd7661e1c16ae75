/* centre/agents/sensor_door.h: the calls of the agents' door that only sensors make
 * (docs/formats/sensor-report.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_SENSOR_DOOR_H
#define CANH_CENTRE_AGENTS_SENSOR_DOOR_H

#include "centre/agents/visit.h"

/* DENIED unless the machine enrolled as a sensor. */
MUST_USE int sensor_door_status(struct visit *v, struct text rest);
MUST_USE int sensor_door_reports(struct visit *v, struct text rest);
/* rest: the identifier of an order; answers with the set to hunt by. */
MUST_USE int sensor_door_set(struct visit *v, struct text rest);
/* *out: what a sensor is told with its work, {"orders","cancelled"}; NULL for other machines. */
MUST_USE int sensor_door_work(json_t **out, struct visit *v);

#endif
