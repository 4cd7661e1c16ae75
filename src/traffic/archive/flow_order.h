/* traffic/archive/flow_order.h: flows by remote address, then begin. For part_write only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_FLOW_ORDER_H
#define CANH_TRAFFIC_ARCHIVE_FLOW_ORDER_H

#include "model/flow.h"

struct flow_place {
        uint64_t key;
        uint32_t row;  /* among the facts' flows */
        uint32_t host; /* 2 * entry of the internal end, + 1 if that is the destination */
};

static inline bool flow_place_is_in(const struct flow_place *p)
{
        return p->host & 1;
}

static inline const struct ip_address *flow_remote(const struct flow *flow, bool in)
{
        return in ? &flow->source : &flow->destination;
}

/* Fills the keys and sorts. day_begin: of flows that all begin within that day; -1: any times. */
MUST_USE int flow_order(
    struct flow_place *places, size_t count, const struct flow *flows, time_ms day_begin);

#endif
