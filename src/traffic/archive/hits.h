/* traffic/archive/hits.h: pairs of a host and a listed thing, each with its sum. From:
 * archive_hunt. Limit: HITS_MAX. One thread; for this folder only. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_HITS_H
#define CANH_TRAFFIC_ARCHIVE_HITS_H

#include "base/arena.h"
#include "indicators/set/indicator_set.h"
#include "traffic/archive/archive.h"

enum { HITS_MAX = 1 << 22 };

struct hits {
        struct archive_hit *all;
        uint32_t *slots; /* hit + 1, 0 = free */
        size_t count, room, slot_count;
        struct arena *views;
};

MUST_USE int hits_init(struct hits *h);
void hits_done(struct hits *h);
/* Forgets the pairs, not the views. */
void hits_clear(struct hits *h);
/* A copy of the view that lives as long as the hits. */
MUST_USE int hits_view(
    const struct indicator_view **out, struct hits *h, const struct indicator_view *view);
/* Adds to the pair (host, indicator, place) or makes it. One indicator must always come as the same
 * pointer. LIMIT. */
MUST_USE int hits_add(struct hits *h, const struct archive_hit *hit);
/* By first_at, then host. */
void hits_sort(struct hits *h);

#endif
