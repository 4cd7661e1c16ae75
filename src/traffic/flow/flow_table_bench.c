/* traffic/flow/flow_table_bench.c: nanoseconds of the processor for one packet: decoding alone, and
 * decoding with the flow table, over synthetic packets in memory: 100,000 two-sided flows of TCP
 * and UDP, of which the packets come in random order, and a flood in which each packet is a new
 * flow. Lines: name n ns/op bytes. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/packet_each.h"
#include "traffic/flow/flow_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 1 << 18, FRAME_BYTES = 96, FRAME_ROUNDS = 16, FLOWS = 100000 };

struct frames {
        uint8_t (*bytes)[FRAME_BYTES];
        uint64_t random;
};

static uint64_t next_random(uint64_t *state)
{
        uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        return z ^ (z >> 31);
}

/* Ethernet, IPv4, TCP or UDP between two ends that `flow` gives; `back` turns them. */
static void write_frame(uint8_t *f, uint64_t flow, bool back)
{
        static const uint8_t head[] = { 0, 0, 94, 0, 83, 1, 0, 0, 94, 0, 83, 2, 8, 0, 0x45, 0, 0,
                82, 0, 0, 0x40, 0, 64 };
        uint64_t ends = next_random(&flow);
        uint8_t inner[6] = { 10, 0, (uint8_t)(ends & 3), (uint8_t)(ends >> 8),
                (uint8_t)(ends >> 16 | 0x80), (uint8_t)(ends >> 24) };
        uint8_t outer[6] = { 203, (uint8_t)(ends >> 32), (uint8_t)(ends >> 40),
                (uint8_t)(ends >> 48), 1, 187 };
        const uint8_t *from = back ? outer : inner, *to = back ? inner : outer;

        memset(f, 0, FRAME_BYTES);
        memcpy(f, head, sizeof(head));
        f[23] = ends >> 56 & 1 ? PACKET_TCP : PACKET_UDP;
        memcpy(f + 26, from, 4);
        memcpy(f + 30, to, 4);
        memcpy(f + 34, from + 4, 2);
        memcpy(f + 36, to + 4, 2);
        f[46] = 0x50;
        f[47] = 0x10;
}

static int take_nothing(
    void *state, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        (void)at, (void)names;
        *(uint64_t *)state += packet->ip_bytes;
        return 0;
}

static int take_flow(void *state, const struct flow *flow)
{
        *(uint64_t *)state += flow->packets_out;
        return 0;
}

static double cpu_ns(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* `pps` packets a second of their own time. */
static void run(const char *name, const struct frames *frames, struct packet_sink sink, int pps)
{
        const size_t n = (size_t)FRAMES * FRAME_ROUNDS;
        double began = cpu_ns();

        for (size_t i = 0; i < n; i++) {
                struct text bytes = { (const char *)frames->bytes[i % FRAMES], FRAME_BYTES };
                if (packet_each((time_ms)i * SECOND_MS / pps, 1, bytes, sink))
                        abort();
        }
        (void)printf("%-34s %9zu %8.1f ns/op\n", name, n, (cpu_ns() - began) / (double)n);
        (void)fflush(stdout);
}

static void run_table(const char *name, const struct frames *frames, uint32_t budget)
{
        AUTO(flow_table_free_at) struct flow_table *t = NULL;
        struct flow_table_options options = {
                .max_flows = 1 << 18, .seed = 7, .max_begun_per_second = budget
        };
        struct flow_table_counts n;
        uint64_t flows = 0;

        if (flow_table_new(
                &t, &options, (struct traffic_sink){ .take_flow = take_flow, .state = &flows }))
                abort();
        run(name, frames, flow_table_sink(t), 1000000);
        flow_table_count(&n, t);
        (void)printf("  %llu flows begun, %llu ended early, %llu packets refused\n",
            (unsigned long long)n.begun, (unsigned long long)n.ended_early,
            (unsigned long long)n.refused_packets);
}

int main(void)
{
        struct frames frames = { mem_zero(FRAMES, FRAME_BYTES), 1 };
        uint64_t sum = 0;

        if (!frames.bytes)
                return 2;
        for (size_t i = 0; i < FRAMES; i++) {
                uint64_t r = next_random(&frames.random);
                write_frame(frames.bytes[i], r % FLOWS, r >> 32 & 1);
        }
        run("decode", &frames, (struct packet_sink){ take_nothing, &sum }, 1000000);
        run_table("decode + flow table, 100,000 flows", &frames, 0);
        for (size_t i = 0; i < FRAMES; i++)
                write_frame(frames.bytes[i], next_random(&frames.random) % 1000,
                    next_random(&frames.random) & 1);
        run_table("decode + flow table, 1,000 flows", &frames, 0);
        for (size_t i = 0; i < FRAMES; i++)
                write_frame(frames.bytes[i], next_random(&frames.random), false);
        run_table("flood, 1 M new flows/s, no budget", &frames, 0);
        run_table("flood, 1 M new flows/s, 100,000", &frames, 100000);
        mem_free(frames.bytes);
        return 0;
}
