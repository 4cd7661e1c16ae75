/* model/flow.h: the shared nouns of traffic: who talked to whom, when and how much (flow); which
 * name a host spoke of (sighting); which inner address stood behind an outer one (translation, by
 * NAT); which machine held an address (lease, by DHCP). Never content. From: traffic/flow
 * (packets), traffic/decode (datagrams of exporters, log files). To: traffic/archive,
 * traffic/match. Texts are views that live for the call. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_FLOW_H
#define CANH_MODEL_FLOW_H

#include "model/packet.h"

/* One conversation, both directions joined where both were seen. `source` is who began it, as far
 * as the input tells. Counts are of IP packets and their bytes, already multiplied by `sampling`.
 */
struct flow {
        time_ms begin, end; /* first and last packet; begin <= end */
        struct ip_address source, destination;
        uint16_t source_port, destination_port; /* ICMP: 0, and type * 256 + code */
        uint8_t protocol;
        uint8_t flags_out, flags_in;     /* TCP flags seen, or-ed; 0 = none or not known */
        uint64_t packets_out, bytes_out; /* source to destination */
        uint64_t packets_in, bytes_in;   /* back; 0 also when the input knows one direction only */
        uint32_t sampling; /* one packet in so many was looked at; 1 = each, 0 = unknown */
};

/* A host named something: a DNS question, the server name of TLS, the Host of HTTP, or (place
 * CERTIFICATE) showed or met a certificate whose SHA-1 stands as 40 hex digits in `name`. */
struct name_sighting {
        time_ms at;
        struct ip_address host; /* who asked */
        struct ip_address peer; /* whom: the resolver, the server */
        enum packet_place place;
        bool has_answer;
        struct ip_address answer; /* DNS: one address that the name stood for */
        struct text name;         /* lower case, no final dot */
};

/* An inner end appeared outside as another for a time. Ports 0 = not said, or all. */
struct translation {
        time_ms begin, end; /* end 0 = not said */
        struct ip_address inner, outer, peer;
        bool has_peer;
        uint16_t inner_port, outer_port, peer_port;
        uint8_t protocol; /* 0 = any */
};

enum { LEASE_HARDWARE_BYTES = 6 };

/* A machine held an address for a time. */
struct lease {
        time_ms begin, end; /* end 0 = not said */
        struct ip_address address;
        bool has_hardware;
        uint8_t hardware[LEASE_HARDWARE_BYTES];
        struct text host_name; /* as the machine called itself; empty = not said */
};

/* Where facts of traffic go; a kind that the sink has no function for is dropped. An error ends the
 * reading and is handed back. */
struct traffic_sink {
        int (*take_flow)(void *state, const struct flow *flow);
        int (*take_name)(void *state, const struct name_sighting *sighting);
        int (*take_translation)(void *state, const struct translation *translation);
        int (*take_lease)(void *state, const struct lease *lease);
        void *state;
};

static inline int traffic_sink_flow(const struct traffic_sink *sink, const struct flow *flow)
{
        return sink->take_flow ? sink->take_flow(sink->state, flow) : 0;
}

static inline int traffic_sink_name(
    const struct traffic_sink *sink, const struct name_sighting *sighting)
{
        return sink->take_name ? sink->take_name(sink->state, sighting) : 0;
}

static inline int traffic_sink_translation(
    const struct traffic_sink *sink, const struct translation *translation)
{
        return sink->take_translation ? sink->take_translation(sink->state, translation) : 0;
}

static inline int traffic_sink_lease(const struct traffic_sink *sink, const struct lease *lease)
{
        return sink->take_lease ? sink->take_lease(sink->state, lease) : 0;
}

#endif
