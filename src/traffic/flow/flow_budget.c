/* traffic/flow/flow_budget.c: see flow_budget.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/flow_budget.h"

static uint32_t *counter_of(
    uint32_t *counters, const struct flow_seed *seed, const struct ip_address *a)
{
        return &counters[flow_hash_addresses(seed, a, a, 0) % FLOW_BUDGET_COUNTERS];
}

bool flow_budget_take(struct flow_budget *b, const struct flow_seed *seed, time_ms at,
    const struct ip_address *source, const struct ip_address *destination)
{
        uint32_t *from, *to, share = b->per_second / FLOW_BUDGET_SHARE + 1;

        if (b->per_second == 0)
                return true;
        if (at / SECOND_MS != b->second) {
                b->second = at / SECOND_MS;
                b->begun = 0;
                memset(b->by_source, 0, sizeof(b->by_source));
                memset(b->by_destination, 0, sizeof(b->by_destination));
        }
        from = counter_of(b->by_source, seed, source);
        to = counter_of(b->by_destination, seed, destination);
        ++*from;
        ++*to;
        if (b->begun >= b->per_second &&
            (b->begun / 2 >= b->per_second || *from > share || *to > share))
                return false;
        b->begun++;
        return true;
}
