/* traffic/decode/export_join.c: see export_join.h. A hash table with chains over a fixed array, and
 * a queue in the order of arrival over the same array. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_join.h"

#include "base/mem.h"

#include <string.h>

enum { FLOWS_USUAL = 65536, WINDOW_USUAL_MS = 15 * SECOND_MS };

/* Of flows with one hash; whoever can make more collide gains nothing but flows that stay single.
 */
enum { CHAIN_MAX = 32 };

static const uint32_t NONE = UINT32_MAX;

struct waiting {
        struct flow flow;
        time_ms since;
        uint32_t chain;          /* next of the same hash; of the free ones: next free */
        uint32_t older, younger; /* in the queue */
};

/* Invariant: each slot is either in one chain and the queue, or in the list of free ones. */
struct export_join {
        struct export_join_options options;
        struct export_join_counts counts;
        struct traffic_sink to;
        time_ms now;
        struct waiting *slots;
        uint32_t *heads; /* of the chains; as many as slots */
        uint32_t free, oldest, youngest;
};

int export_join_new(
    struct export_join **out, const struct export_join_options *options, struct traffic_sink to)
{
        AUTO(export_join_free_at) struct export_join *j = mem_zero(1, sizeof(*j));
        size_t n = options->flows_max ? options->flows_max : FLOWS_USUAL;

        if (!j)
                return ERR_MEMORY;
        if (n >= NONE)
                return ERR_LIMIT;
        j->options = *options;
        j->options.flows_max = n;
        if (!j->options.window_ms)
                j->options.window_ms = WINDOW_USUAL_MS;
        j->to = to;
        j->slots = mem_zero(n, sizeof(*j->slots));
        j->heads = mem_zero(n, sizeof(*j->heads));
        if (!j->slots || !j->heads)
                return ERR_MEMORY;
        for (size_t i = 0; i < n; i++) {
                j->heads[i] = NONE;
                j->slots[i].chain = i + 1 < n ? (uint32_t)(i + 1) : NONE;
        }
        j->oldest = j->youngest = NONE;
        *out = MOVE(j);
        return 0;
}

struct export_join *export_join_free(struct export_join *j)
{
        if (!j)
                return NULL;
        mem_free(j->slots);
        mem_free(j->heads);
        mem_free(j);
        return NULL;
}

void export_join_free_at(struct export_join **j)
{
        *j = export_join_free(*j);
}

void export_join_count(struct export_join_counts *out, const struct export_join *j)
{
        *out = j->counts;
}

static uint64_t mix(uint64_t h, const void *bytes)
{
        uint64_t word;

        memcpy(&word, bytes, sizeof(word));
        h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        return h ^ h >> 29;
}

/* The same for both directions. */
static uint32_t chain_of(const struct export_join *j, const struct flow *f)
{
        uint64_t a = mix(mix(f->source_port, f->source.bytes), f->source.bytes + 8);
        uint64_t b = mix(mix(f->destination_port, f->destination.bytes), f->destination.bytes + 8);

        return (uint32_t)((a + b + f->protocol) % j->options.flows_max);
}

static bool is_same(const struct flow *a, const struct flow *b)
{
        return a->protocol == b->protocol && a->source_port == b->source_port &&
               a->destination_port == b->destination_port &&
               ip_address_compare(&a->source, &b->source) == 0 &&
               ip_address_compare(&a->destination, &b->destination) == 0;
}

static bool is_opposite(const struct flow *a, const struct flow *b, time_ms window)
{
        return a->protocol == b->protocol && a->source_port == b->destination_port &&
               a->destination_port == b->source_port &&
               ip_address_compare(&a->source, &b->destination) == 0 &&
               ip_address_compare(&a->destination, &b->source) == 0 &&
               a->begin - b->end <= window && b->begin - a->end <= window;
}

static void take_off(struct export_join *j, uint32_t i)
{
        struct waiting *w = &j->slots[i];
        uint32_t *link = &j->heads[chain_of(j, &w->flow)];

        while (*link != i)
                link = &j->slots[*link].chain;
        *link = w->chain;
        *(w->older == NONE ? &j->oldest : &j->slots[w->older].younger) = w->younger;
        *(w->younger == NONE ? &j->youngest : &j->slots[w->younger].older) = w->older;
        w->chain = j->free;
        j->free = i;
        j->counts.waiting--;
}

