/* indicators/set/set_compare.h: one set against an earlier one: what is new, what is gone, what is
 * still there, what of the newer one is past its validity; in all and per list. To: canh list
 * compare, the centre's pages. Pure. Limit: COMPARE_SOURCES_MAX lists; those beyond count in all
 * only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_SET_COMPARE_H
#define CANH_INDICATORS_SET_SET_COMPARE_H

#include "indicators/set/indicator_set.h"

enum { COMPARE_SOURCES_MAX = 1000 };

enum set_change { SET_CHANGE_ADDED, SET_CHANGE_GONE, SET_CHANGE_STILL };

struct set_difference {
        size_t added, gone, still;
        size_t expired; /* of added and still: past their validity */
};

struct set_comparison {
        struct set_difference all; /* by value alone */
        struct {
                char name[INDICATOR_TEXT_MAX + 1];
                struct set_difference difference; /* by value, of what this list names */
        } sources[COMPARE_SOURCES_MAX];
        size_t source_count, sources_beyond;
};

/* Each value once, by type and value: those of `newer`, then what is gone. NULL: only counted. */
struct set_compare_sink {
        int (*each)(void *state, enum set_change change, const struct indicator_view *view);
        void *state;
};

/* *out is the caller's (large: on the heap). An error is the sink's. */
MUST_USE int set_compare(struct set_comparison *out, const struct indicator_set *older,
    const struct indicator_set *newer, time_ms at, struct set_compare_sink sink);

#endif
