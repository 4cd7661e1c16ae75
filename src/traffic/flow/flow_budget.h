/* traffic/flow/flow_budget.h: how many flows may begin in a second. Up to the budget all may; from
 * there to twice the budget only flows of hosts that began few (less than a 64th of the budget) or
 * were called by few; beyond that none. So a flood from one host, or against one, is refused while
 * the others go on. A few hosts that share a counter with a busy one are refused with it, for that
 * second. One thread at a time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FLOW_BUDGET_H
#define CANH_TRAFFIC_FLOW_FLOW_BUDGET_H

#include "base/clock.h"
#include "traffic/flow/flow_hash.h"

enum { FLOW_BUDGET_COUNTERS = 1024, FLOW_BUDGET_SHARE = 64 };

struct flow_budget {
        uint32_t per_second; /* 0 = no limit */
        uint32_t begun;      /* in this second */
        int64_t second;
        uint32_t by_source[FLOW_BUDGET_COUNTERS], by_destination[FLOW_BUDGET_COUNTERS];
};

/* Whether a flow between the two may begin now; counts it. */
bool flow_budget_take(struct flow_budget *b, const struct flow_seed *seed, time_ms at,
    const struct ip_address *source, const struct ip_address *destination);

#endif
