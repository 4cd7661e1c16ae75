/* traffic/trace/trace_hosts.h: what speaks for each host. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_TRACE_TRACE_HOSTS_H
#define CANH_TRAFFIC_TRACE_TRACE_HOSTS_H

#include "base/clock.h"
#include "codec/ip_address.h"

struct trace_hosts;

struct trace_fact {
        double weight;
        time_ms at, away_ms;
        const struct ip_address *peer; /* NULL = not known */
        uint64_t flows, bytes;
        bool has_port; /* the port that was asked for agrees */
};

/* Sums over the facts; at, away_ms and peer are those of the fact of the greatest weight. */
struct trace_host {
        struct ip_address address, peer;
        double weight, best;
        time_ms at, away_ms;
        uint64_t flows, bytes;
        bool has_port, has_peer;
};

MUST_USE int trace_hosts_new(struct trace_hosts **out, size_t max);
struct trace_hosts *trace_hosts_free(struct trace_hosts *h);
void trace_hosts_free_at(struct trace_hosts **h);
/* LIMIT: one host too many. */
MUST_USE int trace_hosts_add(
    struct trace_hosts *h, const struct ip_address *host, const struct trace_fact *fact);
size_t trace_hosts_count(const struct trace_hosts *h);
/* Heaviest first; nothing can be added afterwards. Returns their number. */
size_t trace_hosts_sort(struct trace_hosts *h);
double trace_hosts_total(const struct trace_hosts *h);
const struct trace_host *trace_hosts_at(const struct trace_hosts *h, size_t n);

#endif
