/* traffic/query/flow_top.h: who or what comes most often. From: flows and sightings that a filter
 * let through. To: flow_text. Exact; limit: max_keys different keys, beyond it facts of new keys
 * are counted as left out and the answer must say so. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_QUERY_FLOW_TOP_H
#define CANH_TRAFFIC_QUERY_FLOW_TOP_H

#include "model/flow.h"

struct flow_top;

enum { FLOW_TOP_KEYS_MAX = 1 << 20, FLOW_TOP_KEY_TEXT_MAX = 256 };

enum flow_top_by {
        FLOW_TOP_HOST,   /* ends that are ours */
        FLOW_TOP_REMOTE, /* ends that are not */
        FLOW_TOP_PORT,   /* of the service: the destination's */
        FLOW_TOP_PROTOCOL,
        FLOW_TOP_NET,  /* our ends by /24 and /64 */
        FLOW_TOP_NAME, /* of sightings; the others are of flows */
        FLOW_TOP_BYS
};
enum flow_top_order { FLOW_TOP_BYTES, FLOW_TOP_PACKETS, FLOW_TOP_FLOWS };

struct flow_top_options {
        enum flow_top_by by;
        enum flow_top_order order;   /* names are ordered by how often they were seen */
        const struct ip_prefix *own; /* a view; 0 = the private ranges of RFC 1918 and 4193 */
        size_t own_count;
        size_t max_keys; /* 0 = FLOW_TOP_KEYS_MAX */
};

struct flow_top_row {
        char key[FLOW_TOP_KEY_TEXT_MAX];
        uint64_t flows, packets, bytes; /* flows: of a name the sightings */
        time_ms first_at, last_at;
};

/* "host", "remote" … FORMAT. */
MUST_USE int flow_top_by_parse(enum flow_top_by *out, const char *word);
const char *flow_top_by_name(enum flow_top_by by);
/* Is the address in one of these ranges? None given: in a private one. */
bool flow_top_is_own(
    const struct ip_prefix *own, size_t own_count, const struct ip_address *address);

MUST_USE int flow_top_new(struct flow_top **out, const struct flow_top_options *options);
struct flow_top *flow_top_free(struct flow_top *t);
void flow_top_free_at(struct flow_top **t);
MUST_USE int flow_top_add_flow(struct flow_top *t, const struct flow *flow);
MUST_USE int flow_top_add_name(struct flow_top *t, const struct name_sighting *sighting);
/* Greatest first; nothing is added afterwards. The number of keys. */
size_t flow_top_sort(struct flow_top *t);
void flow_top_at(struct flow_top_row *out, const struct flow_top *t, size_t n);
/* Facts of keys beyond the limit. */
uint64_t flow_top_left_out(const struct flow_top *t);

#endif
