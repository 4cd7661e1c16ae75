/* codec/timestamp.h: times as text. Kept in UTC; a zone is only a way of reading or showing.
 * Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_TIMESTAMP_H
#define CANH_CODEC_TIMESTAMP_H

#include "base/clock.h"
#include "base/text.h"

enum { TIMESTAMP_TEXT_MAX = 32, ZONE_VIETNAM_MINUTES = 7 * 60 };

/* A calendar date and time of day; months and days count from 1. */
struct civil_time {
        int year, month, day, hour, minute, second, millisecond;
};

/* FORMAT when there is no such day or hour (31/11, 25:00); leap second 60 becomes 59. */
MUST_USE int civil_time_to_utc(time_ms *out, const struct civil_time *c, int zone_minutes);
void civil_time_from_utc(struct civil_time *out, time_ms at, int zone_minutes);
/* "+07:00", "+7", "-03:30", "Z", "UTC". FORMAT. */
MUST_USE int zone_parse(int *out_minutes, struct text t);
/* "15/01/2024", as officials write a day: its midnight in Vietnam. FORMAT, also before 1900. */
MUST_USE int day_parse(time_ms *out, struct text t);
/* RFC 3339 with any offset; "2024-01-15T08:30:00Z". FORMAT. */
MUST_USE int timestamp_parse(time_ms *out, struct text t);
/* "2024-01-15T08:30:00Z", with ".123" only when it is not zero. Returns out. */
const char *timestamp_write(char out[TIMESTAMP_TEXT_MAX], time_ms at);
/* "dd/mm/yyyy" and "HH:MM dd/mm/yyyy" in the zone, as officials write. */
const char *timestamp_write_day(char out[TIMESTAMP_TEXT_MAX], time_ms at, int zone_minutes);
const char *timestamp_write_local(char out[TIMESTAMP_TEXT_MAX], time_ms at, int zone_minutes);

#endif
