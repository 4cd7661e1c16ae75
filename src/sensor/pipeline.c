/* sensor/pipeline.c: see pipeline.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/pipeline.h"
#include "base/mem.h"
#include "sensor/fact_record.h"
#include "sensor/log_inputs.h"
#include "sensor/talkers.h"
#include "system/proc/shared_ring.h"
#include "traffic/decode/export_parse.h"
#include "traffic/decode/packet_each.h"
#include "traffic/flow/beacon_watch.h"
#include "traffic/flow/flow_table.h"
#include "traffic/flow/scan_watch.h"
#include "traffic/match/live_match.h"

#include <sodium.h>
#include <string.h>

/* Of alerts about behaviour: 48 bits of the identifier are the number. */
#define BEHAVIOURS_FROM (UINT64_C(1) << 40)

enum { TALKERS_MS = HOUR_MS, EXPORTER_CLOCK_SLACK_MS = HOUR_MS, FLOWS_USUAL = 1 << 20 };

struct pipeline {
        const struct sensor_settings *settings;
        struct live_match *match;
        struct flow_table *flows;
        struct beacon_watch *beacons;
        struct scan_watch *scans;
        uint64_t behaviours; /* alerts of the two, told or not */
        struct export_state *exporters;
        struct export_counts exported;
        struct log_inputs *logs;
        struct fact_writer writer;
        struct traffic_sink facts; /* what is kept; empty when nothing is */
        struct shared_ring *alerts;
        int room_ms;
        struct talkers talkers;
        time_ms newest, started;
        uint32_t salt; /* tells our alerts from those of another run */
        struct sensor_counts counts;
};

/* The pieces of the picture, from its end to its beginning. */

static int keep_flow(void *state, const struct flow *flow)
{
        struct pipeline *p = state;
        int err;

        p->counts.of[COUNT_FLOWS]++;
        if (settings_has_own(p->settings, &flow->source))
                talkers_add(&p->talkers, &flow->source, flow);
        if (settings_has_own(p->settings, &flow->destination))
                talkers_add(&p->talkers, &flow->destination, flow);
        err = beacon_watch_add(p->beacons, flow);
        return err ? err : traffic_sink_flow(&p->facts, flow);
}

static int keep_name(void *state, const struct name_sighting *sighting)
{
        struct pipeline *p = state;

        p->counts.of[COUNT_NAMES]++;
        return traffic_sink_name(&p->facts, sighting);
}

/* Packets show both directions: what went unanswered is known. */
static int watch_flow(void *state, const struct flow *flow)
{
        int err = scan_watch_add(((struct pipeline *)state)->scans, flow);

        return err ? err : keep_flow(state, flow);
}

/* What packets were matched by is not matched again as a flow. */
static struct traffic_sink of_packets(struct pipeline *p)
{
        return (struct traffic_sink){ .take_flow = watch_flow, .take_name = keep_name, .state = p };
}

static int match_flow(void *state, const struct flow *flow)
{
        live_match_flow(((struct pipeline *)state)->match, flow);
        return keep_flow(state, flow);
}

static int match_name(void *state, const struct name_sighting *sighting)
{
        live_match_name(((struct pipeline *)state)->match, sighting);
        return keep_name(state, sighting);
}

static int keep_translation(void *state, const struct translation *translation)
{
        return traffic_sink_translation(&((struct pipeline *)state)->facts, translation);
}

static int keep_lease(void *state, const struct lease *lease)
{
        return traffic_sink_lease(&((struct pipeline *)state)->facts, lease);
}

static struct traffic_sink of_records(struct pipeline *p)
{
        return (struct traffic_sink){ match_flow, match_name, keep_translation, keep_lease, p };
}

static int on_packet(
    void *state, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        struct pipeline *p = state;

        live_match_packet(p->match, at, packet, names);
        return flow_table_add(p->flows, at, packet, names);
}

static int take_packet(struct pipeline *p, const struct input_record *r, struct text bytes)
{
        const struct packet_sink sink = { on_packet, p };
        int err = packet_each(r->at, r->link_type, bytes, sink);

        p->counts.of[COUNT_BYTES] += r->wire_bytes;
        if (err != ERR_UNSUPPORTED && err != ERR_FORMAT)
                return err;
        p->counts.of[COUNT_UNREADABLE]++;
        return 0;
}

