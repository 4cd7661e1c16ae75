/* model/address_tenure.h: whose an address was at a time, and from when to when, out of dated
 * ranges. The longest prefix that is valid then decides; among equals the one entered by hand.
 * From: the registry's rows, a file of ranges. To: trace, which must not name a machine for an
 * address that was another's. Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_ADDRESS_TENURE_H
#define CANH_MODEL_ADDRESS_TENURE_H

#include "base/clock.h"
#include "codec/ip_address.h"

struct address_range {
        struct ip_prefix prefix;
        time_ms since, until; /* the first moment it no longer holds; 0 = open */
        struct text unit;     /* whose; compared as it stands */
        /* Of a pool of the operator's: the unit has some address of it at a time, not each. */
        bool is_dynamic;
        bool is_imported; /* not entered by hand */
};

enum address_claim {
        ADDRESS_NEVER, /* no range ever held it */
        ADDRESS_HELD,  /* range is the one that holds it then */
        ADDRESS_PAST,  /* none holds it then; range is the last that did before */
        ADDRESS_FUTURE /* none did before; range is the first that does after */
};

struct address_tenure {
        enum address_claim claim;
        const struct address_range *range; /* NULL when ADDRESS_NEVER; one of those given */
        time_ms since, until; /* HELD: for how long that unit holds it without a break; 0 = open */
};

/* The view lives as long as the ranges. */
struct address_tenure address_tenure_find(
    const struct address_range *ranges, size_t count, const struct ip_address *a, time_ms at);
const char *address_claim_name(enum address_claim claim); /* "never" … */

#endif
