/* traffic/match/packet_match.h: packets against the set in use; one record for each flow and
 * indicator. From: traffic/decode. To: whoever asks for the records (canh match, the centre's
 * reader). A flow is protocol, both addresses and both ports, in either direction. Limit:
 * max_records; beyond it a match is only counted. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_MATCH_PACKET_MATCH_H
#define CANH_TRAFFIC_MATCH_PACKET_MATCH_H

#include "indicators/set/indicator_set.h"
#include "model/packet.h"

struct packet_match;

enum { PACKET_MATCH_RECORDS_MAX = 1 << 20 };

struct packet_match_record {
        time_ms at, last_at;                    /* first and last packet that said it */
        struct ip_address source, destination;  /* of the first one */
        uint16_t source_port, destination_port; /* 0 when the protocol has none */
        uint8_t protocol;
        enum packet_place place;         /* where it was first seen */
        struct indicator_view indicator; /* lives as long as the set */
        uint64_t packets;
};

/* Keeps a view of the set, which must outlive it. */
MUST_USE int packet_match_new(
    struct packet_match **out, const struct indicator_set *set, size_t max_records);
struct packet_match *packet_match_free(struct packet_match *m);
void packet_match_free_at(struct packet_match **m);
/* An indicator counts when it is valid at the packet's time. MEMORY: the packet was not looked at.
 */
MUST_USE int packet_match_add(struct packet_match *m, time_ms at, const struct packet *packet,
    const struct packet_names *names);
/* The same as a sink. */
struct packet_sink packet_match_sink(struct packet_match *m);

/* In the order in which they were first seen. */
size_t packet_match_count(const struct packet_match *m);
const struct packet_match_record *packet_match_at(const struct packet_match *m, size_t n);
/* Matches beyond max_records. */
uint64_t packet_match_left_out(const struct packet_match *m);

#endif
