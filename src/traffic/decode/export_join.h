/* traffic/decode/export_join.h: joins the two opposite flows in which exporters tell one
 * conversation. From: export_parse, through export_join_sink. To: a traffic_sink. A flow waits for
 * its opposite until it is too old, then it goes on alone. Flows that have both directions, those
 * of ICMP (whose types have no opposite), and names, translations and leases pass at once. Limit:
 * flows_max wait; beyond, the oldest goes on alone, and is counted. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_JOIN_H
#define CANH_TRAFFIC_DECODE_EXPORT_JOIN_H

#include "model/flow.h"

struct export_join;

struct export_join_options {
        size_t flows_max;  /* that wait; 0 = 65536, about 11 MiB */
        time_ms window_ms; /* how long one waits, and how far apart in time the two may lie;
                              0 = 15 s */
};

struct export_join_counts {
        uint64_t joined;  /* pairs */
        uint64_t alone;   /* whose opposite did not come */
        uint64_t evicted; /* of these: because the table, or a chain of it, was full */
        size_t waiting;
};

/* Keeps a copy of `to`. */
MUST_USE int export_join_new(
    struct export_join **out, const struct export_join_options *options, struct traffic_sink to);
/* What waits is lost: export_join_finish first. Takes NULL, returns NULL. */
struct export_join *export_join_free(struct export_join *j);
void export_join_free_at(struct export_join **j);
struct traffic_sink export_join_sink(struct export_join *j);
/* Tells what time it is (any clock that does not go back) and hands on what waited too long. To be
 * called once a second, or between datagrams; without it nothing grows old. */
MUST_USE int export_join_age(struct export_join *j, time_ms now);
/* Hands on all that waits. */
MUST_USE int export_join_finish(struct export_join *j);
void export_join_count(struct export_join_counts *out, const struct export_join *j);

#endif
