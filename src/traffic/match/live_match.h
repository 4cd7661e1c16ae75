/* traffic/match/live_match.h: traffic as it happens against the set in use: one alert for each host
 * of ours and each listed thing it touched, with how often and when, told when it is new and then
 * seldom. From: traffic/decode (packets), exporters and logs (flows, names). To: a sink (the
 * outbox). An indicator counts while it is valid at the moment of the contact. Limits:
 * live_match_options; at the limit a further pair is only counted. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_MATCH_LIVE_MATCH_H
#define CANH_TRAFFIC_MATCH_LIVE_MATCH_H

#include "indicators/set/indicator_set.h"
#include "model/flow.h"

struct live_match;

enum {
        LIVE_ALERTS_MAX = 1 << 20,
        LIVE_VALUE_MAX = 512, /* of a longer URL the beginning counts */
        LIVE_WORD_MAX = 128,
        LIVE_QUIET_MAX = 1000
};

/* Which kind of alert; behaviours are found elsewhere, and asked about here. */
enum live_quiet_kind {
        LIVE_QUIET_ANY,
        LIVE_QUIET_LISTED,
        LIVE_QUIET_BEACON,
        LIVE_QUIET_SCAN,
        LIVE_QUIET_FLOOD
};

/* What a person does not want to hear of for a while: all must fit; `until` ends it by itself. */
struct live_quiet {
        struct ip_prefix host; /* bits 0: any */
        enum live_quiet_kind kind;
        char value[LIVE_VALUE_MAX]; /* what is listed, or the peer of a beacon; "": any */
        time_ms until;
};

struct live_match_options {
        const struct ip_prefix *own; /* which addresses are ours; 0 = the private ranges */
        size_t own_count;
        size_t max_alerts; /* pairs kept at a time; 0 = 65536 */
        time_ms told_ms;   /* an alert that goes on is told again after so long; 0 = an hour */
        time_ms forget_ms; /* silent for so long it is forgotten: the next one is new; 0 = a day */
};

struct live_alert {
        struct ip_address host, peer; /* peer of the first contact; for a name the resolver or
                                         server that was asked */
        uint16_t port;                /* at the peer; 0 = none */
        uint8_t protocol;
        enum packet_place place;
        enum indicator_type type;
        char value[LIVE_VALUE_MAX], family[LIVE_WORD_MAX], list[LIVE_WORD_MAX];
        bool sinkhole; /* the address is of those who count the victims: it finds the machine, and
                          is to be blocked by nobody */
        bool spoke;    /* our host sent something; false: it was only knocked at */
        int confidence;
        time_ms first_at, last_at;
        uint64_t times;
        uint64_t number; /* of the pair since the start: the same when it is told again */
};

/* An error of `take` ends the round; the alert stays to be told. */
struct live_alert_sink {
        int (*take)(void *state, const struct live_alert *alert);
        void *state;
};

struct live_match_counts {
        uint64_t pairs, contacts, quieted, left_out, inbound;
};

MUST_USE int live_match_new(struct live_match **out, const struct live_match_options *options);
struct live_match *live_match_free(struct live_match *m); /* takes NULL, returns NULL */
void live_match_free_at(struct live_match **m);
/* Looks into this set from now on; it must outlive that. NULL: none. What was found so far stays.
 */
void live_match_use(struct live_match *m, const struct indicator_set *set);
/* In place of all before; copied. LIMIT. */
MUST_USE int live_match_quiet(struct live_match *m, const struct live_quiet *quiet, size_t count);
/* Whether somebody quieted this; then it is counted. */
bool live_match_is_quiet(struct live_match *m, const struct ip_address *host,
    enum live_quiet_kind kind, const char *value, time_ms at);

void live_match_packet(struct live_match *m, time_ms at, const struct packet *packet,
    const struct packet_names *names);
void live_match_flow(struct live_match *m, const struct flow *flow);
void live_match_name(struct live_match *m, const struct name_sighting *sighting);

/* Hands over what is new or may be told again, forgets what is long silent. `all`: also what was
 * told a moment ago, before an end. */
MUST_USE int live_match_tell(
    struct live_match *m, time_ms now, bool all, struct live_alert_sink sink);
void live_match_count(struct live_match_counts *out, const struct live_match *m);

#endif
