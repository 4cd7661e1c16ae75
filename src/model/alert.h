/* model/alert.h: what the behaviour of traffic alone shows, without any list: a machine that calls
 * somebody as regularly as a clock, that tries many doors, or that floods. From: traffic/flow
 * (beacon_watch, scan_watch). To: whoever makes findings of it. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_MODEL_ALERT_H
#define CANH_MODEL_ALERT_H

#include "model/flow.h"

enum traffic_alert_kind {
        TRAFFIC_ALERT_BEACON,     /* host calls peer at regular intervals */
        TRAFFIC_ALERT_SCAN_HOSTS, /* host tries one port of many machines */
        TRAFFIC_ALERT_SCAN_PORTS, /* host tries many ports of peer */
        TRAFFIC_ALERT_FLOOD_OUT,  /* host sends very much to peer, which does not answer */
        TRAFFIC_ALERT_FLOOD_IN    /* host is sent very much, and does not answer */
};

enum { TRAFFIC_ALERT_REASON_MAX = 320 };

struct traffic_alert {
        enum traffic_alert_kind kind;
        struct ip_address host; /* of ours */
        bool has_peer;
        struct ip_address peer;
        uint16_t port; /* 0 = several */
        uint8_t protocol;
        time_ms at, last_at;          /* first and last contact of the evidence */
        uint64_t count;               /* contacts, machines, ports or packets, by kind */
        uint64_t bytes;               /* BEACON: usual bytes of one contact; else of all */
        time_ms period_ms, jitter_ms; /* BEACON: usual interval, usual distance from it */
        double score;                 /* 0 to 1 */
        char reason_vi[TRAFFIC_ALERT_REASON_MAX], reason_en[TRAFFIC_ALERT_REASON_MAX];
};

/* An error ends the watching and is handed back. */
struct traffic_alert_sink {
        int (*take)(void *state, const struct traffic_alert *alert);
        void *state;
};

/* "beacon", "scan_hosts", "scan_ports", "flood_out", "flood_in". */
const char *traffic_alert_name(enum traffic_alert_kind kind);

#endif
