/* traffic/query/flow_top.c: see flow_top.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/flow_top.h"

#include "base/key_table.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUMS_FIRST = 64, NET_BITS_V4 = 96 + 24, NET_BITS_V6 = 64 };

struct sum {
        size_t key;
        uint64_t flows, packets, bytes, rank;
        time_ms first_at, last_at;
};

struct flow_top {
        struct flow_top_options options;
        struct key_table *keys;
        struct sum *sums;
        size_t room;
        uint64_t left_out;
};

static const char *const by_names[FLOW_TOP_BYS] = { "host", "remote", "port", "proto", "net",
        "name" };

int flow_top_by_parse(enum flow_top_by *out, const char *word)
{
        for (int by = 0; by < FLOW_TOP_BYS; by++)
                if (strcmp(word, by_names[by]) == 0) {
                        *out = (enum flow_top_by)by;
                        return 0;
                }
        return ERR_FORMAT;
}

const char *flow_top_by_name(enum flow_top_by by)
{
        return by_names[by];
}

bool flow_top_is_own(
    const struct ip_prefix *own, size_t own_count, const struct ip_address *address)
{
        if (own_count == 0)
                return ip_address_scope(address) == IP_SCOPE_PRIVATE;
        for (size_t i = 0; i < own_count; i++)
                if (ip_prefix_contains(&own[i], address))
                        return true;
        return false;
}

int flow_top_new(struct flow_top **out, const struct flow_top_options *options)
{
        AUTO(flow_top_free_at) struct flow_top *t = mem_zero(1, sizeof(*t));
        int err;

        if (!t)
                return ERR_MEMORY;
        t->options = *options;
        err = key_table_new(&t->keys, options->max_keys ? options->max_keys : FLOW_TOP_KEYS_MAX);
        if (!err)
                *out = MOVE(t);
        return err;
}

struct flow_top *flow_top_free(struct flow_top *t)
{
        if (t) {
                t->keys = key_table_free(t->keys);
                mem_free(t->sums);
                mem_free(t);
        }
        return NULL;
}

void flow_top_free_at(struct flow_top **t)
{
        *t = flow_top_free(*t);
}

static int add(struct flow_top *t, struct text key, const struct sum *fact)
{
        size_t number, before = key_table_count(t->keys);
        struct sum *sum;
        int err;

        if (before == t->room) {
                size_t room = t->room ? t->room * 2 : SUMS_FIRST;
                struct sum *grown = mem_grow(t->sums, room, sizeof(*grown));
                if (!grown)
                        return ERR_MEMORY;
                t->sums = grown;
                t->room = room;
        }
        err = key_table_add(&number, t->keys, key);
        if (err == ERR_LIMIT) {
                t->left_out++;
                return 0;
        }
        if (err)
                return err;
        sum = &t->sums[number];
        if (number == before)
                *sum = (struct sum){
                        .key = number, .first_at = fact->first_at, .last_at = fact->last_at
                };
        sum->flows += fact->flows;
        sum->packets += fact->packets;
        sum->bytes += fact->bytes;
        sum->first_at = fact->first_at < sum->first_at ? fact->first_at : sum->first_at;
        sum->last_at = fact->last_at > sum->last_at ? fact->last_at : sum->last_at;
        return 0;
}

static int add_end(struct flow_top *t, const struct ip_address *end, const struct sum *fact)
{
        bool is_own = flow_top_is_own(t->options.own, t->options.own_count, end);
        struct ip_prefix net = { .base = *end, .bits = 128 };

        if (is_own == (t->options.by == FLOW_TOP_REMOTE))
                return 0;
        if (t->options.by == FLOW_TOP_NET) {
                net.bits = ip_address_is_v4(end) ? NET_BITS_V4 : NET_BITS_V6;
                memset(&net.base.bytes[net.bits / 8], 0, sizeof(net.base.bytes) - net.bits / 8);
        }
        return add(t, (struct text){ (const char *)net.base.bytes, sizeof(net.base.bytes) }, fact);
}

int flow_top_add_flow(struct flow_top *t, const struct flow *flow)
{
        struct sum fact = { .flows = 1,
                .packets = flow->packets_out + flow->packets_in,
                .bytes = flow->bytes_out + flow->bytes_in,
                .first_at = flow->begin,
                .last_at = flow->end };
        char key[3] = { (char)flow->protocol, (char)(flow->destination_port >> 8),
                (char)flow->destination_port };
        int err;

        switch (t->options.by) {
        case FLOW_TOP_PROTOCOL:
                return add(t, (struct text){ key, 1 }, &fact);
        case FLOW_TOP_PORT:
                return add(t, (struct text){ key, sizeof(key) }, &fact);
        case FLOW_TOP_NAME:
                return 0;
        default:
                err = add_end(t, &flow->source, &fact);
                if (err || ip_address_compare(&flow->source, &flow->destination) == 0)
                        return err;
                return add_end(t, &flow->destination, &fact);
        }
}

int flow_top_add_name(struct flow_top *t, const struct name_sighting *sighting)
{
        struct sum fact = { .flows = 1, .first_at = sighting->at, .last_at = sighting->at };

        if (t->options.by == FLOW_TOP_NAME)
                return add(t, sighting->name, &fact);
        if (t->options.by != FLOW_TOP_HOST && t->options.by != FLOW_TOP_NET)
                return 0;
        return add_end(t, &sighting->host, &fact);
}

static int greatest_first(const void *x, const void *y)
{
        const struct sum *a = x, *b = y;

        if (a->rank != b->rank)
                return a->rank > b->rank ? -1 : 1;
        return a->key < b->key ? -1 : a->key > b->key;
}

size_t flow_top_sort(struct flow_top *t)
{
        size_t count = key_table_count(t->keys);

        for (size_t i = 0; i < count; i++) {
                struct sum *s = &t->sums[i];
                s->rank = t->options.order == FLOW_TOP_BYTES     ? s->bytes
                          : t->options.order == FLOW_TOP_PACKETS ? s->packets
                                                                 : s->flows;
                if (s->rank == 0) /* names have neither bytes nor packets */
                        s->rank = t->options.by == FLOW_TOP_NAME ? s->flows : 0;
        }
        if (count)
                qsort(t->sums, count, sizeof(t->sums[0]), greatest_first);
        return count;
}

