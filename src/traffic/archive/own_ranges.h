/* traffic/archive/own_ranges.h: which addresses are ours. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_OWN_RANGES_H
#define CANH_TRAFFIC_ARCHIVE_OWN_RANGES_H

#include "traffic/archive/part_layout.h"

/* Sorted and apart from each other. */
struct own_ranges {
        struct own_range {
                struct part_key low, high;
        } * ranges;
        size_t count;
};

/* count 0: the private ranges of RFC 1918 and RFC 4193. */
MUST_USE int own_ranges_init(
    struct own_ranges *own, const struct ip_prefix *prefixes, size_t count);
void own_ranges_done(struct own_ranges *own);
bool own_ranges_have(const struct own_ranges *own, const struct ip_address *address);

#endif
