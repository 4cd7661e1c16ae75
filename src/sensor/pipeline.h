/* sensor/pipeline.h: the whole chain, in one place:
 *
 *     packets   -> decode -> match -------------------------> alerts
 *                         -> flow table -> flows, names -> talkers -> facts
 *                                                -> beacons, scans -> alerts
 *     datagrams, lines of logs
 *               -> decode -> flows, names -> match ---------> alerts
 *                                         -> talkers -> facts
 *                         -> translations, leases ----------> facts
 *
 * From: the input rings, by proc_analyse. To: the facts ring and the alerts ring. Limits: those of
 * the flow table and of live_match, by the settings. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PIPELINE_H
#define CANH_SENSOR_PIPELINE_H

#include "sensor/sensor_messages.h"
#include "sensor/settings.h"

struct pipeline;
struct shared_ring;

struct pipeline_options {
        const struct sensor_settings *settings;
        struct shared_ring *facts; /* NULL: nothing is kept */
        struct shared_ring *alerts;
        int room_ms; /* how long to wait for room in them; beyond it facts are lost, alerts wait */
};

MUST_USE int pipeline_new(struct pipeline **out, const struct pipeline_options *options);
struct pipeline *pipeline_free(struct pipeline *p); /* takes NULL, returns NULL */
void pipeline_free_at(struct pipeline **p);
/* UNTRUSTED: no record of ours. */
MUST_USE int pipeline_take(struct pipeline *p, struct text record);
/* Ages flows, tells alerts. now: of the traffic; live that is the clock. */
MUST_USE int pipeline_tend(struct pipeline *p, time_ms now);
/* Ends all flows and tells all alerts. BUSY: the alerts found no room. */
MUST_USE int pipeline_end(struct pipeline *p);
/* Who moved most since an hour ago at most; then it begins anew. */
void pipeline_talkers(struct sensor_talkers *out, struct pipeline *p, time_ms now);
/* The greatest time of a record so far; 0: none came. */
time_ms pipeline_newest(const struct pipeline *p);
/* Holds traffic against this set from now on; it must outlive that. NULL: none. */
void pipeline_use(struct pipeline *p, const struct indicator_set *set);
/* What nobody wants to hear of, in place of what was said before. LIMIT. */
MUST_USE int pipeline_quiet(struct pipeline *p, const struct live_quiet *quiet, size_t count);
void pipeline_count(struct sensor_counts *out, const struct pipeline *p);

#endif
