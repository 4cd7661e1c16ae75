/* traffic/flow/scan_watch.h: machines of ours that try many doors, that flood, or are flooded.
 * From: flows, as they end. To: alerts.
 *
 * A flow fails when TCP never got beyond the SYN (no ACK was sent back to complete it, or a reset
 * answered it), or when UDP or an ICMP echo had no answer. Within window_ms a machine of ours that
 * fails at min_hosts machines on one port, or at min_ports ports of one machine, scans. One that
 * sends flood_packets to a machine which sends back less than a hundredth floods; one that is sent
 * so many on one port, and answers so little, is flooded. Each is said once in again_ms. An input
 * that knows one direction only makes UDP look unanswered: leave it out.
 *
 * Machines and ports are counted by 1,024 bits (linear counting, within 5% below 2,000). score =
 * 1 - threshold / (2 count).
 *
 * Limit: max_tracks, all memory at birth (about 250 bytes each): one for each (host, port), (host,
 * peer) and (flooded host, port); of eight neighbours the one with the fewest bits, then the fewest
 * packets, gives way and is counted. One thread at a time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_SCAN_WATCH_H
#define CANH_TRAFFIC_FLOW_SCAN_WATCH_H

#include "model/alert.h"

struct scan_watch;

enum { SCAN_TRACKS_MAX = 1 << 20 };

struct scan_watch_options {
        const struct ip_prefix *own; /* view; 0 = private ranges */
        size_t own_count;
        uint32_t max_tracks;    /* 0 = 16,384 */
        uint32_t min_hosts;     /* 0 = 30 */
        uint32_t min_ports;     /* 0 = 30 */
        uint64_t flood_packets; /* 0 = 100,000 */
        time_ms window_ms;      /* 0 = 10 minutes */
        time_ms again_ms;       /* 0 = an hour */
        uint64_t seed;          /* random, secret */
};

struct scan_watch_counts {
        uint64_t flows, failed, alerts;
        uint64_t tracks_given_up; /* made way for others */
};

MUST_USE int scan_watch_new(struct scan_watch **out, const struct scan_watch_options *options,
    struct traffic_alert_sink sink);
struct scan_watch *scan_watch_free(struct scan_watch *w);
void scan_watch_free_at(struct scan_watch **w);
/* An error is the sink's; the flow was counted. */
MUST_USE int scan_watch_add(struct scan_watch *w, const struct flow *flow);
void scan_watch_count(struct scan_watch_counts *out, const struct scan_watch *w);

#endif
