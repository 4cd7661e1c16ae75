/* traffic/archive/flow_generator.c: see flow_generator.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/flow_generator.h"
#include "base/mem.h"

#include <math.h>

enum {
        HOURS_A_DAY = 24,
        DAYS_A_WEEK = 7,
        PLANTED_FLOWS = 3, /* of each planted address */
        DURATION_MOST = 30 * MINUTE_MS,
        SCAN_PERCENT = 8
};

#define ZIPF_EXPONENT 0.95

/* Monday first: 1 January 2024 was one. */
static const double week[DAYS_A_WEEK] = { 1, 1.05, 1, 1, 0.9, 0.35, 0.25 };
static const double day[HOURS_A_DAY] = { .1, .08, .07, .07, .08, .15, .4, .9, 1.2, 1.3, 1.25, .9,
        .6, 1.1, 1.25, 1.2, .95, .5, .35, .4, .4, .35, .25, .15 };

const struct generator_shape generator_office = { .seed = 2024,
        .flows = 20000000,
        .days = 30,
        .hosts = 1000,
        .remotes = 2000000,
        .begin = INT64_C(19723) * DAY_MS };

struct flow_generator {
        struct generator_shape shape;
        uint64_t state[2];
        uint64_t made, in_hour, of_hour; /* flows: all, of this hour, wanted in this hour */
        double weights, weight_so_far;
        unsigned hour;
};

