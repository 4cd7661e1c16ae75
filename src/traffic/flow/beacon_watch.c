/* traffic/flow/beacon_watch.c: see beacon_watch.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/beacon_watch.h"

#include "base/mem.h"
#include "traffic/flow/flow_hash.h"
#include "traffic/flow/own_address.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        WAYS = 8,
        PAIRS_DEFAULT = 1 << 14,
        SAME_TALK_MS = MINUTE_MS,
        CLOCK_BACK_MS = DAY_MS,
        MISSED_MAX = 4
};

struct pair {
        struct ip_address host, peer;
        uint16_t port, last_source_port;
        uint8_t protocol;
        bool is_used;
        uint32_t count; /* contacts in all; the last BEACON_CONTACTS are kept, as a ring */
        time_ms last_end, alerted_at;
        time_ms begin[BEACON_CONTACTS];
        uint32_t bytes[BEACON_CONTACTS];
};

struct beacon_watch {
        struct beacon_watch_options options;
        struct traffic_alert_sink sink;
        struct flow_seed seed;
        struct pair *pairs;
        size_t sets;
        struct beacon_watch_counts counts;
};

int beacon_watch_new(struct beacon_watch **out, const struct beacon_watch_options *options,
    struct traffic_alert_sink sink)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = mem_zero(1, sizeof(*w));
        struct beacon_watch_options *o;

        if (!w)
                return ERR_MEMORY;
        w->options = *options;
        o = &w->options;
        if (o->max_pairs > BEACON_PAIRS_MAX || o->min_contacts > BEACON_CONTACTS)
                return ERR_LIMIT;
        o->max_pairs = o->max_pairs ? o->max_pairs : PAIRS_DEFAULT;
        o->min_contacts = o->min_contacts ? o->min_contacts : 10;
        o->min_score = o->min_score > 0 ? o->min_score : 0.65;
        o->min_period_ms = o->min_period_ms ? o->min_period_ms : SECOND_MS;
        o->again_ms = o->again_ms ? o->again_ms : DAY_MS;
        w->sink = sink;
        w->seed = flow_seed_of(o->seed);
        w->sets = (o->max_pairs + WAYS - 1) / WAYS;
        w->pairs = mem_zero(w->sets * WAYS, sizeof(*w->pairs));
        if (!w->pairs)
                return ERR_MEMORY;
        *out = MOVE(w);
        return 0;
}

struct beacon_watch *beacon_watch_free(struct beacon_watch *w)
{
        if (w) {
                mem_free(w->pairs);
                mem_free(w);
        }
        return NULL;
}

void beacon_watch_free_at(struct beacon_watch **w)
{
        *w = beacon_watch_free(*w);
}

static bool is_regular_by_nature(uint16_t port)
{
        static const uint16_t ports[] = { 53, 67, 68, 123, 137, 138, 546, 547, 1900, 5353, 5355 };

        for (size_t i = 0; i < ARRAY_LEN(ports); i++)
                if (ports[i] == port)
                        return true;
        return false;
}

static bool is_watched(const struct beacon_watch *w, const struct flow *f)
{
        enum ip_scope scope = ip_address_scope(&f->destination);

        if (f->protocol != PACKET_TCP && f->protocol != PACKET_UDP)
                return false;
        if (is_regular_by_nature(f->destination_port) ||
            !own_address_is(w->options.own, w->options.own_count, &f->source) ||
            own_address_is(w->options.own, w->options.own_count, &f->destination))
                return false;
        return scope == IP_SCOPE_PUBLIC || scope == IP_SCOPE_PRIVATE ||
               scope == IP_SCOPE_DOCUMENTATION;
}

static bool is_pair_of(const struct pair *p, const struct flow *f)
{
        return p->is_used && p->port == f->destination_port && p->protocol == f->protocol &&
               ip_address_compare(&p->host, &f->source) == 0 &&
               ip_address_compare(&p->peer, &f->destination) == 0;
}

static bool gives_way_before(const struct pair *a, const struct pair *b)
{
        if (a->is_used != b->is_used)
                return !a->is_used;
        if (a->count != b->count)
                return a->count < b->count;
        return a->last_end < b->last_end;
}

static struct pair *pair_of(struct beacon_watch *w, const struct flow *f)
{
        uint64_t ports = (uint64_t)f->protocol << 16 | f->destination_port;
        uint64_t hash = flow_hash_addresses(&w->seed, &f->source, &f->destination, ports);
        struct pair *set = &w->pairs[hash % w->sets * WAYS], *worst = set;

        for (size_t i = 0; i < WAYS; i++) {
                if (is_pair_of(&set[i], f))
                        return &set[i];
                if (gives_way_before(&set[i], worst))
                        worst = &set[i];
        }
        w->counts.pairs_given_up += worst->is_used;
        *worst = (struct pair){ .host = f->source,
                .peer = f->destination,
                .port = f->destination_port,
                .protocol = f->protocol,
                .is_used = true,
                .last_end = INT64_MIN / 2,
                .alerted_at = INT64_MIN / 2 };
        return worst;
}

static int compare(const void *a, const void *b)
{
        time_ms x = *(const time_ms *)a, y = *(const time_ms *)b;

        return (x > y) - (x < y);
}

/* The value below which `quarters` of four lie. Sorts. */
static time_ms quartile(time_ms *values, size_t n, size_t quarters)
{
        qsort(values, n, sizeof(*values), compare);
        return values[n * quarters / 4];
}

/* Three of four lie within this distance: the median would let a few equal intervals of a random
 * caller pass. */
