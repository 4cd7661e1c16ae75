/* traffic/flow/flow_table.h: packets to flows, both directions joined. From: traffic/decode
 * (packet_each). To: a sink (archive, match, watches). One thread at a time.
 *
 * Who began: the sender of a SYN, the receiver of a SYN with ACK, the sender of an ICMP question
 * (echo and the like; question and answer are one flow). Without these, the end whose port is not
 * below 1024 when exactly one is, but never a group that is only spoken to (multicast, broadcast);
 * else, for TCP that was met in the middle, the end with the higher port; else who was seen first.
 * Later fragments join the flow of their first (fragment_memory.h).
 *
 * When a flow ends: after idle_ms without packet; after closed_ms when TCP was closed from both
 * ends or reset, or a DNS question answered. One that lasts is handed out in parts of about
 * active_ms (within a second) and goes on; a part says the same ends in the same order.
 *
 * Limits. max_flows, all memory at birth (about 130 bytes each, used as needed). A table that is
 * full ends the flow early that would end soonest (it is handed out: nothing is lost, a longer talk
 * comes in parts). Above 3/4 full, flows of one packet end after FLOW_TABLE_HURRY_MS, so that a
 * flood gives way before others. max_begun_per_second refuses what floods beyond that
 * (flow_budget.h): those packets are only counted. Names: name_report.h.
 *
 * Time is the packets'. A packet up to FLOW_TABLE_BACK_MS older than the newest is late and
 * counts; an older one means that the clock was set back: all flows end, the table goes on there. A
 * step forward of more than FLOW_TABLE_FORWARD_MS is counted; flows end as by any pause.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FLOW_TABLE_H
#define CANH_TRAFFIC_FLOW_FLOW_TABLE_H

#include "model/flow.h"

struct flow_table;

enum {
        FLOW_TABLE_FLOWS_MAX = 1 << 26,
        FLOW_TABLE_HURRY_MS = 5 * SECOND_MS,
        FLOW_TABLE_BACK_MS = MINUTE_MS,
        FLOW_TABLE_FORWARD_MS = HOUR_MS
};

struct flow_table_options {
        uint32_t max_flows;            /* 0 = 262,144 */
        time_ms active_ms, idle_ms;    /* 0 = 5 minutes, 60 seconds */
        time_ms closed_ms;             /* 0 = 5 seconds */
        uint32_t max_begun_per_second; /* 0 = no limit, for files */
        uint32_t max_names_per_second; /* 0 = no limit */
        uint64_t seed;                 /* random, secret */
};

struct flow_table_counts {
        uint64_t packets, bytes;                    /* taken into flows */
        uint64_t refused_packets, refused_bytes;    /* of flows that were not let in */
        uint64_t begun, ended, parts;               /* flows; parts of those that went on */
        uint64_t ended_early;                       /* of ended: the table was full */
        uint64_t fragments_joined, fragments_alone; /* later ones; alone = ports not known */
        uint64_t names, names_repeated, names_refused, names_left_out;
        uint64_t late_packets, jumps_back, jumps_forward;
        uint32_t flows, flows_most; /* in the table now, and at most */
};

/* LIMIT: max_flows beyond FLOW_TABLE_FLOWS_MAX. */
MUST_USE int flow_table_new(
    struct flow_table **out, const struct flow_table_options *options, struct traffic_sink sink);
/* Flows that were not finished are dropped. Takes NULL, returns NULL. */
struct flow_table *flow_table_free(struct flow_table *t);
void flow_table_free_at(struct flow_table **t);

/* An error is the sink's: the flow that was not taken stays, the packet is counted with the next
 * call that succeeds, and must not be added again. names may be NULL. */
MUST_USE int flow_table_add(struct flow_table *t, time_ms at, const struct packet *packet,
    const struct packet_names *names);
/* The same as a sink, faster: up to 16 packets wait while memory is fetched, so that an error may
 * come that much later; they are counted then, and by advance and finish. */
struct packet_sink flow_table_sink(struct flow_table *t);
/* Time passes without packets: hands out what is due. Live, call it once a second. */
MUST_USE int flow_table_advance(struct flow_table *t, time_ms now);
/* Hands out all flows, as at the end of a file. */
MUST_USE int flow_table_finish(struct flow_table *t);

void flow_table_count(struct flow_table_counts *out, const struct flow_table *t);

#endif
