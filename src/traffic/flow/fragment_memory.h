/* traffic/flow/fragment_memory.h: remembers for a short time which ports the first fragment of a
 * datagram had, so that the later ones, which have none, join its flow. Limit:
 * FRAGMENT_MEMORY_SLOTS datagrams, each for FRAGMENT_MEMORY_MS; a newer one takes the slot. A later
 * fragment that comes before the first is not known. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FRAGMENT_MEMORY_H
#define CANH_TRAFFIC_FLOW_FRAGMENT_MEMORY_H

#include "model/packet.h"
#include "traffic/flow/flow_hash.h"

enum { FRAGMENT_MEMORY_SLOTS = 1024, FRAGMENT_MEMORY_MS = 30 * SECOND_MS };

struct fragment_memory {
        struct fragment_slot {
                struct ip_address source, destination;
                uint32_t id;
                uint16_t source_port, destination_port;
                uint8_t protocol;
                bool is_used;
                time_ms at;
        } slots[FRAGMENT_MEMORY_SLOTS];
};

/* `first` is a first fragment, its ports as the flow has them. */
void fragment_memory_keep(struct fragment_memory *m, const struct flow_seed *seed, time_ms at,
    const struct packet *first);
/* Gives the later fragment the ports and the protocol of its first one; false when that is not
 * known: it is left as it was. */
bool fragment_memory_complete(
    struct fragment_memory *m, const struct flow_seed *seed, time_ms at, struct packet *later);

#endif
