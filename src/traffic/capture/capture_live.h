/* traffic/capture/capture_live.h: the packets of a network interface (libpcap; on Linux a
 * TPACKET_V3 ring that the kernel fills), one block after the other, and how many were lost. From:
 * the kernel. To: a sink. Several handles may share one interface: each gets a part of the flows
 * (see `handle`). Limit: the kernel's buffer, given at birth; beyond it packets are dropped and
 * counted. One thread at a time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_CAPTURE_CAPTURE_LIVE_H
#define CANH_TRAFFIC_CAPTURE_CAPTURE_LIVE_H

#include "traffic/capture/capture_file.h"

struct capture_live;

struct capture_live_options {
        const char *interface;
        const char *filter;  /* in the words of tcpdump; NULL = everything */
        size_t snap_bytes;   /* of each packet are seen; 0 = 2048: names stand in the first ones */
        size_t buffer_bytes; /* in the kernel; 0 = 64 MiB */
        bool promiscuous;    /* also what is not for this machine: a mirror port */
};

struct capture_live_counts {
        uint64_t received; /* by this handle, dropped ones included */
        uint64_t dropped;  /* the kernel's buffer was full */
};

enum { CAPTURE_WHY_MAX = 256 };

/* DENIED: no right to capture; MISSING: no such interface; FORMAT: the filter; UNSUPPORTED; BUSY.
 * why[CAPTURE_WHY_MAX] says it in libpcap's words. */
MUST_USE int capture_live_open(
    struct capture_live **out, const struct capture_live_options *options, char *why);
struct capture_live *capture_live_close(struct capture_live *c); /* takes NULL, returns NULL */
void capture_live_close_at(struct capture_live **c);
/* The socket, to make it share the interface with others (packet_fanout_join); a view. */
int capture_live_handle(const struct capture_live *c);
/* Hands over what has come, waiting at most 100 ms for the first packet. `packet` lives for the
 * call. Whatever take returns but 0 ends it and is handed back. CLOSED: the interface has gone. */
MUST_USE int capture_live_each(struct capture_live *c,
    int (*take)(void *state, const struct capture_packet *packet), void *state);
/* Since the opening; never falls. */
MUST_USE int capture_live_count(struct capture_live_counts *out, struct capture_live *c);

#endif
