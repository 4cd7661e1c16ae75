/* traffic/decode/export_state.h: what must be remembered between the datagrams of exporters
 * (NetFlow, IPFIX, sFlow): the templates and options of each exporter and observation domain, data
 * that waits for its template, sequence numbers. From, to: export_parse. Limits: export_limits; at
 * each the header says what happens, and export_counts says how often. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_EXPORT_STATE_H
#define CANH_TRAFFIC_DECODE_EXPORT_STATE_H

#include "model/flow.h"

struct export_state;

/* 0 = the usual value, which stands behind each. */
struct export_limits {
        size_t domains_max;         /* 1024; beyond, the one silent for longest is forgotten */
        size_t templates_max;       /* 16384 in all, 1024 in a domain; beyond, refused, but to a
                                       domain with less than a 256th of them: for it the one that
                                       has most is forgotten */
        size_t template_fields_max; /* 512; a template of more is refused */
        size_t pending_bytes_max;   /* 4 MiB in all, 256 KiB in a domain, of data that waits for its
                                       template; beyond, the oldest of the domain is dropped */
        time_ms clock_slack_ms;     /* an exporter whose clock is further than this from when its
                                       datagram came has no clock: its times are shifted to ours.
                                       0 = its clock is believed, whatever it says */
};

enum export_kind {
        EXPORT_KIND_NETFLOW_V5,
        EXPORT_KIND_NETFLOW_V9,
        EXPORT_KIND_IPFIX,
        EXPORT_KIND_SFLOW
};

/* One exporter and observation domain, for the status page. */
struct export_exporter {
        struct ip_address address; /* who sent; of sFlow the agent that the datagram names */
        uint32_t domain;           /* engine, source id, observation domain, sub-agent */
        enum export_kind kind;
        uint64_t datagrams, flows;
        uint64_t lost; /* by the gaps of the sequence: flows of v5, records of IPFIX, datagrams of
                          v9 and sFlow */
        uint64_t restarts; /* the sequence began anew */
        size_t templates, pending_bytes;
        uint32_t sampling; /* last told for the whole domain; 0 = not told */
        time_ms last_received;
};

MUST_USE int export_state_new(struct export_state **out, const struct export_limits *limits);
struct export_state *export_state_free(struct export_state *s); /* takes NULL, returns NULL */
void export_state_free_at(struct export_state **s);
/* The n-th exporter, in no promised order; false beyond the last. */
bool export_state_exporter(struct export_exporter *out, const struct export_state *s, size_t n);
/* "NetFlow v5", "NetFlow v9", "IPFIX", "sFlow v5". */
const char *export_kind_name(enum export_kind kind);

#endif