static void write_key(char out[FLOW_TOP_KEY_TEXT_MAX], enum flow_top_by by, struct text key)
{
        const uint8_t *bytes = (const uint8_t *)key.data;
        const char *protocol;
        char prefix[IP_PREFIX_TEXT_MAX];
        struct ip_prefix p = { .bits = 128 };

        if (by == FLOW_TOP_NAME || !bytes) {
                (void)snprintf(out, FLOW_TOP_KEY_TEXT_MAX, "%.*s", TEXT_ARGS(key));
                return;
        }
        protocol = packet_protocol_name(bytes[0]);
        if (by == FLOW_TOP_PROTOCOL) {
                if (strcmp(protocol, "ip") == 0)
                        (void)snprintf(out, FLOW_TOP_KEY_TEXT_MAX, "%u", bytes[0]);
                else
                        (void)snprintf(out, FLOW_TOP_KEY_TEXT_MAX, "%s", protocol);
        } else if (by == FLOW_TOP_PORT) {
                (void)snprintf(out, FLOW_TOP_KEY_TEXT_MAX, "%s/%u", protocol,
                    (unsigned)bytes[1] << 8 | bytes[2]);
        } else {
                memcpy(p.base.bytes, bytes, sizeof(p.base.bytes));
                if (by == FLOW_TOP_NET)
                        p.bits = ip_address_is_v4(&p.base) ? NET_BITS_V4 : NET_BITS_V6;
                (void)snprintf(out, FLOW_TOP_KEY_TEXT_MAX, "%s",
                    by == FLOW_TOP_NET ? ip_prefix_write(prefix, &p)
                                       : ip_address_write(prefix, &p.base));
        }
}

void flow_top_at(struct flow_top_row *out, const struct flow_top *t, size_t n)
{
        const struct sum *s = &t->sums[n];

        *out = (struct flow_top_row){ .flows = s->flows,
                .packets = s->packets,
                .bytes = s->bytes,
                .first_at = s->first_at,
                .last_at = s->last_at };
        write_key(out->key, t->options.by, key_table_at(t->keys, s->key));
}

uint64_t flow_top_left_out(const struct flow_top *t)
{
        return t->left_out;
}
