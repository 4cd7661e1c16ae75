/* traffic/decode/test_exports.h: for the fuzz targets of exporters: feeds them datagrams and checks
 * what must hold whatever they say. Input: two bytes of length, then a datagram, again and again.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_TEST_EXPORTS_H
#define CANH_TRAFFIC_DECODE_TEST_EXPORTS_H

#include "traffic/decode/export_parse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
        TEST_DOMAINS_MAX = 4,
        TEST_TEMPLATES_MAX = 8,
        TEST_PENDING_MAX = 2048,
        TEST_DATAGRAMS_MAX = 64
};

static const time_ms test_received = INT64_C(1700000000000);

struct test_seen {
        uint64_t flows, translations, names;
};

static inline int test_take_flow(void *state, const struct flow *f)
{
        assert(f->begin <= f->end);
        assert(f->packets_out <= INT64_MAX && f->bytes_out <= INT64_MAX);
        assert(f->packets_in <= INT64_MAX && f->bytes_in <= INT64_MAX);
        ((struct test_seen *)state)->flows++;
        return 0;
}

static inline int test_take_translation(void *state, const struct translation *t)
{
        assert(t->end == 0 || t->begin <= t->end);
        assert(ip_address_compare(&t->inner, &t->outer) != 0 || t->inner_port != t->outer_port);
        ((struct test_seen *)state)->translations++;
        return 0;
}

static inline int test_take_name(void *state, const struct name_sighting *s)
{
        assert(s->name.len > 0 && s->name.data[s->name.len - 1] != '.');
        ((struct test_seen *)state)->names++;
        return 0;
}

static inline void test_within_limits(const struct export_state *state)
{
        struct export_exporter e;
        size_t domains = 0, templates = 0, pending = 0;

        for (; export_state_exporter(&e, state, domains); domains++) {
                templates += e.templates;
                pending += e.pending_bytes;
        }
        assert(domains <= TEST_DOMAINS_MAX);
        assert(templates <= TEST_TEMPLATES_MAX);
        assert(pending <= TEST_PENDING_MAX);
}

/* `head` stands in front of each datagram, in place of its own first bytes. */
static inline void test_feed(const uint8_t *data, size_t size, struct text head)
{
        struct export_limits limits = { TEST_DOMAINS_MAX, TEST_TEMPLATES_MAX, 32, TEST_PENDING_MAX,
                size % 2 ? DAY_MS : 0 };
        struct export_source from = { { { 0 } }, 2055 };
        struct export_counts counts = { 0 };
        struct test_seen seen = { 0 };
        struct traffic_sink sink = { test_take_flow, test_take_name, test_take_translation, NULL,
                &seen };
        struct export_state *state = NULL;
        uint64_t fed = 0;

        assert(export_state_new(&state, &limits) == 0);
        for (; size > 2 && fed < TEST_DATAGRAMS_MAX; fed++) {
                size_t wanted = (size_t)(data[0] | data[1] << 8);
                size_t n = wanted < size - 2 ? wanted : size - 2;
                uint8_t *exact = malloc(n ? n : 1); /* so that a byte too far is seen */
                assert(exact);
                memcpy(exact, data + 2, n);
                memcpy(exact, head.data, head.len < n ? head.len : n);
                from.address.bytes[15] = n ? exact[n - 1] % 8 : 0;
                assert(export_datagram_parse(state, &from, test_received,
                           (struct text){ (const char *)exact, n }, sink, &counts) == 0);
                test_within_limits(state);
                free(exact);
                data += 2 + n;
                size -= 2 + n;
        }
        assert(counts.datagrams + counts.foreign == fed);
        assert(counts.flows == seen.flows && counts.translations == seen.translations);
        assert(counts.names == seen.names);
        assert(counts.repaired + counts.without_time <= counts.flows + counts.other + counts.names);
        export_state_free(state);
}

#endif
