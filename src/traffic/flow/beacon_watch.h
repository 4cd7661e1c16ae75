/* traffic/flow/beacon_watch.h: machines of ours that call one remote port as regularly as a clock,
 * as malware reports to who controls it. From: flows, as they end. To: alerts.
 *
 * Per (host, peer, port, protocol) the last BEACON_CONTACTS contacts: when they began, how many
 * bytes they sent. A flow that begins within 2 s of the end of the last one is the same contact (a
 * long talk comes in parts). Interval = median; a longer one counts as so many missed contacts, up
 * to 4. Jitter = median distance from the interval. score = 0.7 (1 - 4 jitter / interval) + 0.3 (1
 * - distance / median of the bytes); the first part must be at least one half. It says so at
 * min_contacts, and again once in again_ms while it lasts.
 *
 * Not watched: peers of ours, multicast and the like; DNS, DHCP, NTP, NetBIOS, SSDP, mDNS, which
 * are regular by nature. A talk that never pauses is one contact: signals within it are not seen.
 *
 * Limit: max_pairs, all memory at birth (about 400 bytes each); of eight neighbours the one with
 * the fewest contacts, then the longest silent, gives way and is counted. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_BEACON_WATCH_H
#define CANH_TRAFFIC_FLOW_BEACON_WATCH_H

#include "model/alert.h"

struct beacon_watch;

enum { BEACON_CONTACTS = 32, BEACON_PAIRS_MAX = 1 << 20 };

struct beacon_watch_options {
        const struct ip_prefix *own; /* view; 0 = private ranges (RFC 1918, 4193) */
        size_t own_count;
        uint32_t max_pairs;    /* 0 = 16,384 */
        uint32_t min_contacts; /* 0 = 10; at most BEACON_CONTACTS */
        double min_score;      /* 0 = 0.65 */
        time_ms min_period_ms; /* 0 = 5 s */
        time_ms again_ms;      /* 0 = a day */
        uint64_t seed;         /* random, secret */
};

struct beacon_watch_counts {
        uint64_t flows, contacts, out_of_order, alerts;
        uint64_t pairs_given_up; /* made way for others */
};

MUST_USE int beacon_watch_new(struct beacon_watch **out, const struct beacon_watch_options *options,
    struct traffic_alert_sink sink);
struct beacon_watch *beacon_watch_free(struct beacon_watch *w);
void beacon_watch_free_at(struct beacon_watch **w);
/* An error is the sink's; the contact was counted. */
MUST_USE int beacon_watch_add(struct beacon_watch *w, const struct flow *flow);
void beacon_watch_count(struct beacon_watch_counts *out, const struct beacon_watch *w);

#endif
