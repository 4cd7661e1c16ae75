/* office/registry/addresses.h: whose an address was, by the ranges on file. For traces and for rows
 * of sensors, which are filed for the whole office: no scope; who shows it asks unit_in_scope.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_ADDRESSES_H
#define CANH_OFFICE_REGISTRY_ADDRESSES_H

#include "codec/ulid.h"
#include "model/address_tenure.h"

struct db;

enum { ADDRESS_RANGES_MAX = 1000 }; /* that hold one address; LIMIT beyond */

struct address_owner {
        enum address_claim claim;
        char unit_id[ULID_MAX]; /* "" when ADDRESS_NEVER, so for prefix */
        char prefix[IP_PREFIX_TEXT_MAX];
        time_ms since, until; /* see struct address_tenure */
        bool is_dynamic;
        bool is_registry_empty; /* no range is on file at all: nothing can be said */
};
MUST_USE int registry_address_owner(
    struct address_owner *out, struct db *db, const struct ip_address *ip, time_ms at);

/* Of the units at or below `top`, whose range holds the address then (longest prefix)? Inner
 * addresses repeat from office to office, so only these are asked. MISSING. */
MUST_USE int registry_unit_below_of_address(char unit_id[ULID_MAX], struct db *db, const char *top,
    const struct ip_address *ip, time_ms at);

#endif
