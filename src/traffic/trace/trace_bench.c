/* traffic/trace/trace_bench.c: how often the right machine is named. One office of 1,000 hosts as
 * docs/bench.md describes it: remote addresses Zipf(0.95) from 2 million, 20 million flows in 30
 * days, so 463 a minute, begins Poisson. For a flow that a list reports (its moment off by up to
 * 2.5 minutes either way, evenly) the trace is asked with a window of 2.5 minutes. Only the flows
 * to the peer in that window bear on the answer, so only they are made: their number is Poisson of
 * the peer's own rate, which is what a whole run would give, at a thousandth of the time. Hosts
 * differ in how much they talk (Zipf 0.6). Seeded; the same numbers each run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/trace/trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { HOSTS = 1000, REMOTES = 2000000, FLOWS_MAX = 1024, ROUNDS = 20000, MINUTES = 30 * 24 * 60 };

static const double flows_per_minute = 20e6 / MINUTES;
static const time_ms window = 150 * SECOND_MS, moment = 1705276800000;

struct office {
        double remote[REMOTES], host[HOSTS]; /* cumulated shares */
        struct flow flows[FLOWS_MAX];
        size_t count, truth;
        uint16_t outer_port[FLOWS_MAX];
        uint64_t seed;
};

static double chance(struct office *o)
{
        o->seed ^= o->seed << 13;
        o->seed ^= o->seed >> 7;
        o->seed ^= o->seed << 17;
        return (double)(o->seed >> 11) / 9007199254740992.0;
}

static void fill_zipf(double *cumulated, size_t count, double exponent)
{
        double sum = 0;

        for (size_t i = 0; i < count; i++)
                cumulated[i] = sum += pow((double)i + 1, -exponent);
        for (size_t i = 0; i < count; i++)
                cumulated[i] /= sum;
}

