/* traffic/trace/trace.c: see trace.h. The facts are tried in the order of their strength: a row of
 * the NAT log, the address itself, who spoke to the peer, who spoke at all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/trace.h"

#include "base/mem.h"
#include "traffic/trace/trace_hosts.h"

#include <math.h>
#include <string.h>

enum {
        SURE = 100,
        SURE_OF_FLOWS = 97,   /* a machine whose traffic no sensor sees may have been it */
        SURE_OF_DYNAMIC = 60, /* the address may have been another subscriber's at that moment */
        SURE_OF_ACTIVE = 60,  /* nobody says that this traffic is the one that was complained of */
        INSIDE_FLOW_MS = MINUTE_MS,
        /* DHCP logs without an end: the usual greatest length of a lease (Windows: 8 days) */
        LEASE_OPEN_MS = 8 * DAY_MS
};

/* How likely a report is off by a time, up to a constant: a share of reports is right to about a
 * second (near_ms), the others are off by as much as the clocks of offices are, halved at far_ms.
 * The sum of these over a host's flows is, to Bayes, all that the times say; trace_bench.c sets it
 * beside the best that can be known, and shows that with this share a confidence of 80 is right in
 * 80 of 100 (2026-11-28). */
static const double near_share = 0.2, near_ms = 1000, far_ms = 150000;
/* A port that does not agree: the peer's port is seldom reported wrong; the source port is changed
 * by every other NAT, but agrees by chance once in 50,000 only. A flow that the peer began
 * is rather a knock at our door than the contact that was complained of. */
static const double other_peer_port = 0.01, other_source_port = 0.00002, begun_by_peer = 0.1;

struct trace {
        const struct trace_question *q;
        const struct trace_source *source;
        struct trace_hosts *hosts;
        time_ms since, until;
        enum trace_owner owner;               /* of the outer address, at the moment */
        uint64_t facts;                       /* flows seen in that time, whatever they were */
        uint64_t nat_rows;                    /* of the outer address in that time */
        const struct ip_address *host, *peer; /* only flows of these; NULL = any */
};

/* From the begin of a flow, which is when a report is made; a later moment of a long one is as a
 * minute away. */
static time_ms distance(time_ms at, time_ms begin, time_ms end)
{
        time_ms away = at > begin ? at - begin : begin - at;
        time_ms from_inside = at <= begin ? away : INSIDE_FLOW_MS + (at > end ? at - end : 0);

        return from_inside < away ? from_inside : away;
}

static double weight_of(time_ms away)
{
        double near = (double)away / near_ms, far = (double)away / far_ms;

        return near_share / near_ms / (1 + near * near) +
               (1 - near_share) / far_ms / (1 + far * far);
}

static bool differs(uint16_t asked, uint16_t seen)
{
        return asked && asked != seen;
}

/* Ports and peer as the host's side sees them. */
struct side {
        const struct ip_address *host, *peer;
        uint16_t port, peer_port;
        bool has_begun; /* the host */
};

static int weigh_side(struct trace *t, const struct flow *flow, struct side side)
{
        const struct trace_question *q = t->q;
        struct trace_fact fact = { .at = flow->begin,
                .peer = side.peer,
                .flows = 1,
                .bytes = flow->bytes_out + flow->bytes_in };

        if (flow->begin > t->until || flow->end < t->since ||
            (t->host && ip_address_compare(side.host, t->host)) ||
            (t->peer && ip_address_compare(side.peer, t->peer)))
                return 0;
        fact.away_ms = distance(q->at, flow->begin, flow->end);
        fact.weight = weight_of(fact.away_ms);
        if (!side.has_begun)
                fact.weight *= begun_by_peer;
        if (differs(q->peer_port, side.peer_port))
                fact.weight *= other_peer_port;
        if (differs(q->source_port, side.port))
                fact.weight *= other_source_port;
        fact.has_port = q->source_port && q->source_port == side.port &&
                        !differs(q->peer_port, side.peer_port);
        return trace_hosts_add(t->hosts, side.host, &fact);
}

