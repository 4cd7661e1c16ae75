/* traffic/query/filter.h: which flows, or which sightings of names, are asked for. From:
 * filter_parse (the words of pcap and nfdump). To: canh flows show, the sensor's answers. Never
 * changes after it was made: any thread. Limits: FILTER_NODES_MAX comparisons,
 * FILTER_REACH_MAX prefixes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FILTER_H
#define CANH_TRAFFIC_QUERY_FILTER_H

#include "base/buffer.h"
#include "model/flow.h"

struct filter;

enum { FILTER_NODES_MAX = 1024, FILTER_REACH_MAX = 256 };

struct filter *filter_free(struct filter *f); /* takes NULL, returns NULL */
void filter_free_at(struct filter **f);

/* True when the words speak of names: then sightings are meant and no flow matches. */
bool filter_asks_names(const struct filter *f);
bool filter_has_flow(const struct filter *f, const struct flow *flow);
/* `src host` is who asked, `dst host` whom, or what the name stood for. */
bool filter_has_name(const struct filter *f, const struct name_sighting *sighting);

/* What everything that matches has in common, so that an archive reads no more than that. */
struct filter_reach {
        struct ip_prefix addresses[FILTER_REACH_MAX]; /* one end lies in one of these */
        size_t address_count;                         /* 0 = any address */
        struct text name; /* this name or one below it; empty = any; a view into the filter */
};
/* Never leaves out what matches; may say more than what matches. */
void filter_reach(struct filter_reach *out, const struct filter *f);

/* Adds words that parse to an equal filter; the same for filters that differ only in how they were
 * written. LIMIT. */
MUST_USE int filter_write(struct buffer *out, const struct filter *f);

#endif
