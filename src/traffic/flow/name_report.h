/* traffic/flow/name_report.h: the names that packets speak of, as sightings: who asked whom for
 * what; of a DNS answer one for each address. The same is said once a minute only. From:
 * traffic/decode. To: a sink. Limit: NAME_REPORT_SLOTS sightings are remembered (beyond them a
 * repetition is said again), and max_per_second are given out; the rest is counted. One thread at a
 * time. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_NAME_REPORT_H
#define CANH_TRAFFIC_FLOW_NAME_REPORT_H

#include "model/flow.h"
#include "traffic/flow/flow_hash.h"

enum { NAME_REPORT_SLOTS = 8192, NAME_REPORT_AGAIN_MS = MINUTE_MS };

struct name_report {
        struct name_slot {
                uint64_t tag; /* keyed hash of host, name, place and answer; 0 = empty */
                time_ms at;
        } slots[NAME_REPORT_SLOTS];
        uint32_t max_per_second; /* 0 = no limit */
        uint32_t this_second;
        int64_t second;
        uint64_t given, repeated, refused;
};

/* What the sink says; what was not given then is not remembered. */
MUST_USE int name_report_add(struct name_report *r, const struct flow_seed *seed, time_ms at,
    const struct packet *packet, const struct packet_names *names, const struct traffic_sink *sink);

#endif
