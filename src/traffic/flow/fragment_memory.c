/* traffic/flow/fragment_memory.c: see fragment_memory.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/fragment_memory.h"

static struct fragment_slot *slot_of(
    struct fragment_memory *m, const struct flow_seed *seed, const struct packet *p)
{
        uint64_t hash = flow_hash_addresses(seed, &p->source, &p->destination, p->fragment_id);

        return &m->slots[hash % FRAGMENT_MEMORY_SLOTS];
}

void fragment_memory_keep(
    struct fragment_memory *m, const struct flow_seed *seed, time_ms at, const struct packet *first)
{
        *slot_of(m, seed, first) = (struct fragment_slot){
                .source = first->source,
                .destination = first->destination,
                .id = first->fragment_id,
                .source_port = first->source_port,
                .destination_port = first->destination_port,
                .protocol = first->protocol,
                .is_used = true,
                .at = at,
        };
}

bool fragment_memory_complete(
    struct fragment_memory *m, const struct flow_seed *seed, time_ms at, struct packet *later)
{
        const struct fragment_slot *slot = slot_of(m, seed, later);

        if (!slot->is_used || slot->id != later->fragment_id || at < slot->at ||
            at - slot->at > FRAGMENT_MEMORY_MS ||
            ip_address_compare(&slot->source, &later->source) != 0 ||
            ip_address_compare(&slot->destination, &later->destination) != 0)
                return false;
        later->source_port = slot->source_port;
        later->destination_port = slot->destination_port;
        later->protocol = slot->protocol;
        return true;
}
