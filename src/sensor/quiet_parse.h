/* sensor/quiet_parse.h: what the office does not want to hear of for a while, out of the centre's
 * answer to `work` (docs/formats/sensor-report.md), and as the structs that our processes hand on.
 * Pure. Limit: LIVE_QUIET_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_QUIET_PARSE_H
#define CANH_SENSOR_QUIET_PARSE_H

#include "traffic/match/live_match.h"

struct quiet_list {
        struct live_quiet of[LIVE_QUIET_MAX];
        size_t count;
};

/* MISSING: the answer says nothing about it. FORMAT, LIMIT with *bad. Then *out is as it was. */
MUST_USE int quiet_parse(struct quiet_list *out, struct text work, struct parse_error *bad);
/* Structs as another process sent them. UNTRUSTED: not ours. */
MUST_USE int quiet_take(struct quiet_list *out, struct text structs);

#endif
