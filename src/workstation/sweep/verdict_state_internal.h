/* workstation/sweep/verdict_state_internal.h: what verdict_state.c and its parser share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_VERDICT_STATE_INTERNAL_H
#define CANH_WORKSTATION_SWEEP_VERDICT_STATE_INTERNAL_H

#include "workstation/sweep/verdict_state.h"

struct generation {
        uint64_t *bits; /* one for each part; NULL: not in use */
        size_t words;
};

/* Open addressing over numbers of verdicts + 1; at most half full. */
struct verdict_index {
        uint32_t *slots;
        size_t room, used;
};

struct verdict_state {
        struct part_table parts;
        struct generation generations[GENERATIONS_MAX];
        struct verdict *at;
        size_t count, room;
        uint8_t *visited;                         /* one for each of room */
        uint32_t *order;                          /* of the visits; room long */
        size_t visits;                            /* each file once */
        size_t cursor;                            /* the file that is most likely asked next */
        struct verdict_index by_file, by_content; /* made when first needed */
        unsigned current;
        bool changed;
};

static inline bool bit_has(const struct generation *g, size_t part)
{
        return part / 64 < g->words && (g->bits[part / 64] >> (part % 64) & 1);
}

#endif