static int take_flow(void *state, const struct flow *flow)
{
        struct trace *t = state;
        const struct trace_source *s = t->source;
        bool out = s->is_internal(s->state, &flow->source);
        bool in = s->is_internal(s->state, &flow->destination);

        t->facts++;
        if (out == in || (t->q->protocol && t->q->protocol != flow->protocol))
                return 0;
        if (out)
                return weigh_side(t, flow,
                    (struct side){ &flow->source, &flow->destination, flow->source_port,
                        flow->destination_port, true });
        return weigh_side(t, flow,
            (struct side){ &flow->destination, &flow->source, flow->destination_port,
                flow->source_port, false });
}

/* NULL = any. */
static int weigh_flows(
    struct trace *t, const struct ip_address *host, const struct ip_address *peer)
{
        struct traffic_sink sink = { .take_flow = take_flow, .state = t };

        if (!t->source->each_flow || !t->source->is_internal)
                return 0;
        t->host = host;
        t->peer = peer;
        return t->source->each_flow(
            t->source->state, t->since, t->until + 1, peer ? peer : host, sink);
}

static bool overlaps(const struct trace *t, time_ms begin, time_ms end)
{
        return begin <= t->until && (end ? end : begin + t->q->within) >= t->since;
}

static int take_translation(void *state, const struct translation *row)
{
        struct trace *t = state;
        const struct trace_question *q = t->q;
        struct trace_fact fact = { .at = row->begin, .flows = 1 };
        bool is_shared = row->outer_port != 0; /* by several machines at once */

        if (ip_address_compare(&row->outer, &q->outer) || !overlaps(t, row->begin, row->end))
                return 0;
        t->nat_rows++;
        if ((row->outer_port && differs(q->source_port, row->outer_port)) ||
            (row->peer_port && differs(q->peer_port, row->peer_port)) ||
            (q->has_peer && row->has_peer && ip_address_compare(&q->peer, &row->peer)) ||
            (q->protocol && row->protocol && q->protocol != row->protocol))
                return 0;
        fact.away_ms = q->at < row->begin             ? row->begin - q->at
                       : row->end && q->at > row->end ? q->at - row->end
                       : row->end                     ? 0
                                                      : q->at - row->begin;
        fact.weight = weight_of(fact.away_ms);
        fact.has_port = q->source_port && row->outer_port;
        fact.peer = row->has_peer ? &row->peer : NULL;
        if (is_shared && !fact.has_port && q->has_peer && !row->has_peer)
                return 0; /* neither port nor peer: who spoke to the peer says more */
        return trace_hosts_add(t->hosts, &row->inner, &fact);
}

static int weigh_translations(struct trace *t)
{
        struct traffic_sink sink = { .take_translation = take_translation, .state = t };

        if (!t->source->each_translation)
                return 0;
        return t->source->each_translation(
            t->source->state, t->since, t->until + 1, &t->q->outer, sink);
}

static int confidence_of(double share, int sure)
{
        int confidence = (int)lround(share * sure);

        return confidence < 1 ? 1 : confidence;
}

/* Hosts, likeliest first, become candidates. */
static void tell(
    struct trace_answer *out, const struct trace *t, enum trace_reason reason, int sure)
{
        size_t count = trace_hosts_sort(t->hosts);
        double total = trace_hosts_total(t->hosts);

        if (t->owner == TRACE_OWNER_DYNAMIC && sure < SURE && sure > SURE_OF_DYNAMIC)
                sure = SURE_OF_DYNAMIC;

