/* sensor/log_inputs.h: lines of live logs become facts: messages of syslog each by itself, lines of
 * followed files by the format of their file. From: the input rings, by the pipeline. To: a
 * traffic_sink. A fact from the future beyond an hour is dated when it came: a device whose clock
 * is wrong must not fill the archive of a year to come. Limits: LOG_FILES_MAX followed files. One
 * thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_LOG_INPUTS_H
#define CANH_SENSOR_LOG_INPUTS_H

#include "model/flow.h"
#include "sensor/sensor_messages.h"

struct log_inputs;

/* The sink is copied. zone_minutes: of times that say no zone. */
MUST_USE int log_inputs_new(
    struct log_inputs **out, const struct traffic_sink *sink, int zone_minutes);
struct log_inputs *log_inputs_free(struct log_inputs *l); /* takes NULL, returns NULL */
/* One record of the kinds INPUT_LOG_…; what the sink said, or MEMORY. */
MUST_USE int log_inputs_take(struct log_inputs *l, const struct input_record *r, struct text bytes);
/* Adds what was counted. */
void log_inputs_count(struct sensor_counts *out, const struct log_inputs *l);

#endif
