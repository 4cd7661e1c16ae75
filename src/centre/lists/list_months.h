/* centre/lists/list_months.h: the indicators of one month against those of another: of each source
 * the newest version that had come by the end of the month, what is new, gone and still there, per
 * source and in all. Months are those of the calendar in Vietnam.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_LIST_MONTHS_H
#define CANH_CENTRE_LISTS_LIST_MONTHS_H

#include "base/text.h"

#include <jansson.h>

struct db;
struct office;

/* older, newer: "2024-01"; both empty: the month before this one, and this one. *out, the caller's:
 * {"months":["2024-01",…],"old","new","sources":[{"source","old":{"list","received_at"}?,
 * "new":{…}?,"added","still","gone","expired"}],"all":{"added","still","gone","expired"}}; expired:
 * past its validity at the end of the newer month, or now. FORMAT with *bad. */
MUST_USE int list_months_json(json_t **out, struct office *office, struct db *db, struct text older,
    struct text newer, struct parse_error *bad);

#endif
