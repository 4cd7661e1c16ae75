/* traffic/trace/trace.h: who was it? From an outer (public) address and a moment to the machine
 * behind it, out of what the archive, the NAT log and the DHCP log say. From: a source of facts
 * that is handed in. To: canh flows trace, the sensor's answers. Never guesses beyond its facts:
 * without any, or when they fit several machines alike, it says why it cannot tell. Limits:
 * TRACE_HOSTS_MAX hosts are weighed, TRACE_CANDIDATES_MAX are told. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_TRACE_TRACE_H
#define CANH_TRAFFIC_TRACE_TRACE_H

#include "base/language.h"
#include "model/flow.h"

enum {
        TRACE_HOSTS_MAX = 65536,
        TRACE_CANDIDATES_MAX = 64,
        TRACE_NAME_MAX = 64,
        TRACE_WITHIN_MS = 15 * MINUTE_MS,
        TRACE_NAMED_FROM = 50 /* confidence from which the first candidate is named */
};

struct trace_question {
        struct ip_address outer; /* as the list or the complaint says */
        time_ms at;
        time_ms within; /* how far facts may be from `at`, before and after; 0 = TRACE_WITHIN_MS */
        bool has_peer;
        struct ip_address peer; /* whom the outer address spoke to */
        uint16_t peer_port;     /* 0 = not known; so for the next two */
        uint16_t source_port;   /* of the outer address */
        uint8_t protocol;
};

enum trace_owner {
        TRACE_OWNER_UNKNOWN, /* not judged */
        TRACE_OWNER_OURS,
        TRACE_OWNER_DYNAMIC, /* of a pool: ours for some of the time, nobody says when */
        TRACE_OWNER_OTHER,   /* only a row of the NAT log can say otherwise */
        TRACE_OWNER_COUNT
};

/* Whose the outer address was at the moment, and from when to when without a break (0 = open):
 * facts outside are another's. */
struct trace_tenure {
        enum trace_owner owner;
        time_ms since, until;
};

/* Which facts there are. A function that is NULL knows nothing. Facts that overlap
 * [since, until) are to be given; more is allowed. An error ends the trace and is handed back. */
struct trace_source {
        /* Flows with `end` at one end; NULL = any. */
        int (*each_flow)(void *state, time_ms since, time_ms until, const struct ip_address *end,
            struct traffic_sink sink);
        int (*each_translation)(void *state, time_ms since, time_ms until,
            const struct ip_address *outer, struct traffic_sink sink);
        int (*each_lease)(void *state, time_ms since, time_ms until, struct traffic_sink sink);
        /* Is the address one of our machines' own? */
        bool (*is_internal)(void *state, const struct ip_address *address);
        /* Did the outer address belong to us at that time? NULL: not judged. */
        struct trace_tenure (*owner)(void *state, const struct ip_address *outer, time_ms at);
        void *state;
};

enum trace_reason {
        TRACE_REASON_NAT_ROW,     /* the NAT log has the row */
        TRACE_REASON_OWN_ADDRESS, /* the outer address is the machine's own: no NAT between */
        TRACE_REASON_SOURCE_PORT, /* spoke to the peer from the very port */
        TRACE_REASON_ONLY_HOST,   /* alone spoke to the peer in that time */
        TRACE_REASON_SEVERAL,     /* one of several that did */
        TRACE_REASON_ONLY_ACTIVE, /* no peer is known, and it alone spoke to anyone */
        TRACE_REASONS
};

struct trace_candidate {
        struct ip_address host;
        int rank;       /* from 1 */
        int confidence; /* 1..100 */
        enum trace_reason reason;
        time_ms at;      /* of the fact that is nearest in time */
        time_ms away_ms; /* its distance */
        bool has_peer;
        struct ip_address peer;
        uint64_t flows, bytes; /* that speak for it */
        uint64_t others;       /* hosts that could be meant too */
        /* Of the lease that held at the moment of that fact. */
        char host_name[TRACE_NAME_MAX]; /* "" = not known */
        bool has_hardware;
        uint8_t hardware[LEASE_HARDWARE_BYTES];
        bool is_lease_shared; /* within the window the address was leased to another machine too */
};

/* Why no machine is named. */
enum trace_doubt {
        TRACE_DOUBT_NONE,
        TRACE_DOUBT_ALIKE,       /* there are candidates, but none is likelier than all others */
        TRACE_DOUBT_NOT_OURS,    /* the address was not ours at that time */
        TRACE_DOUBT_NO_FACTS,    /* nothing is kept of that time */
        TRACE_DOUBT_SILENT_PEER, /* facts of that time, but none of ours spoke to the peer */
        TRACE_DOUBT_NO_PEER,     /* several were active; without peer or NAT log none stands out */
        TRACE_DOUBT_NO_NAT_ROW,  /* the NAT log of that time has no row that fits, and no peer */
        TRACE_DOUBTS
};

struct trace_answer {
        struct trace_candidate candidates[TRACE_CANDIDATES_MAX]; /* likeliest first */
        size_t count;
        uint64_t left_out; /* further candidates */
        enum trace_doubt doubt;
        bool
            is_against_owner; /* a row of the NAT log, though the address is said to be another's */
};

/* What the source or MEMORY says; LIMIT: more than TRACE_HOSTS_MAX hosts spoke to the peer. */
MUST_USE int trace_find(
    struct trace_answer *out, const struct trace_question *q, const struct trace_source *source);

enum { TRACE_SENTENCE_MAX = 320 };
/* A sentence for an officer; returns out. */
const char *trace_reason_write(
    char out[TRACE_SENTENCE_MAX], const struct trace_candidate *c, enum language l);
const char *trace_doubt_text(enum trace_doubt doubt, enum language l);
/* "nat_row" … for programs. */
const char *trace_reason_name(enum trace_reason reason);
const char *trace_doubt_name(enum trace_doubt doubt);
/* "unknown", "ours", "dynamic", "other"; another word is UNKNOWN. */
const char *trace_owner_name(enum trace_owner owner);
enum trace_owner trace_owner_parse(struct text word);

#endif
