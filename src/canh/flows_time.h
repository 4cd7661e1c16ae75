/* canh/flows_time.h: moments and lengths of time as an officer types them. Pure; any thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_FLOWS_TIME_H
#define CANH_CANH_FLOWS_TIME_H

#include "base/clock.h"
#include "base/text.h"

/* "2024-01-20T08:30:00Z" (any offset); without an offset in the zone: "2024-01-20 08:30",
 * "20/01/2024", "20/01/2024 08:30:15", "08:30 20/01/2024"; or before now: "7d", "2h", "7 ngày",
 * "2 giờ". A day without an hour is its beginning, or with `is_end` its end. FORMAT. */
MUST_USE int flows_time_parse(
    time_ms *out, struct text t, time_ms now, int zone_minutes, bool is_end);
/* "15m", "90s", "2h", "7d", "15 phút"; FORMAT, also above 3,660 days. */
MUST_USE int flows_length_parse(time_ms *out, struct text t);

#endif
