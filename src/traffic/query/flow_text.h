/* traffic/query/flow_text.h: flows, sightings and sums for people (a table of 80 columns in local
 * time), for spreadsheets (CSV) and for programs (JSON lines); the latter two in UTC. Pure; one
 * thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FLOW_TEXT_H
#define CANH_TRAFFIC_QUERY_FLOW_TEXT_H

#include "base/buffer.h"
#include "base/language.h"
#include "traffic/query/flow_top.h"

enum flow_text_format { FLOW_TEXT_TABLE, FLOW_TEXT_CSV, FLOW_TEXT_JSON };
enum { FLOW_TEXT_AMOUNT_MAX = 24, FLOW_TEXT_LEN_MAX = 24 };

struct flow_text {
        enum flow_text_format format;
        enum language language;
        int zone_minutes; /* of the table */
        bool has_head;    /* set when the first row was written */
        time_ms day;      /* the one that a table shows now */
};

/* Each adds one row, and before the first its head. LIMIT. */
MUST_USE int flow_text_add_flow(struct buffer *out, struct flow_text *t, const struct flow *flow);
MUST_USE int flow_text_add_name(
    struct buffer *out, struct flow_text *t, const struct name_sighting *sighting);
MUST_USE int flow_text_add_top(struct buffer *out, struct flow_text *t, enum flow_top_by by,
    size_t rank, const struct flow_top_row *row);

/* "1,2k" (vi) or "1.2k" (en): at most five characters. Returns out. */
const char *flow_text_amount(char out[FLOW_TEXT_AMOUNT_MAX], uint64_t amount, enum language l);

#endif