static int take_datagram(struct pipeline *p, const struct input_record *r, struct text bytes)
{
        const struct export_source from = { .address = r->sender, .port = r->sender_port };

        p->counts.of[COUNT_RECORDS]++;
        return export_datagram_parse(
            p->exporters, &from, r->at, bytes, of_records(p), &p->exported);
}

int pipeline_take(struct pipeline *p, struct text record)
{
        struct input_record r;

        if (record.len < sizeof(r))
                return ERR_UNTRUSTED;
        memcpy(&r, record.data, sizeof(r));
        if (r.bytes != record.len - sizeof(r))
                return ERR_UNTRUSTED;
        if (r.at > p->newest)
                p->newest = r.at;
        record.data += sizeof(r);
        record.len -= sizeof(r);
        switch (r.kind) {
        case INPUT_PACKET:
                return take_packet(p, &r, record);
        case INPUT_EXPORT:
                return take_datagram(p, &r, record);
        case INPUT_LOG_MESSAGE:
        case INPUT_LOG_BEGIN:
        case INPUT_LOG_LINES:
        case INPUT_LOG_REST:
                return log_inputs_take(p->logs, &r, record);
        default:
                return ERR_UNTRUSTED;
        }
}

/* The same each time an alert is told, and no other's. */
static void alert_id(char out[ULID_MAX], const struct pipeline *p, uint64_t number)
{
        uint8_t random[ULID_RANDOM_BYTES];

        memcpy(random, &p->salt, sizeof(p->salt));
        for (int i = 0; i < 6; i++)
                random[4 + i] = (uint8_t)(number >> (40 - 8 * i));
        (void)ulid_write(out, p->started, random);
}

static int on_alert(void *state, const struct live_alert *alert)
{
        struct pipeline *p = state;
        struct alert_record r;

        memset(&r, 0, sizeof(r));
        alert_id(r.id, p, alert->number);
        r.listed = *alert;
        return shared_ring_put(p->alerts, (struct text){ (const char *)&r, sizeof(r) }, p->room_ms);
}

static enum live_quiet_kind quiet_kind(enum traffic_alert_kind kind)
{
        switch (kind) {
        case TRAFFIC_ALERT_BEACON:
                return LIVE_QUIET_BEACON;
        case TRAFFIC_ALERT_SCAN_HOSTS:
        case TRAFFIC_ALERT_SCAN_PORTS:
                return LIVE_QUIET_SCAN;
        default:
                return LIVE_QUIET_FLOOD;
        }
}

/* Numbers of its own, above those of what is listed. A ring that is full costs it: it is said again
 * while it lasts. */
static int on_behaviour(void *state, const struct traffic_alert *alert)
{
        struct pipeline *p = state;
        struct alert_record r;
        char peer[IP_TEXT_MAX] = "";

        if (alert->has_peer)
                (void)ip_address_write(peer, &alert->peer);
        if (live_match_is_quiet(
                p->match, &alert->host, quiet_kind(alert->kind), peer, alert->last_at))
                return 0;
        memset(&r, 0, sizeof(r));
        alert_id(r.id, p, BEHAVIOURS_FROM + ++p->behaviours);
        r.is_behaviour = true;
        r.behaviour = *alert;
        (void)!shared_ring_put(p->alerts, (struct text){ (const char *)&r, sizeof(r) }, p->room_ms);
        return 0;
}

static int tell(struct pipeline *p, time_ms now, bool all)
{
        return live_match_tell(p->match, now, all, (struct live_alert_sink){ on_alert, p });
}

/* Living: making, tending, ending. */

static int watches_new(struct pipeline *p, const struct sensor_settings *s, uint64_t seed)
{
        const struct beacon_watch_options beacons = {
                .own = s->own, .own_count = s->own_count, .seed = seed
        };
        const struct scan_watch_options scans = {
                .own = s->own, .own_count = s->own_count, .seed = seed
        };
        const struct traffic_alert_sink sink = { on_behaviour, p };
        int err = beacon_watch_new(&p->beacons, &beacons, sink);

        return err ? err : scan_watch_new(&p->scans, &scans, sink);
}

static int logs_new(struct pipeline *p, const struct sensor_settings *s)
{
        const struct traffic_sink sink = of_records(p);

        return log_inputs_new(&p->logs, &sink, s->zone_minutes);
}

