/* traffic/flow/flow_index.h: finds an item by its hash: open addressing, at most half full, all
 * memory taken at birth. The caller compares what the hash leads to. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FLOW_INDEX_H
#define CANH_TRAFFIC_FLOW_FLOW_INDEX_H

#include "base/err.h"

#include <stdint.h>

enum { FLOW_INDEX_NONE = UINT32_MAX, FLOW_INDEX_ITEMS_MAX = 1 << 28 };

struct flow_index_slot {
        uint32_t hash, item_plus_1; /* 0 = empty */
};

struct flow_index {
        struct flow_index_slot *slots;
        uint32_t mask;
};

/* Room for max_items (at most FLOW_INDEX_ITEMS_MAX); the caller never puts more. */
MUST_USE int flow_index_init(struct flow_index *ix, uint32_t max_items);
void flow_index_done(struct flow_index *ix);

/* The next item of that hash, or FLOW_INDEX_NONE. *at is `hash` at first. */
static inline uint32_t flow_index_next(const struct flow_index *ix, uint32_t hash, uint32_t *at)
{
        for (;; ++*at) {
                const struct flow_index_slot *slot = &ix->slots[*at & ix->mask];
                if (slot->item_plus_1 == 0)
                        return (uint32_t)FLOW_INDEX_NONE;
                if (slot->hash == hash) {
                        ++*at;
                        return slot->item_plus_1 - 1;
                }
        }
}

/* Fetches the slot of a hash that will be asked for soon. */
static inline void flow_index_prefetch(const struct flow_index *ix, uint32_t hash)
{
        __builtin_prefetch(&ix->slots[hash & ix->mask]);
}

void flow_index_put(struct flow_index *ix, uint32_t hash, uint32_t item);
/* The pair must be there. */
void flow_index_remove(struct flow_index *ix, uint32_t hash, uint32_t item);

#endif
