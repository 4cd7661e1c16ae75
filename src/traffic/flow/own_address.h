/* traffic/flow/own_address.h: whether an address is of ours: in one of our prefixes, or, when none
 * was given, private (RFC 1918, 4193, 6598). Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_OWN_ADDRESS_H
#define CANH_TRAFFIC_FLOW_OWN_ADDRESS_H

#include "codec/ip_address.h"

static inline bool own_address_is(
    const struct ip_prefix *own, size_t own_count, const struct ip_address *a)
{
        if (own_count == 0)
                return ip_address_scope(a) == IP_SCOPE_PRIVATE;
        for (size_t i = 0; i < own_count; i++)
                if (ip_prefix_contains(&own[i], a))
                        return true;
        return false;
}

#endif