static int parts_new(struct pipeline *p, const struct sensor_settings *s, bool live)
{
        const struct live_match_options match = { .own = s->own, .own_count = s->own_count };
        struct flow_table_options flows = { .max_flows = s->flows ? (uint32_t)s->flows
                                                                  : FLOWS_USUAL };
        const struct export_limits limits = { .clock_slack_ms = live ? EXPORTER_CLOCK_SLACK_MS
                                                                     : 0 };
        int err;

        randombytes_buf(&flows.seed, sizeof(flows.seed));
        err = live_match_new(&p->match, &match);
        if (!err)
                err = flow_table_new(&p->flows, &flows, of_packets(p));
        if (!err)
                err = watches_new(p, s, flows.seed);
        if (!err)
                err = export_state_new(&p->exporters, &limits);
        return err ? err : logs_new(p, s);
}

int pipeline_new(struct pipeline **out, const struct pipeline_options *o)
{
        AUTO(pipeline_free_at) struct pipeline *p = mem_zero(1, sizeof(*p));
        int err = p ? parts_new(p, o->settings, !o->settings->file_count) : ERR_MEMORY;

        if (err)
                return err;
        p->settings = o->settings;
        p->writer = (struct fact_writer){ .ring = o->facts, .wait_ms = o->room_ms };
        if (o->facts)
                p->facts = fact_writer_sink(&p->writer);
        p->alerts = o->alerts;
        p->room_ms = o->room_ms;
        p->started = clock_now(&clock_real);
        p->salt = randombytes_random();
        talkers_init(&p->talkers, (uint64_t)p->salt << 32 | randombytes_random(), p->started);
        *out = MOVE(p);
        return 0;
}

struct pipeline *pipeline_free(struct pipeline *p)
{
        if (p) {
                (void)live_match_free(p->match);
                (void)flow_table_free(p->flows);
                (void)beacon_watch_free(p->beacons);
                (void)scan_watch_free(p->scans);
                (void)export_state_free(p->exporters);
                (void)log_inputs_free(p->logs);
                mem_free(p);
        }
        return NULL;
}

void pipeline_free_at(struct pipeline **p)
{
        *p = pipeline_free(*p);
}

int pipeline_tend(struct pipeline *p, time_ms now)
{
        int err = now ? flow_table_advance(p->flows, now) : 0;

        if (!err && now)
                err = tell(p, now, false);
        return err == ERR_BUSY ? 0 : err; /* they stay, and are told when there is room */
}

int pipeline_end(struct pipeline *p)
{
        int err = flow_table_finish(p->flows);

        return err ? err : tell(p, p->newest, true);
}

void pipeline_talkers(struct sensor_talkers *out, struct pipeline *p, time_ms now)
{
        talkers_top(out, &p->talkers, now);
        if (now - p->talkers.from >= TALKERS_MS)
                talkers_init(&p->talkers, p->talkers.seed, now);
}

time_ms pipeline_newest(const struct pipeline *p)
{
        return p->newest;
}

void pipeline_use(struct pipeline *p, const struct indicator_set *set)
{
        live_match_use(p->match, set);
}

int pipeline_quiet(struct pipeline *p, const struct live_quiet *quiet, size_t count)
{
        return live_match_quiet(p->match, quiet, count);
}

void pipeline_count(struct sensor_counts *out, const struct pipeline *p)
{
        struct live_match_counts match;
        struct flow_table_counts flows;

        live_match_count(&match, p->match);
        flow_table_count(&flows, p->flows);
        *out = p->counts;
        out->of[COUNT_ALERTS] = match.pairs + p->behaviours;
        out->of[COUNT_ALERTS_LEFT_OUT] = match.left_out;
        out->of[COUNT_QUIETED] = match.quieted;
        out->of[COUNT_FLOWS_OPEN] = flows.flows;
        out->of[COUNT_FLOWS_REFUSED] = flows.refused_packets;
        out->of[COUNT_EXPORT_FOREIGN] = p->exported.foreign;
        out->of[COUNT_EXPORT_DAMAGED] = p->exported.damaged;
        out->of[COUNT_EXPORT_REFUSED] = p->exported.refused;
        out->of[COUNT_EXPORT_WAITED] = p->exported.waited;
        out->of[COUNT_EXPORT_DROPPED] = p->exported.dropped;
        out->of[COUNT_EXPORT_LOST] = p->exported.lost;
        out->of[COUNT_EXPORT_SHIFTED] = p->exported.shifted;
        log_inputs_count(out, p->logs);
        out->of[COUNT_RECORDS] += out->of[COUNT_LOG_LINES];
        out->of[COUNT_UNREADABLE] += p->exported.foreign + p->exported.damaged +
                                     out->of[COUNT_LOG_REFUSED];
}