        out->count = count < TRACE_CANDIDATES_MAX ? count : TRACE_CANDIDATES_MAX;
        out->left_out = count - out->count;
        for (size_t i = 0; i < out->count; i++) {
                struct trace_candidate *c = &out->candidates[i];
                const struct trace_host *host = trace_hosts_at(t->hosts, i);
                bool by_port = reason == TRACE_REASON_SEVERAL && host->has_port;
                *c = (struct trace_candidate){ .host = host->address,
                        .rank = (int)i + 1,
                        .confidence = confidence_of(total > 0 ? host->weight / total : 1, sure),
                        .reason = by_port ? TRACE_REASON_SOURCE_PORT
                                  : reason == TRACE_REASON_SEVERAL && count == 1
                                      ? TRACE_REASON_ONLY_HOST
                                      : reason,
                        .at = host->at,
                        .away_ms = host->away_ms,
                        .has_peer = host->has_peer,
                        .peer = host->peer,
                        .flows = host->flows,
                        .bytes = host->bytes,
                        .others = count - 1 };
        }
}

/* One that is not likelier than all others together is listed, not named. */
static void doubt_alike(struct trace_answer *a)
{
        if (a->count > 1 && a->candidates[0].confidence < TRACE_NAMED_FROM)
                a->doubt = TRACE_DOUBT_ALIKE;
}

static bool is_internal(const struct trace *t, const struct ip_address *address)
{
        return t->source->is_internal && t->source->is_internal(t->source->state, address);
}

static int find_hosts(struct trace_answer *out, struct trace *t)
{
        const struct trace_question *q = t->q;
        const struct ip_address *peer = q->has_peer ? &q->peer : NULL;
        int err = weigh_translations(t);

        if (err || trace_hosts_count(t->hosts)) {
                if (!err)
                        tell(out, t, TRACE_REASON_NAT_ROW, SURE);
                out->is_against_owner = out->count && t->owner == TRACE_OWNER_OTHER;
                return err;
        }
        if (t->owner == TRACE_OWNER_OTHER) {
                out->doubt = TRACE_DOUBT_NOT_OURS;
                return 0;
        }
        if (is_internal(t, &q->outer)) {
                err = weigh_flows(t, &q->outer, peer);
                if (!err && trace_hosts_count(t->hosts))
                        tell(out, t, TRACE_REASON_OWN_ADDRESS, SURE_OF_FLOWS);
                if (err || out->count)
                        return err;
        }
        err = weigh_flows(t, NULL, peer);
        if (!err && q->has_peer && trace_hosts_count(t->hosts))
                tell(out, t, TRACE_REASON_SEVERAL, SURE_OF_FLOWS);
        else if (!err && !q->has_peer && trace_hosts_count(t->hosts) == 1)
                tell(out, t, TRACE_REASON_ONLY_ACTIVE, SURE_OF_ACTIVE);
        return err;
}

static int count_flow(void *state, const struct flow *flow)
{
        struct trace *t = state;

        (void)flow;
        t->facts++;
        return ERR_CLOSED; /* one is enough */
}

static int count_flows(struct trace *t)
{
        struct traffic_sink sink = { .take_flow = count_flow, .state = t };
        int err = t->source->each_flow
                      ? t->source->each_flow(t->source->state, t->since, t->until + 1, NULL, sink)
                      : 0;

        return err == ERR_CLOSED ? 0 : err;
}

/* A peer that was silent is told from a time of which nothing is kept. */
static int doubt_of(enum trace_doubt *out, struct trace *t)
{
        int err = 0;

        if (t->q->has_peer && t->facts == 0)
                err = count_flows(t);
        if (t->facts == 0 && t->nat_rows == 0)
                *out = TRACE_DOUBT_NO_FACTS;
        else if (t->q->has_peer)
                *out = TRACE_DOUBT_SILENT_PEER;
        else
                *out = t->nat_rows ? TRACE_DOUBT_NO_NAT_ROW : TRACE_DOUBT_NO_PEER;
        return err;
}

struct naming {
        struct trace_answer *answer;
        const struct trace *trace;
        time_ms begins[TRACE_CANDIDATES_MAX]; /* of the lease that named it; the latest counts */
};

static bool is_same_machine(const struct trace_candidate *c, const struct lease *lease)
{
        if (c->has_hardware && lease->has_hardware)
                return memcmp(c->hardware, lease->hardware, LEASE_HARDWARE_BYTES) == 0;
        return text_is(lease->host_name, c->host_name);
}

