/* traffic/flow/scan_watch.c: see scan_watch.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/scan_watch.h"

#include "base/mem.h"
#include "traffic/flow/flow_hash.h"
#include "traffic/flow/own_address.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { WAYS = 8, TRACKS_DEFAULT = 1 << 14, BITS = 1024, FEW_ANSWERS = 100 };
enum { TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16, ECHO = 8 * 256, ECHO_6 = 128 * 256 };

/* What one track counts: machines on a port, ports of a machine, senders to a port of ours. */
enum track_kind { TRACK_HOSTS, TRACK_PORTS, TRACK_SENDERS };

struct track {
        struct ip_address host, peer; /* peer: of TRACK_PORTS */
        uint16_t port;                /* of the others */
        uint8_t protocol, kind;
        bool is_used;
        uint16_t bits_set;
        time_ms begin, last, alerted_at[2]; /* of the window; by scan and flood */
        uint64_t sent, answered, bytes;     /* packets both */
        uint64_t bits[BITS / 64];
};

struct scan_watch {
        struct scan_watch_options options;
        struct traffic_alert_sink sink;
        struct flow_seed seed;
        struct track *tracks;
        size_t sets;
        struct scan_watch_counts counts;
};

int scan_watch_new(struct scan_watch **out, const struct scan_watch_options *options,
    struct traffic_alert_sink sink)
{
        AUTO(scan_watch_free_at) struct scan_watch *w = mem_zero(1, sizeof(*w));
        struct scan_watch_options *o;

        if (!w)
                return ERR_MEMORY;
        w->options = *options;
        o = &w->options;
        if (o->max_tracks > SCAN_TRACKS_MAX)
                return ERR_LIMIT;
        o->max_tracks = o->max_tracks ? o->max_tracks : TRACKS_DEFAULT;
        o->min_hosts = o->min_hosts ? o->min_hosts : 30;
        o->min_ports = o->min_ports ? o->min_ports : 30;
        o->flood_packets = o->flood_packets ? o->flood_packets : 100000;
        o->window_ms = o->window_ms ? o->window_ms : 10 * (time_ms)MINUTE_MS;
        o->again_ms = o->again_ms ? o->again_ms : HOUR_MS;
        w->sink = sink;
        w->seed = flow_seed_of(o->seed);
        w->sets = (o->max_tracks + WAYS - 1) / WAYS;
        w->tracks = mem_zero(w->sets * WAYS, sizeof(*w->tracks));
        if (!w->tracks)
                return ERR_MEMORY;
        *out = MOVE(w);
        return 0;
}

struct scan_watch *scan_watch_free(struct scan_watch *w)
{
        if (w) {
                mem_free(w->tracks);
                mem_free(w);
        }
        return NULL;
}

void scan_watch_free_at(struct scan_watch **w)
{
        *w = scan_watch_free(*w);
}

static bool has_failed(const struct flow *f)
{
        switch (f->protocol) {
        case PACKET_TCP:
                return (f->flags_out & TCP_SYN) &&
                       (!(f->flags_out & TCP_ACK) ||
                           (f->flags_in & (TCP_RST | TCP_SYN)) == TCP_RST);
        case PACKET_UDP:
                return f->packets_in == 0;
        case PACKET_ICMP:
                return f->packets_in == 0 && f->destination_port == ECHO;
        case PACKET_ICMP6:
                return f->packets_in == 0 && f->destination_port == ECHO_6;
        default:
                return false;
        }
}

static bool is_track_of(const struct track *t, const struct track *key)
{
        return t->is_used && t->kind == key->kind && t->port == key->port &&
               t->protocol == key->protocol && ip_address_compare(&t->host, &key->host) == 0 &&
               ip_address_compare(&t->peer, &key->peer) == 0;
}

static bool gives_way_before(const struct track *a, const struct track *b)
{
        if (a->is_used != b->is_used)
                return !a->is_used;
        if (a->bits_set != b->bits_set)
                return a->bits_set < b->bits_set;
        return a->sent < b->sent;
}

