/* centre/lists/block_lists.h: the set in use in the words of one subscriber's firewall or resolver.
 * The warning lists, our own ranges and what is no public address are left out once more: the set
 * may be older than they are. The same set gives the same bytes all day: validity is kept in days.
 * Canh itself blocks nothing. Limit: BLOCK_LIST_BYTES_MAX. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_BLOCK_LISTS_H
#define CANH_CENTRE_LISTS_BLOCK_LISTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "indicators/blocks/block_list.h"

#include <jansson.h>

struct db;
struct office;

enum { BLOCK_LIST_BYTES_MAX = 256 << 20, BLOCK_ETAG_MAX = 72 };

struct block_list {
        const struct block_target *target;
        struct block_options options;
        char etag[BLOCK_ETAG_MAX]; /* with its quotes */
};

/* What the subscriber's list would be; views of *subscriber. MISSING: there is no set in use. */
MUST_USE int block_list_of(struct block_list *out, struct office *office, struct db *db,
    struct arena *arena, const json_t *subscriber);
/* Adds its bytes. *guarded: how many entries the warning lists and our own ranges kept out. */
MUST_USE int block_list_make(struct buffer *out, struct block_counts *counts, size_t *guarded,
    struct office *office, struct db *db, const struct block_list *list);
/* "" is nxdomain. FORMAT. */
MUST_USE int block_answer_of(enum block_answer *out, const char *word);

#endif
