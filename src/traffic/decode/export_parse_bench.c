/* traffic/decode/export_parse_bench.c: records a second of each kind, one core, as exporters fill a
 * datagram: 30 records of NetFlow v5, 24 of v9 and IPFIX with 20 fields, 8 samples of sFlow. Lines:
 * name n ns/op bytes. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_join.h"
#include "traffic/decode/export_parse.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 60000, V5_RECORDS = 30, RECORDS = 24, SAMPLES = 8 };

struct bytes {
        uint8_t at[4096];
        size_t len;
};

static void put(struct bytes *b, uint64_t value, size_t length)
{
        for (size_t i = 0; i < length; i++)
                b->at[b->len++] = (uint8_t)(value >> 8 * (length - 1 - i));
}

static uint64_t sum;

static int take_flow(void *state, const struct flow *f)
{
        (void)state;
        sum += f->bytes_out + f->source_port;
        return 0;
}

/* The template of Cisco's "record netflow ipv4 original-input": 20 fields, 55 bytes. */
static const uint16_t fields[][2] = { { 8, 4 }, { 12, 4 }, { 15, 4 }, { 10, 4 }, { 14, 4 },
        { 2, 4 }, { 1, 4 }, { 22, 4 }, { 21, 4 }, { 7, 2 }, { 11, 2 }, { 6, 1 }, { 4, 1 }, { 5, 1 },
        { 16, 2 }, { 17, 2 }, { 9, 1 }, { 13, 1 }, { 61, 1 }, { 48, 1 } };

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static void put_template(struct bytes *b, uint16_t set)
{
        put(b, set, 2);
        put(b, 8 + 4 * FIELDS, 2);
        put(b, 256, 2);
        put(b, FIELDS, 2);
        for (size_t i = 0; i < FIELDS; i++) {
                put(b, fields[i][0], 2);
                put(b, fields[i][1], 2);
        }
}

static void put_records(struct bytes *b)
{
        size_t start = b->len;

        put(b, 256, 2);
        put(b, 0, 2);
        for (size_t r = 0; r < RECORDS; r++)
                for (size_t i = 0; i < FIELDS; i++)
                        put(b, fields[i][0] == 4 ? 6 : 1000 + r * 7 + i, fields[i][1]);
        b->at[start + 2] = (uint8_t)((b->len - start) >> 8);
        b->at[start + 3] = (uint8_t)(b->len - start);
}

static struct bytes v5(void)
{
        struct bytes b = { .len = 0 };

        put(&b, 5, 2);
        put(&b, V5_RECORDS, 2);
        put(&b, 60000, 4);
        put(&b, 1700000000, 4);
        put(&b, 0, 12);
        for (size_t i = 0; i < V5_RECORDS * 48; i++)
                put(&b, i * 7 + 1, 1);
        return b;
}

static struct bytes v9(void)
{
        struct bytes b = { .len = 0 };

        put(&b, 9, 2);
        put(&b, 1, 2);
        put(&b, 60000, 4);
        put(&b, 1700000000, 4);
        put(&b, 0, 8);
        return b;
}

static struct bytes ipfix(void)
{
        struct bytes b = { .len = 0 };

        put(&b, 10, 2);
        put(&b, 0, 2);
        put(&b, 1700000000, 4);
        put(&b, 0, 8);
        return b;
}

/* Raw headers of 64 bytes. */
static struct bytes sflow(void)
{
        struct bytes b = { .len = 0 };

        put(&b, 5, 4);
        put(&b, 1, 4);
        put(&b, 0xC0000201, 4);
        put(&b, 0, 12);
        put(&b, SAMPLES, 4);
        for (size_t i = 0; i < SAMPLES; i++) {
                put(&b, 1, 4);
                put(&b, 32 + 8 + 16 + 64, 4);
                put(&b, i, 8);
                put(&b, 512, 4);
                put(&b, 0, 16);
                put(&b, 1, 4);
                put(&b, 1, 4);
                put(&b, 16 + 64, 4);
                put(&b, 1, 4);
                put(&b, 1000, 4);
                put(&b, 4, 4);
                put(&b, 64, 4);
                put(&b, 0, 12);
                put(&b, 0x0800450003E00000, 8);
                put(&b, 0x000040060000C000, 8);
                put(&b, 0x020ACB007107C350, 8);
                put(&b, 0x01BB000000000000, 8);
                put(&b, 0x0000501200000000, 8);
                put(&b, 0, 12);
        }
        return b;
}

static void run(const char *name, const struct bytes *first, const struct bytes *b, size_t records,
    struct traffic_sink sink)
{
        struct export_limits limits = { 0 };
        struct export_counts counts = { 0 };
        struct export_source from = { ip_address_from_v4(0xC0000201), 2055 };
        struct export_state *state = NULL;
        int err = export_state_new(&state, &limits);
        time_ms began, took;

        if (!err && first)
                err = export_datagram_parse(state, &from, 0,
                    (struct text){ (const char *)first->at, first->len }, sink, &counts);
        began = clock_steady(&clock_real);
        for (int i = 0; !err && i < ROUNDS; i++)
                err = export_datagram_parse(
                    state, &from, 0, (struct text){ (const char *)b->at, b->len }, sink, &counts);
        took = clock_steady(&clock_real) - began;
        if (err || counts.flows != (uint64_t)ROUNDS * records)
                (void)printf("%s: wrong: %s, %llu flows\n", name, err_text(err),
                    (unsigned long long)counts.flows);
        (void)printf("%-28s %9zu %9.2f ns/op %12zu bytes\n", name, ROUNDS * records,
            (double)took * 1e6 / ((double)ROUNDS * (double)records), b->len / records);
        (void)fflush(stdout);
        export_state_free(state);
}

int main(void)
{
        struct traffic_sink sink = { .take_flow = take_flow };
        struct export_join_options options = { 0 };
        struct export_join *join = NULL;
        struct bytes five = v5(), nine = v9(), nine_template = v9(), ten = ipfix(),
                     ten_template = ipfix(), s = sflow();

        put_template(&nine_template, 0);
        put_records(&nine);
        put_template(&ten_template, 2);
        ten_template.at[3] = (uint8_t)ten_template.len;
        put_records(&ten);
        ten.at[2] = (uint8_t)(ten.len >> 8);
        ten.at[3] = (uint8_t)ten.len;
        run("netflow v5 record", NULL, &five, V5_RECORDS, sink);
        run("netflow v9 record", &nine_template, &nine, RECORDS, sink);
        run("ipfix record", &ten_template, &ten, RECORDS, sink);
        run("sflow sample", NULL, &s, SAMPLES, sink);
        if (export_join_new(&join, &options, sink) != 0)
                return 2;
        run("ipfix record, joined", &ten_template, &ten, RECORDS, export_join_sink(join));
        export_join_free(join);
        return sum == 0;
}