static int give_alone(struct export_join *j, uint32_t i)
{
        struct flow f = j->slots[i].flow;

        take_off(j, i);
        j->counts.alone++;
        return traffic_sink_flow(&j->to, &f);
}

static void put_on(struct export_join *j, const struct flow *f)
{
        uint32_t i = j->free, *head = &j->heads[chain_of(j, f)];
        struct waiting *w = &j->slots[i];

        j->free = w->chain;
        *w = (struct waiting){ *f, j->now, *head, j->youngest, NONE };
        *head = i;
        *(j->youngest == NONE ? &j->oldest : &j->slots[j->youngest].younger) = i;
        j->youngest = i;
        j->counts.waiting++;
}

/* Whoever began first asked; of two that began together, the one that speaks to the lower port. */
static bool began(const struct flow *a, const struct flow *b)
{
        return a->begin != b->begin ? a->begin < b->begin
                                    : a->destination_port < b->destination_port;
}

static int give_pair(struct export_join *j, const struct flow *a, const struct flow *b)
{
        const struct flow *first = began(a, b) ? a : b, *back = first == a ? b : a;
        struct flow f = *first;

        f.end = back->end > f.end ? back->end : f.end;
        f.packets_in = back->packets_out;
        f.bytes_in = back->bytes_out;
        f.flags_in = back->flags_out;
        j->counts.joined++;
        return traffic_sink_flow(&j->to, &f);
}

/* The one that waits with the same ends, in either direction; NONE. *length: of the chain. */
static uint32_t find(const struct export_join *j, const struct flow *f, size_t *length)
{
        uint32_t i = j->heads[chain_of(j, f)];

        for (*length = 0; i != NONE; i = j->slots[i].chain, ++*length)
                if (is_same(&j->slots[i].flow, f) ||
                    is_opposite(&j->slots[i].flow, f, j->options.window_ms))
                        break;
        return i;
}

/* The next part of a long conversation in the same direction sends the part before on its way. */
static int take_flow(void *state, const struct flow *f)
{
        struct export_join *j = state;
        size_t length;
        uint32_t i;
        int err = 0;

        if (f->packets_in || f->bytes_in || f->protocol == PACKET_ICMP ||
            f->protocol == PACKET_ICMP6)
                return traffic_sink_flow(&j->to, f);
        i = find(j, f, &length);
        if (i != NONE && !is_same(&j->slots[i].flow, f)) {
                struct flow other = j->slots[i].flow;
                take_off(j, i);
                return give_pair(j, &other, f);
        }
        if (i == NONE && length >= CHAIN_MAX) {
                j->counts.evicted++;
                j->counts.alone++;
                return traffic_sink_flow(&j->to, f);
        }
        if (i == NONE && j->free == NONE) {
                i = j->oldest;
                j->counts.evicted++;
        }
        if (i != NONE)
                err = give_alone(j, i);
        put_on(j, f);
        return err;
}

static int pass_name(void *state, const struct name_sighting *sighting)
{
        return traffic_sink_name(&((struct export_join *)state)->to, sighting);
}

static int pass_translation(void *state, const struct translation *translation)
{
        return traffic_sink_translation(&((struct export_join *)state)->to, translation);
}

static int pass_lease(void *state, const struct lease *lease)
{
        return traffic_sink_lease(&((struct export_join *)state)->to, lease);
}

struct traffic_sink export_join_sink(struct export_join *j)
{
        return (struct traffic_sink){ take_flow, pass_name, pass_translation, pass_lease, j };
}

int export_join_age(struct export_join *j, time_ms now)
{
        int err = 0;

        j->now = now;
        while (!err && j->oldest != NONE && now - j->slots[j->oldest].since > j->options.window_ms)
                err = give_alone(j, j->oldest);
        return err;
}

int export_join_finish(struct export_join *j)
{
        int err = 0;

        while (!err && j->oldest != NONE)
                err = give_alone(j, j->oldest);
        return err;
}
