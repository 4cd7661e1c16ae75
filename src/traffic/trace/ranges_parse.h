/* traffic/trace/ranges_parse.h: the address ranges of an office, each with its unit and dates, out
 * of a CSV file as the registry exports it (GET /ranges.csv): columns prefix, unit, and perhaps
 * valid_from, valid_until (dd/mm/yyyy or RFC 3339; the end is the first moment without it), source
 * (manual, import), dynamic (0, 1); others do not matter. Pure. Limit: RANGES_MAX rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_TRACE_RANGES_PARSE_H
#define CANH_TRAFFIC_TRACE_RANGES_PARSE_H

#include "model/address_tenure.h"

enum { RANGES_MAX = 200000, RANGES_BYTES_MAX = 64 << 20 };

struct address_ranges {
        struct address_range *of;
        size_t count, room;
        char *units; /* the names, one after the other */
};

/* FORMAT with *bad: no such table, or a row that says no range; LIMIT. */
MUST_USE int ranges_parse(struct address_ranges *out, struct text bytes, struct parse_error *bad);
void ranges_done(struct address_ranges *r);

#endif
