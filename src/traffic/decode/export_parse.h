/* traffic/decode/export_parse.h: datagrams of exporters to flows, translations (NAT) and names.
 * Reads NetFlow v5 and v9, IPFIX (RFC 7011, biflows of RFC 5103, NAT events of RFC 8158) and sFlow
 * v5; which it is, the datagram tells. From: system/net/udp_listener, a capture (export_packet), an
 * IPFIX file. To: a traffic_sink. Pure but for the state that is handed in; one thread for each
 * state.
 *
 * A flow of one direction stays so (packets_in = 0) unless the exporter joined both; export_join
 * can do it later. Counts are multiplied by the sampling that the exporter told: in the record, or
 * in its options for the sampler or the domain; flow.sampling is 0 when it told nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_PARSE_H
#define CANH_TRAFFIC_DECODE_EXPORT_PARSE_H

#include "traffic/decode/export_state.h"

/* Who sent the datagram. */
struct export_source {
        struct ip_address address;
        uint16_t port;
};

/* Only grows; the caller begins with zeros. */
struct export_counts {
        uint64_t datagrams; /* of the four kinds */
        uint64_t foreign;   /* no export datagram at all */
        uint64_t damaged;   /* cut, or their lengths or counts lie; what came before the damage was
                               handed over */
        uint64_t flows, translations, names;
        uint64_t options;      /* records that describe the exporter */
        uint64_t other;        /* records without two addresses, counters: read and left out */
        uint64_t templates;    /* new or changed */
        uint64_t withdrawn;    /* by the exporter */
        uint64_t refused;      /* templates beyond a limit, or without length */
        uint64_t waited;       /* sets of data that waited for their template and were read later */
        uint64_t dropped;      /* that waited in vain: at the limit, or forgotten with the domain */
        uint64_t forgotten;    /* domains beyond the limit */
        uint64_t lost;         /* by gaps of the sequences: see export_exporter */
        uint64_t repaired;     /* records that ended before they began: begin was set to end */
        uint64_t without_time; /* records that tell no time: that of the datagram was taken */
        uint64_t shifted;      /* datagrams of exporters without a clock */
};

/* 0 also for a foreign or damaged datagram, which is counted; else what the sink said, or
 * MEMORY. `received`: when the datagram came; 0 = not known (a bare file). */
MUST_USE int export_datagram_parse(struct export_state *state, const struct export_source *from,
    time_ms received, struct text bytes, struct traffic_sink sink, struct export_counts *counts);

/* Whether the bytes look like one of the four: version, and lengths that agree with it. */
bool export_datagram_is(struct text bytes);

/* The messages of an IPFIX file (RFC 5655) that stand whole in `bytes`, as of one exporter without
 * an address. *used: how many bytes they took; the caller brings the rest again, with more behind
 * it. FORMAT with *bad: no message stands there; else as export_datagram_parse. */
MUST_USE int export_file_parse(size_t *used, struct export_state *state, struct text bytes,
    struct traffic_sink sink, struct export_counts *counts, struct parse_error *bad);

#endif