static time_ms usual_distance(const time_ms *values, size_t n, time_ms from)
{
        time_ms distances[BEACON_CONTACTS] = { 0 };

        for (size_t i = 0; i < n; i++)
                distances[i] = values[i] > from ? values[i] - from : from - values[i];
        return quartile(distances, n, 3);
}

static double closeness(double weight, time_ms distance, time_ms usual)
{
        double score = usual > 0 ? 1 - weight * (double)distance / (double)usual : 0;

        return score > 0 ? score : 0;
}

/* An interval of about k periods is k - 1 contacts that were missed. */
static time_ms without_missed(time_ms interval, time_ms period)
{
        time_ms periods = (interval + period / 2) / period;

        return periods >= 2 && periods <= MISSED_MAX ? interval / periods : interval;
}

/* Fills the figures of *out; false when it is not regular enough. */
static bool is_beacon(struct traffic_alert *out, const struct beacon_watch *w, const struct pair *p)
{
        size_t n = p->count < BEACON_CONTACTS ? p->count : BEACON_CONTACTS;
        time_ms intervals[BEACON_CONTACTS] = { 0 }, sizes[BEACON_CONTACTS] = { 0 };
        time_ms sorted[BEACON_CONTACTS];
        double regular, alike;

        if (n < w->options.min_contacts || n < 2)
                return false;
        for (size_t i = 0; i < n; i++) {
                size_t at = (p->count - n + i) % BEACON_CONTACTS;
                size_t after = (at + 1) % BEACON_CONTACTS;
                sizes[i] = p->bytes[at];
                if (i + 1 < n)
                        intervals[i] = p->begin[after] - p->begin[at];
        }
        memcpy(sorted, intervals, sizeof(sorted));
        out->period_ms = quartile(sorted, n - 1, 2);
        if (out->period_ms < w->options.min_period_ms)
                return false;
        for (size_t i = 0; i + 1 < n; i++)
                intervals[i] = without_missed(intervals[i], out->period_ms);
        out->jitter_ms = usual_distance(intervals, n - 1, out->period_ms);
        memcpy(sorted, sizes, sizeof(sorted));
        out->bytes = (uint64_t)quartile(sorted, n, 2);
        alike = closeness(1, usual_distance(sizes, n, (time_ms)out->bytes), (time_ms)out->bytes);
        regular = closeness(2, out->jitter_ms, out->period_ms);
        out->score = 0.7 * regular + 0.3 * alike;
        out->at = p->begin[(p->count - n) % BEACON_CONTACTS];
        return regular >= 0.5 && out->score >= w->options.min_score;
}

static void write_reason(struct traffic_alert *a)
{
        char peer[IP_TEXT_MAX];
        double period = (double)a->period_ms / SECOND_MS, jitter = (double)a->jitter_ms / SECOND_MS;

        (void)ip_address_write(peer, &a->peer);
        (void)snprintf(a->reason_vi, sizeof(a->reason_vi),
            "Máy liên lạc đều đặn với %s cổng %u: %" PRIu64
            " lần, cứ %.1f giây một lần, lệch %.1f giây, mỗi lần gửi khoảng %" PRIu64
            " byte; giống mã độc báo về máy chủ điều khiển.",
            peer, a->port, a->count, period, jitter, a->bytes);
        (void)snprintf(a->reason_en, sizeof(a->reason_en),
            "The machine calls %s port %u regularly: %" PRIu64
            " times, every %.1f seconds, off by %.1f seconds, about %" PRIu64
            " bytes sent each time; as malware reports to its control server.",
            peer, a->port, a->count, period, jitter, a->bytes);
}

static int judge(struct beacon_watch *w, struct pair *p)
{
        struct traffic_alert alert = { .kind = TRAFFIC_ALERT_BEACON,
                .host = p->host,
                .has_peer = true,
                .peer = p->peer,
                .port = p->port,
                .protocol = p->protocol,
                .count = p->count };
        int err;

        alert.last_at = p->begin[(p->count - 1) % BEACON_CONTACTS];
        if ((alert.last_at >= p->alerted_at && /* else the clock was set back meanwhile */
                alert.last_at - p->alerted_at < w->options.again_ms) ||
            !is_beacon(&alert, w, p))
                return 0;
        write_reason(&alert);
        err = w->sink.take(w->sink.state, &alert);
        if (!err) {
                p->alerted_at = alert.last_at;
                w->counts.alerts++;
        }
        return err;
}

int beacon_watch_add(struct beacon_watch *w, const struct flow *f)
{
        struct pair *p;
        size_t last;

        w->counts.flows++;
        if (!is_watched(w, f))
                return 0;
        p = pair_of(w, f);
        last = (p->count + BEACON_CONTACTS - 1) % BEACON_CONTACTS;
        if (p->count && p->begin[last] - f->begin > CLOCK_BACK_MS)
                p->count = 0; /* no flow ends so late: the clock was set back */
        if (p->count && f->begin < p->begin[last]) {
                w->counts.out_of_order++; /* flows come as they end */
                return 0;
        }
        if (p->count && f->source_port == p->last_source_port &&
            f->begin - p->last_end <= SAME_TALK_MS) {
                p->last_end = f->end > p->last_end ? f->end : p->last_end;
                return 0;
        }
        p->begin[p->count % BEACON_CONTACTS] = f->begin;
        p->bytes[p->count % BEACON_CONTACTS] = f->bytes_out < UINT32_MAX ? (uint32_t)f->bytes_out
                                                                         : UINT32_MAX;
        p->count++;
        p->last_source_port = f->source_port;
        p->last_end = f->end;
        w->counts.contacts++;
        return judge(w, p);
}

void beacon_watch_count(struct beacon_watch_counts *out, const struct beacon_watch *w)
{
        *out = w->counts;
}