/* The track of that key, a new one if need be, in a window that holds `at`. */
static struct track *track_of(struct scan_watch *w, const struct track *key, time_ms at)
{
        uint64_t more = (uint64_t)key->kind << 24 | (uint64_t)key->protocol << 16 | key->port;
        uint64_t hash = flow_hash_addresses(&w->seed, &key->host, &key->peer, more);
        struct track *set = &w->tracks[hash % w->sets * WAYS], *found = NULL, *worst = set;

        for (size_t i = 0; i < WAYS && !found; i++) {
                if (is_track_of(&set[i], key))
                        found = &set[i];
                else if (gives_way_before(&set[i], worst))
                        worst = &set[i];
        }
        if (!found) {
                w->counts.tracks_given_up += worst->is_used;
                *worst = *key;
                worst->is_used = true;
                worst->alerted_at[0] = worst->alerted_at[1] = INT64_MIN / 2;
                worst->begin = worst->last = at;
                return worst;
        }
        if (at - found->begin > w->options.window_ms || found->begin - at > w->options.window_ms) {
                time_ms alerted[2] = { found->alerted_at[0], found->alerted_at[1] };
                *found = *key;
                found->is_used = true;
                memcpy(found->alerted_at, alerted, sizeof(alerted));
                found->begin = found->last = at;
        }
        return found;
}

static void set_bit(struct track *t, uint64_t hash)
{
        uint64_t bit = UINT64_C(1) << (hash % 64), *word = &t->bits[hash / 64 % (BITS / 64)];

        if (!(*word & bit))
                t->bits_set++;
        *word |= bit;
}

/* How many different ones set so many bits (Whang, linear counting). */
static uint64_t distinct(const struct track *t)
{
        double empty = t->bits_set < BITS ? BITS - t->bits_set : 1;

        return (uint64_t)llround(-BITS * log(empty / BITS));
}

static void write_reason(struct traffic_alert *a)
{
        const size_t room = TRAFFIC_ALERT_REASON_MAX;
        char peer[IP_TEXT_MAX] = "";

        if (a->has_peer)
                (void)ip_address_write(peer, &a->peer);
        switch (a->kind) {
        case TRAFFIC_ALERT_SCAN_HOSTS:
                (void)snprintf(a->reason_vi, room,
                    "Máy dò quét: thử cổng %u của %" PRIu64 " máy khác nhau mà không kết nối được.",
                    a->port, a->count);
                (void)snprintf(a->reason_en, room,
                    "The machine scans: it tried port %u of %" PRIu64
                    " different machines without a connection.",
                    a->port, a->count);
                return;
        case TRAFFIC_ALERT_SCAN_PORTS:
                (void)snprintf(a->reason_vi, room,
                    "Máy dò quét: thử %" PRIu64 " cổng của máy %s mà không kết nối được.", a->count,
                    peer);
                (void)snprintf(a->reason_en, room,
                    "The machine scans: it tried %" PRIu64 " ports of %s without a connection.",
                    a->count, peer);
                return;
        case TRAFFIC_ALERT_FLOOD_OUT:
                (void)snprintf(a->reason_vi, room,
                    "Máy gửi dồn dập %" PRIu64 " gói tin đến %s mà hầu như không có trả lời.",
                    a->count, peer);
                (void)snprintf(a->reason_en, room,
                    "The machine floods: it sent %" PRIu64 " packets to %s, with hardly an answer.",
                    a->count, peer);
                return;
        case TRAFFIC_ALERT_FLOOD_IN:
        case TRAFFIC_ALERT_BEACON:
                (void)snprintf(a->reason_vi, room,
                    "Máy bị gửi dồn dập %" PRIu64 " gói tin vào cổng %u mà hầu như không trả lời.",
                    a->count, a->port);
                (void)snprintf(a->reason_en, room,
                    "The machine is flooded: it was sent %" PRIu64
                    " packets to port %u and hardly answered.",
                    a->count, a->port);
        }
}

