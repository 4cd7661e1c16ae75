/* indicators/lists/list_filter.h: what stands between a parsed row and the sink: seen before? one
 * of ours? on a warning list? For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_FILTER_H
#define CANH_INDICATORS_LISTS_LIST_FILTER_H

#include "indicators/lists/list_cell.h"
#include "indicators/lists/list_read.h"

/* Keys seen so far, as 64-bit keyed hashes: at LIST_ROWS_MAX rows one false duplicate in two
 * million files. */
struct seen_keys {
        uint64_t *slots;
        size_t count, room;
};

void seen_keys_done(struct seen_keys *seen);
/* Room for so many keys at once; more still fit. */
MUST_USE int seen_keys_reserve(struct seen_keys *seen, size_t count);
/* *out_new tells whether the key was not there yet. */
MUST_USE int seen_keys_add(bool *out_new, struct seen_keys *seen, const void *key, size_t len);
uint64_t seen_key_hash(const void *key, size_t len);
bool seen_keys_has_hash(const struct seen_keys *seen, uint64_t hash);

/* True when the indicator must be kept out; *why and *list say which rule. */
bool list_item_is_warned(struct list_why *why, struct text *list, const struct list_item *item,
    const struct indicator *indicator, const struct list_options *options);
/* True when the address cannot be a public one of ours. */
bool list_victim_is_refused(struct list_why *why, const struct ip_address *address);

#endif