/* xoroshiro128+ (Blackman, Vigna). */
static uint64_t next(struct flow_generator *g)
{
        uint64_t a = g->state[0], b = g->state[1], out = a + b;

        b ^= a;
        g->state[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
        g->state[1] = b << 37 | b >> 27;
        return out;
}

static double fraction(struct flow_generator *g)
{
        return (double)(next(g) >> 11) * 0x1p-53;
}

static double normal(struct flow_generator *g)
{
        return sqrt(-2 * log(1 - fraction(g))) * cos(6.283185307179586 * fraction(g));
}

static uint64_t log_normal(struct flow_generator *g, double middle, double spread)
{
        return (uint64_t)exp(log(middle) + spread * normal(g));
}

/* A permutation of the 32-bit numbers, walked on until the address is a public one. */
static uint32_t address_of_rank(uint64_t seed, uint32_t rank)
{
        uint32_t x = rank;

        for (;;) {
                struct ip_address a;

                x ^= (uint32_t)seed;
                x *= UINT32_C(0x9E3779B1);
                x ^= x >> 15;
                x *= UINT32_C(0x85EBCA77);
                x ^= x >> 13;
                a = ip_address_from_v4(x);
                if (ip_address_scope(&a) == IP_SCOPE_PUBLIC)
                        return x;
        }
}

uint32_t flow_generator_listed(const struct generator_shape *shape, uint32_t n)
{
        return address_of_rank(shape->seed, shape->remotes + n);
}

static double hour_weight(unsigned hour)
{
        return day[hour % HOURS_A_DAY] * week[hour / HOURS_A_DAY % DAYS_A_WEEK];
}

int flow_generator_new(struct flow_generator **out, const struct generator_shape *shape)
{
        struct flow_generator *g = mem_zero(1, sizeof(*g));

        if (!g)
                return ERR_MEMORY;
        g->shape = *shape;
        g->state[0] = shape->seed;
        g->state[1] = ~shape->seed;
        for (unsigned i = 0; i < 16; i++)
                (void)next(g);
        for (unsigned h = 0; h < shape->days * HOURS_A_DAY; h++)
                g->weights += hour_weight(h);
        *out = g;
        return 0;
}

struct flow_generator *flow_generator_free(struct flow_generator *g)
{
        mem_free(g);
        return NULL;
}

void flow_generator_free_at(struct flow_generator **g)
{
        *g = flow_generator_free(*g);
}

static struct ip_address some_remote(struct flow_generator *g)
{
        double rise = pow(g->shape.remotes + 1.0, 1 - ZIPF_EXPONENT) - 1;
        double rank = pow(1 + fraction(g) * rise, 1 / (1 - ZIPF_EXPONENT));

        return ip_address_from_v4(address_of_rank(g->shape.seed, (uint32_t)rank - 1));
}

static struct ip_address some_host(struct flow_generator *g)
{
        uint32_t n = (uint32_t)(pow(fraction(g), 1.5) * g->shape.hosts);

        return ip_address_from_v4(UINT32_C(0x0a000001) + n % 250 + (n / 250 << 8));
}

static uint16_t pick(struct flow_generator *g, const uint16_t ports[8])
{
        unsigned n = (unsigned)(next(g) % 100);

        return n < 60 ? ports[0] : n < 85 ? ports[1] : n < 97 ? ports[n % 8] : (uint16_t)next(g);
}

static void fill_sizes(struct flow *f, struct flow_generator *g, double out, double in)
{
        f->bytes_out = 40 + log_normal(g, out, 1.5);
        f->packets_out = 1 + f->bytes_out / (150 + next(g) % 500);
        f->bytes_in = 40 + log_normal(g, in, 2);
        f->packets_in = 1 + f->bytes_in / (400 + next(g) % 1000);
}

static void fill_scan(struct flow *f, struct flow_generator *g)
{
        static const uint16_t ports[8] = { 445, 23, 3389, 22, 80, 8080, 5900, 1433 };

        f->source = some_remote(g);
        f->destination = some_host(g);
        f->protocol = PACKET_TCP;
        f->source_port = (uint16_t)(1024 + next(g) % 64512);
        f->destination_port = pick(g, ports);
        f->flags_out = 0x02;
        f->packets_out = 1 + next(g) % 2;
        f->bytes_out = f->packets_out * 44;
        f->end = f->begin + (time_ms)(f->packets_out - 1) * 1000;
}

static void fill_use(struct flow *f, struct flow_generator *g)
{
        static const uint16_t tcp[8] = { 443, 80, 8080, 993, 25, 22, 5222, 8443 };
        static const uint16_t udp[8] = { 53, 443, 123, 3478, 500, 161, 1900, 4500 };
        unsigned kind = (unsigned)(next(g) % 100);
        uint64_t lasts = log_normal(g, kind < 64 ? 900 : 60, 2);

        f->source = some_host(g);
        f->destination = some_remote(g);
        f->source_port = (uint16_t)(49152 + next(g) % 16384);
        if (kind < 64) {
                f->protocol = PACKET_TCP;
                f->destination_port = pick(g, tcp);
                f->flags_out = f->flags_in = next(g) % 10 ? 0x1b : 0x1f;
                fill_sizes(f, g, 1500, 6000);
        } else if (kind < 96) {
                f->protocol = PACKET_UDP;
                f->destination_port = pick(g, udp);
                fill_sizes(f, g, 90, 300);
        } else {
                f->protocol = PACKET_ICMP;
                f->source_port = 0;
                f->destination_port = 0x800;
                f->packets_out = 1 + next(g) % 8;
                f->packets_in = next(g) % 8 ? f->packets_out : 0;
                f->bytes_out = f->packets_out * 84;
                f->bytes_in = f->packets_in * 84;
        }
        f->end = f->begin + (time_ms)(lasts < DURATION_MOST ? lasts : DURATION_MOST);
}

/* The begin of flow number `made`: each hour has its share, spread over it. */
static time_ms next_begin(struct flow_generator *g)
{
        while (g->in_hour == g->of_hour) {
                double before = g->weight_so_far / g->weights * (double)g->shape.flows;

                g->weight_so_far += hour_weight(g->hour);
                g->of_hour = (uint64_t)(g->weight_so_far / g->weights * (double)g->shape.flows +
                                        0.5) -
                             (uint64_t)(before + 0.5);
                g->in_hour = 0;
                g->hour++;
        }
        return g->shape.begin + (g->hour - 1) * (time_ms)HOUR_MS +
               (time_ms)(((double)g->in_hour++ + fraction(g)) / (double)g->of_hour * HOUR_MS);
}

bool flow_generator_next(struct flow *out, struct flow_generator *g)
{
        uint64_t step = g->shape.flows / ((uint64_t)GENERATOR_PLANTED * PLANTED_FLOWS) + 1;
        struct flow f = { .sampling = 1 };

        if (g->made == g->shape.flows)
                return false;
        f.begin = next_begin(g);
        if (next(g) % 100 < SCAN_PERCENT)
                fill_scan(&f, g);
        else
                fill_use(&f, g);
        if (g->made % step == step / 2 && f.source.bytes[12] == 10)
                f.destination = ip_address_from_v4(flow_generator_listed(
                    &g->shape, (uint32_t)(g->made / step % GENERATOR_PLANTED)));
        g->made++;
        *out = f;
        return true;
}