static int raise(struct scan_watch *w, struct track *t, enum traffic_alert_kind kind,
    uint64_t count, uint64_t threshold)
{
        bool flood = kind == TRAFFIC_ALERT_FLOOD_IN || kind == TRAFFIC_ALERT_FLOOD_OUT;
        struct traffic_alert alert = { .kind = kind,
                .host = t->host,
                .has_peer = t->kind == TRACK_PORTS,
                .peer = t->peer,
                .port = t->port,
                .protocol = t->protocol,
                .at = t->begin,
                .last_at = t->last,
                .count = count,
                .bytes = t->bytes,
                .score = 1 - (double)threshold / (2 * (double)count) };
        int err;

        if (count < threshold ||
            (t->last >= t->alerted_at[flood] && /* else the clock was set back meanwhile */
                t->last - t->alerted_at[flood] < w->options.again_ms))
                return 0;
        write_reason(&alert);
        err = w->sink.take(w->sink.state, &alert);
        if (!err) {
                t->alerted_at[flood] = t->last;
                w->counts.alerts++;
        }
        return err;
}

static int judge(struct scan_watch *w, struct track *t)
{
        const struct scan_watch_options *o = &w->options;
        bool unanswered = t->sent / FEW_ANSWERS >= t->answered;
        int err = 0;

        if (t->kind == TRACK_HOSTS)
                return raise(w, t, TRAFFIC_ALERT_SCAN_HOSTS, distinct(t), o->min_hosts);
        if (t->kind == TRACK_PORTS)
                err = raise(w, t, TRAFFIC_ALERT_SCAN_PORTS, distinct(t), o->min_ports);
        if (err || !unanswered)
                return err;
        return raise(w, t,
            t->kind == TRACK_PORTS ? TRAFFIC_ALERT_FLOOD_OUT : TRAFFIC_ALERT_FLOOD_IN, t->sent,
            o->flood_packets);
}

/* Counts the flow on the track; `hash` is of what is counted once, if it counts. */
static int add_to(struct scan_watch *w, const struct track *key, const struct flow *f,
    bool counts_once, uint64_t hash)
{
        struct track *t = track_of(w, key, f->begin);

        if (f->begin < t->begin)
                t->begin = f->begin;
        if (f->end > t->last)
                t->last = f->end;
        t->sent += f->packets_out;
        t->answered += f->packets_in;
        t->bytes += f->bytes_out;
        if (counts_once)
                set_bit(t, hash);
        return judge(w, t);
}

static int add_by_own(struct scan_watch *w, const struct flow *f, bool failed)
{
        struct track key = { .host = f->source, .protocol = f->protocol };
        uint64_t hash = flow_hash_addresses(
            &w->seed, &f->destination, &f->destination, f->destination_port);
        int err = 0;

        key.kind = TRACK_HOSTS;
        key.port = f->destination_port;
        if (failed)
                err = add_to(w, &key, f, true, hash);
        key.kind = TRACK_PORTS;
        key.port = 0;
        key.peer = f->destination;
        return err ? err : add_to(w, &key, f, failed, hash);
}

int scan_watch_add(struct scan_watch *w, const struct flow *f)
{
        const struct scan_watch_options *o = &w->options;
        enum ip_scope scope = ip_address_scope(&f->destination);
        bool failed = has_failed(f);
        int err = 0;

        w->counts.flows++;
        w->counts.failed += failed;
        if (scope == IP_SCOPE_MULTICAST || scope == IP_SCOPE_LOOPBACK)
                return 0;
        if (own_address_is(o->own, o->own_count, &f->source))
                err = add_by_own(w, f, failed);
        if (!err && own_address_is(o->own, o->own_count, &f->destination)) {
                struct track key = { .host = f->destination,
                        .port = f->destination_port,
                        .protocol = f->protocol,
                        .kind = TRACK_SENDERS };
                uint64_t hash = flow_hash_addresses(&w->seed, &f->source, &f->source, 0);
                err = add_to(w, &key, f, true, hash);
        }
        return err;
}

void scan_watch_count(struct scan_watch_counts *out, const struct scan_watch *w)
{
        *out = w->counts;
}
