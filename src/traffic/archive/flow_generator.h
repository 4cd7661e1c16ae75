/* traffic/archive/flow_generator.h: the traffic of a made-up office, for benches and tests:
 * two-sided flows in the order of their begin, with the rhythm of days and weeks; remote addresses
 * after Zipf(0.95); sizes and durations log-normal; 8 % scans from outside. The same seed gives the
 * same flows. Not part of the product. One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_FLOW_GENERATOR_H
#define CANH_TRAFFIC_ARCHIVE_FLOW_GENERATOR_H

#include "model/flow.h"

struct flow_generator;

enum { GENERATOR_PLANTED = 20 };

struct generator_shape {
        uint64_t seed, flows;
        unsigned days, hosts;
        uint32_t remotes; /* how many there are to draw from */
        time_ms begin;    /* a day's begin in UTC */
};

/* 30 days from 1 January 2024, 1,000 hosts, 2 M remote addresses. */
extern const struct generator_shape generator_office;

MUST_USE int flow_generator_new(struct flow_generator **out, const struct generator_shape *shape);
struct flow_generator *flow_generator_free(struct flow_generator *g);
void flow_generator_free_at(struct flow_generator **g);
/* False at the end. */
bool flow_generator_next(struct flow *out, struct flow_generator *g);
/* The n-th address of a list against it: the first GENERATOR_PLANTED are spoken to, rarely; the
 * others never. */
uint32_t flow_generator_listed(const struct generator_shape *shape, uint32_t n);

#endif
