/* traffic/archive/hunt.h: what the files of a hunt share. For archive_hunt.c and hunt_*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_HUNT_H
#define CANH_TRAFFIC_ARCHIVE_HUNT_H

#include "traffic/archive/archive_reader.h"
#include "traffic/archive/dictionary.h"
#include "traffic/archive/hits.h"

enum { HUNT_CANDIDATES_MAX = 1 << 26 };

/* A listed address, or a listed name (reversed), was met on a day. */
struct hunt_candidate {
        uint32_t day;   /* as the index counts */
        uint32_t kinds; /* in which tables */
        struct part_key address;
        struct text name; /* data NULL: an address */
};

struct hunt {
        const struct indicator_set *set;
        const struct archive_question *question;
        struct hits hits;
        struct dictionary values;            /* of the indicators that were met */
        const struct indicator_view **views; /* by entry of `values` */
        size_t view_room;
        enum flow_ends ends; /* of the flow that is handed over */
        struct hunt_candidate *candidates;
        size_t candidate_count, candidate_room;
        struct arena *names;
        struct scan *scan;         /* a view */
        struct hunting *hunting;   /* what parts are read into, one after the other */
        struct text *part_names;   /* the same: listed names of the day */
        struct ip_prefix *answers; /* and listed addresses that may be answers */
};

/* The one copy of the indicator: equal pointers are equal indicators. */
MUST_USE int hunt_keep_view(
    const struct indicator_view **out, struct hunt *h, const struct indicator_view *found);
MUST_USE int hunt_take_name(void *state, const struct name_sighting *s);
/* archive_hunt_index.c: asks all indexes for what is listed. *out: they could answer for the whole
 * archive; a damaged one is noted. */
struct archive_reader;
MUST_USE int hunt_ask_indexes(bool *out, struct archive_reader *r, struct hunt *h);
/* The candidates of one day in a part of that day: addresses, rising, then names. */
MUST_USE int hunt_part(
    struct hunt *h, struct part *p, const struct hunt_candidate *candidates, size_t count);
struct hunting *hunting_free(struct hunting *g);

#endif
