/* traffic/flow/flow_index.c: see flow_index.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/flow_index.h"

#include "base/mem.h"

int flow_index_init(struct flow_index *ix, uint32_t max_items)
{
        uint32_t count = 16;

        if (max_items > FLOW_INDEX_ITEMS_MAX)
                return ERR_LIMIT;
        while (count < max_items * 2)
                count *= 2;
        ix->slots = mem_zero(count, sizeof(*ix->slots));
        ix->mask = count - 1;
        return ix->slots ? 0 : ERR_MEMORY;
}

void flow_index_done(struct flow_index *ix)
{
        mem_free(ix->slots);
        ix->slots = NULL;
}

void flow_index_put(struct flow_index *ix, uint32_t hash, uint32_t item)
{
        uint32_t at = hash & ix->mask;

        while (ix->slots[at].item_plus_1)
                at = (at + 1) & ix->mask;
        ix->slots[at] = (struct flow_index_slot){ hash, item + 1 };
}

/* Moves back what stood behind the gap only because the gap was taken (Knuth 6.4, algorithm R), so
 * that no marks of removed items pile up. */
void flow_index_remove(struct flow_index *ix, uint32_t hash, uint32_t item)
{
        uint32_t gap = hash & ix->mask;

        while (ix->slots[gap].item_plus_1 != item + 1)
                gap = (gap + 1) & ix->mask;
        for (uint32_t at = (gap + 1) & ix->mask; ix->slots[at].item_plus_1;
             at = (at + 1) & ix->mask) {
                uint32_t home = ix->slots[at].hash & ix->mask;
                if (((at - home) & ix->mask) < ((at - gap) & ix->mask))
                        continue; /* its home lies behind the gap */
                ix->slots[gap] = ix->slots[at];
                gap = at;
        }
        ix->slots[gap].item_plus_1 = 0;
}