static void name_by(struct trace_candidate *c, const struct lease *lease)
{
        c->has_hardware = lease->has_hardware;
        memcpy(c->hardware, lease->hardware, LEASE_HARDWARE_BYTES);
        if (text_copy(c->host_name, sizeof(c->host_name), lease->host_name))
                c->host_name[0] = 0; /* longer than any DNS label: not a name */
}

/* A lease names the candidate whose fact lies within it. */
static int take_lease(void *state, const struct lease *lease)
{
        struct naming *n = state;
        time_ms end = lease->end ? lease->end : lease->begin + (time_ms)LEASE_OPEN_MS;

        for (size_t i = 0; i < n->answer->count; i++) {
                struct trace_candidate *c = &n->answer->candidates[i];
                /* a row of the NAT log may have begun long before */
                time_ms at = c->at < n->trace->since ? n->trace->since : c->at;

                if (ip_address_compare(&c->host, &lease->address) || lease->begin > at ||
                    end < at || lease->begin < n->begins[i])
                        continue;
                n->begins[i] = lease->begin;
                name_by(c, lease);
        }
        return 0;
}

/* Behind the naming: who else held the address while facts were looked for? */
static int take_other_lease(void *state, const struct lease *lease)
{
        struct naming *n = state;

        for (size_t i = 0; i < n->answer->count; i++) {
                struct trace_candidate *c = &n->answer->candidates[i];

                if (ip_address_compare(&c->host, &lease->address) == 0 && n->begins[i] &&
                    lease->begin >= n->trace->since && lease->begin <= n->trace->until &&
                    !is_same_machine(c, lease))
                        c->is_lease_shared = true;
        }
        return 0;
}

static int name_candidates(struct trace_answer *answer, const struct trace *t)
{
        const struct trace_source *s = t->source;
        AUTO(mem_free_at) struct naming *n = mem_zero(1, sizeof(*n));
        int err;

        if (!n)
                return ERR_MEMORY;
        *n = (struct naming){ .answer = answer, .trace = t };
        err = s->each_lease(s->state, t->since, t->until + 1,
            (struct traffic_sink){ .take_lease = take_lease, .state = n });
        return err ? err
                   : s->each_lease(s->state, t->since, t->until + 1,
                         (struct traffic_sink){ .take_lease = take_other_lease, .state = n });
}

/* The window, cut to the time in which the address was ours. */
static void take_window(struct trace *t)
{
        const struct trace_question *q = t->q;
        struct trace_tenure tenure = { TRACE_OWNER_UNKNOWN, 0, 0 };

        if (t->source->owner)
                tenure = t->source->owner(t->source->state, &q->outer, q->at);
        t->owner = tenure.owner;
        t->since = q->at - q->within;
        t->until = q->at + q->within;
        if (tenure.owner == TRACE_OWNER_UNKNOWN || tenure.owner == TRACE_OWNER_OTHER)
                return;
        if (tenure.since > t->since)
                t->since = tenure.since;
        if (tenure.until && tenure.until - 1 < t->until)
                t->until = tenure.until - 1;
}

int trace_find(
    struct trace_answer *out, const struct trace_question *q, const struct trace_source *source)
{
        struct trace_question asked = *q;
        struct trace t = { .q = &asked, .source = source };
        AUTO(trace_hosts_free_at) struct trace_hosts *hosts = NULL;
        AUTO(mem_free_at) struct trace_answer *answer = mem_zero(1, sizeof(*answer));
        int err = answer ? trace_hosts_new(&hosts, TRACE_HOSTS_MAX) : ERR_MEMORY;

        if (err)
                return err;
        asked.within = q->within ? q->within : TRACE_WITHIN_MS;
        t.hosts = hosts;
        take_window(&t);
        err = find_hosts(answer, &t);
        if (!err && answer->count == 0 && answer->doubt == TRACE_DOUBT_NONE)
                err = doubt_of(&answer->doubt, &t);
        doubt_alike(answer);
        if (!err && answer->count && source->each_lease)
                err = name_candidates(answer, &t);
        if (!err)
                *out = *answer;
        return err;
}