static size_t draw(struct office *o, const double *cumulated, size_t count)
{
        double x = chance(o);
        size_t low = 0, high = count - 1;

        while (low < high) {
                size_t middle = (low + high) / 2;
                if (cumulated[middle] < x)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static size_t draw_poisson(struct office *o, double mean)
{
        double left = exp(-mean), product = chance(o);
        size_t n = 0;

        while (product > left && n < FLOWS_MAX - 1) {
                product *= chance(o);
                n++;
        }
        return n;
}

static void add_flow(struct office *o, time_ms begin, size_t remote)
{
        struct flow *f = &o->flows[o->count];

        *f = (struct flow){ .begin = begin,
                .source = ip_address_from_v4(0x0A000000 + (uint32_t)draw(o, o->host, HOSTS)),
                .destination = ip_address_from_v4(0x2D000000 + (uint32_t)remote),
                .source_port = (uint16_t)(1024 + chance(o) * 64000),
                .destination_port = 443,
                .protocol = PACKET_TCP };
        f->end = begin + (time_ms)(exp(1 + chance(o) * 4) * 1000);
        o->outer_port[o->count] = (uint16_t)(1024 + o->count);
        o->count++;
}

static int each_flow(void *state, time_ms since, time_ms until, const struct ip_address *end,
    struct traffic_sink sink)
{
        struct office *o = state;
        int err = 0;

        (void)since, (void)until, (void)end;
        for (size_t i = 0; i < o->count && !err; i++)
                err = traffic_sink_flow(&sink, &o->flows[i]);
        return err;
}

static int each_translation(void *state, time_ms since, time_ms until,
    const struct ip_address *outer, struct traffic_sink sink)
{
        struct office *o = state;
        int err = 0;

        (void)since, (void)until;
        for (size_t i = 0; i < o->count && !err; i++) {
                const struct flow *f = &o->flows[i];
                struct translation row = { .begin = f->begin,
                        .end = f->end,
                        .inner = f->source,
                        .outer = *outer,
                        .peer = f->destination,
                        .has_peer = true,
                        .inner_port = f->source_port,
                        .outer_port = o->outer_port[i],
                        .peer_port = f->destination_port,
                        .protocol = f->protocol };
                err = traffic_sink_translation(&sink, &row);
        }
        return err;
}

static bool is_internal(void *state, const struct ip_address *address)
{
        (void)state;
        return ip_address_v4(address) >> 24 == 10;
}

enum knowledge { KNOW_PEER, KNOW_SOURCE_PORT, KNOW_NAT_LOG };

struct trial {
        const char *name;
        double hourly_max; /* flows of the whole office to the peer; 0 = any peer */
        double noise_ms;   /* either way */
        bool by_flow;      /* the peer is drawn as flows are, not each remote alike */
        enum knowledge knowledge;
};

enum { BINS = 10 };

struct tally {
        double first, third, possible;
        double named, named_right;       /* a machine is named; and it is the right one */
        double asked[BINS], right[BINS]; /* by the confidence of the first */
};

/* The best that can be known from times alone, by one who knows how the moments err (evenly, within
 * noise_ms): each flow within it is as likely as the next, so the host with most of them is it. */
static double possible(const struct office *o, const struct trial *trial)
{
        size_t all = 0, most = 0;

        for (size_t i = 0; i < o->count; i++) {
                size_t same = 0;

                if (fabs((double)(o->flows[i].begin - moment)) > trial->noise_ms)
                        continue;
                all++;
                for (size_t j = 0; j < o->count; j++)
                        same += fabs((double)(o->flows[j].begin - moment)) <= trial->noise_ms &&
                                ip_address_compare(&o->flows[i].source, &o->flows[j].source) == 0;
                if (same > most)
                        most = same;
        }
        return all ? (double)most / (double)all : 0;
}

static void count_answer(
    struct tally *tally, const struct trace_answer *a, const struct ip_address *truth)
{
        size_t bin;
        bool right;

        for (size_t i = 0; i < 3 && i < a->count; i++)
                if (ip_address_compare(&a->candidates[i].host, truth) == 0) {
                        tally->first += i == 0;
                        tally->third += 1;
                }
        if (!a->count)
                return;
        right = ip_address_compare(&a->candidates[0].host, truth) == 0;
        bin = (size_t)(a->candidates[0].confidence - 1) * BINS / 100;
        tally->asked[bin]++;
        tally->right[bin] += right;
        if (a->doubt == TRACE_DOUBT_NONE) {
                tally->named++;
                tally->named_right += right;
        }
}

static double share_of(const struct office *o, size_t remote)
{
        return o->remote[remote] - (remote ? o->remote[remote - 1] : 0);
}

static void make_case(struct office *o, const struct trial *trial)
{
        size_t remote, others;
        double share;

        do {
                remote = trial->by_flow ? draw(o, o->remote, REMOTES)
                                        : (size_t)(chance(o) * REMOTES);
                share = share_of(o, remote);
        } while (trial->hourly_max > 0 && share * flows_per_minute * 60 > trial->hourly_max);
        o->count = 0;
        add_flow(o, moment + (time_ms)((chance(o) * 2 - 1) * trial->noise_ms), remote);
        others = draw_poisson(o, share * flows_per_minute * 5);
        for (size_t i = 0; i < others; i++)
                add_flow(o, moment + (time_ms)((chance(o) * 2 - 1) * (double)window), remote);
}

static int ask(struct tally *tally, struct office *o, const struct trial *trial)
{
        struct trace_source source = { .each_flow = each_flow,
                .each_translation = trial->knowledge == KNOW_NAT_LOG ? each_translation : NULL,
                .is_internal = is_internal,
                .state = o };
        struct trace_question q = { .outer = ip_address_from_v4(0xCB007101),
                .at = moment,
                .within = window,
                .has_peer = true,
                .peer = o->flows[0].destination,
                .peer_port = 443 };
        AUTO(mem_free_at) struct trace_answer *answer = mem_zero(1, sizeof(*answer));
        int err;

        if (trial->knowledge == KNOW_SOURCE_PORT)
                q.source_port = o->flows[0].source_port; /* a NAT that keeps ports */
        if (trial->knowledge == KNOW_NAT_LOG)
                q.source_port = o->outer_port[0];
        err = answer ? trace_find(answer, &q, &source) : ERR_MEMORY;
        if (!err)
                count_answer(tally, answer, &o->flows[0].source);
        tally->possible += possible(o, trial);
        return err;
}

static int run(struct tally *tally, struct office *o, const struct trial *trial)
{
        int err = 0;

        o->seed = 20240115;
        for (int i = 0; i < ROUNDS && !err; i++) {
                make_case(o, trial);
                err = ask(tally, o, trial);
        }
        printf("%-58s %6.2f%% %6.2f%%  ", trial->name, 100 * tally->first / ROUNDS,
            100 * tally->third / ROUNDS);
        if (trial->knowledge == KNOW_PEER)
                printf("%6.2f%%", 100 * tally->possible / ROUNDS);
        else
                printf("%7s", "");
        printf(" %6.2f%% %6.2f%%\n", 100 * tally->named / ROUNDS,
            tally->named > 0 ? 100 * tally->named_right / tally->named : 0);
        return err;
}

/* Does a confidence of 70 mean right in 70 of 100? */
static void print_confidence(const struct tally *sum)
{
        printf("%-58s %7s %7s\n", "confidence of the first, over all but the last two:", "traces",
            "right");
        for (size_t bin = 0; bin < BINS; bin++)
                if (sum->asked[bin] > 0)
                        printf("  %3zu–%-3zu %57.0f %6.2f%%\n", bin * 100 / BINS + 1,
                            (bin + 1) * 100 / BINS, sum->asked[bin],
                            100 * sum->right[bin] / sum->asked[bin]);
}

int main(void)
{
        static const struct trial trials[] = {
                { "ordinary peer (at most 15 flows/h), within 2.5 min", 15, 150e3, true,
                    KNOW_PEER },
                { "at most 60 flows/h, within 2.5 min", 60, 150e3, true, KNOW_PEER },
                { "any peer, as flows are, within 2.5 min", 0, 150e3, true, KNOW_PEER },
                { "any peer, as flows are, within 30 s", 0, 30e3, true, KNOW_PEER },
                { "any peer, as flows are, within 1 s", 0, 1e3, true, KNOW_PEER },
                { "every remote alike, within 2.5 min", 0, 150e3, false, KNOW_PEER },
                { "any peer, source port (NAT keeps ports), within 2.5 min", 0, 150e3, true,
                    KNOW_SOURCE_PORT },
                { "any peer, source port and NAT log, within 2.5 min", 0, 150e3, true,
                    KNOW_NAT_LOG },
        };
        AUTO(mem_free_at) struct office *o = mem_zero(1, sizeof(*o));

        struct tally sum = { 0 };

        if (!o)
                return 1;
        fill_zipf(o->remote, REMOTES, 0.95);
        fill_zipf(o->host, HOSTS, 0.6);
        printf("%d traces each; the right machine:%25s %7s %8s %7s %7s\n", ROUNDS, "first", "top 3",
            "possible", "named", "right");
        for (size_t i = 0; i < ARRAY_LEN(trials); i++) {
                struct tally tally = { 0 };

                if (run(&tally, o, &trials[i]))
                        return 1;
                for (size_t bin = 0; bin < BINS && trials[i].knowledge == KNOW_PEER; bin++) {
                        sum.asked[bin] += tally.asked[bin];
                        sum.right[bin] += tally.right[bin];
                }
        }
        print_confidence(&sum);
        return 0;
}
