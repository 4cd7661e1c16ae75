/* canh/flows_pipeline.h: any input of traffic to facts:
 *
 *     input_stream -> capture -> packets -> flow table --------+
 *          |             '-----> datagrams of exporters -------+-> period, counts -> sink
 *          +-----------> messages of exporters (IPFIX file) ---+
 *          '-----------> lines of a log -----------------------'
 *
 * From: canh flows import, canh match, canh flows trace --nat. To: the sink they hand in.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_FLOWS_PIPELINE_H
#define CANH_CANH_FLOWS_PIPELINE_H

#include "base/language.h"
#include "model/flow.h"

struct input_stream;

struct flows_pipeline {
        const char *as; /* what the inputs are: NULL = found out, "pcap", "netflow", "ipfix" or
                           a format of logs */
        time_ms since, until; /* facts outside are left out; 0 = open */
        int zone_minutes;     /* of logs that say none */
        time_ms now;
        struct traffic_sink sink;
        void (*progress)(void *state, const struct input_stream *in);
        void *state;
};

enum { FLOWS_REASONS_MAX = 24, FLOWS_REASON_TEXT_MAX = 200 };

/* What was left out of one input and why. */
struct flows_reason {
        char vi[FLOWS_REASON_TEXT_MAX], en[FLOWS_REASON_TEXT_MAX];
        uint64_t count;
        size_t first_line; /* 0 = not of a line */
        bool is_fault;     /* should have been a fact; else nothing was lost */
};

struct flows_report {
        const char *format; /* "pcap", "netflow", "fortigate" …; NULL = not known */
        uint64_t packets;   /* or datagrams, or lines */
        const char *unit_vi, *unit_en;
        uint64_t flows, names, translations, leases; /* given to the sink */
        uint64_t outside;                            /* of the period */
        struct flows_reason reasons[FLOWS_REASONS_MAX];
        size_t reason_count;
};

/* Reads one file of the stream to its end. *out is filled also on failure: with what came before.
 * UNSUPPORTED: of no known kind; FORMAT with *bad: damaged from there on; else what the sink said.
 */
MUST_USE int flows_pipeline_run(struct flows_report *out, const struct flows_pipeline *p,
    struct input_stream *in, struct parse_error *bad);
/* Do a file's first bytes say that it is a capture (pcap, pcapng)? */
bool flows_is_capture(struct text head);
/* Things that should have been facts. */
uint64_t flows_report_faults(const struct flows_report *r);
/* The known kinds, for people: "pcap netflow ipfix fortigate …". */
const char *flows_kind(size_t n);

#endif
