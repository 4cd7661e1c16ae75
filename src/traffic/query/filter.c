/* traffic/query/filter.c: see filter.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter.h"
#include "base/mem.h"
#include "traffic/query/filter_tree.h"

#include <string.h>

const char *const filter_amount_words[FILTER_AMOUNTS] = { "bytes", "packets", "duration", "pps",
        "bps" };

uint64_t filter_range_max(enum filter_kind kind)
{
        return kind == FILTER_PORT ? UINT16_MAX : UINT64_MAX;
}

struct filter *filter_free(struct filter *f)
{
        if (f) {
                for (size_t i = 0; i < f->count; i++)
                        mem_free(f->nodes[i].name);
                mem_free(f->nodes);
                mem_free(f);
        }
        return NULL;
}

void filter_free_at(struct filter **f)
{
        *f = filter_free(*f);
}

bool filter_asks_names(const struct filter *f)
{
        return f->asks_names;
}

static bool side_has(enum filter_side side, bool source, bool destination)
{
        switch (side) {
        case FILTER_SOURCE:
                return source;
        case FILTER_DESTINATION:
                return destination;
        case FILTER_BOTH:
                return source && destination;
        default:
                return source || destination;
        }
}

static bool is_between(const struct filter_node *n, uint64_t value)
{
        return value >= n->low && value <= n->high;
}

/* A flow shorter than a millisecond has no rate. */
static uint64_t per_second(unsigned __int128 amount, time_ms begin, time_ms end)
{
        if (end <= begin)
                return 0;
        return (uint64_t)(amount * SECOND_MS / (uint64_t)(end - begin));
}

static uint64_t amount_of(enum filter_amount amount, const struct flow *flow)
{
        uint64_t packets = flow->packets_out + flow->packets_in;
        uint64_t bytes = flow->bytes_out + flow->bytes_in;

        switch (amount) {
        case FILTER_BYTES:
                return bytes;
        case FILTER_PACKETS:
                return packets;
        case FILTER_DURATION:
                return flow->end > flow->begin ? (uint64_t)(flow->end - flow->begin) : 0;
        case FILTER_PPS:
                return per_second(packets, flow->begin, flow->end);
        default:
                return per_second((unsigned __int128)bytes * 8, flow->begin, flow->end);
        }
}

static bool leaf_has_flow(const struct filter_node *n, const struct flow *flow)
{
        switch (n->kind) {
        case FILTER_ALL:
                return true;
        case FILTER_ADDRESS:
                return side_has(n->side, ip_prefix_contains(&n->prefix, &flow->source),
                    ip_prefix_contains(&n->prefix, &flow->destination));
        case FILTER_PORT: /* ICMP keeps its type where others keep a port */
                return flow->protocol != PACKET_ICMP && flow->protocol != PACKET_ICMP6 &&
                       side_has(n->side, is_between(n, flow->source_port),
                           is_between(n, flow->destination_port));
        case FILTER_PROTOCOL:
                return flow->protocol == n->low;
        case FILTER_VERSION:
                return ip_address_is_v4(&flow->source) == (n->low == 4);
        case FILTER_FLAGS:
                return ((flow->flags_out | flow->flags_in) & n->low) == n->low;
        case FILTER_AMOUNT:
                return is_between(n, amount_of(n->amount, flow));
        default:
                return false;
        }
}

static bool name_fits(const struct filter_node *n, struct text name)
{
        size_t len;

        if (n->rule == FILTER_NAME_ANY || text_is(name, n->name))
                return true;
        len = strlen(n->name);
        return n->rule == FILTER_NAME_SUFFIX && name.len > len && text_ends(name, n->name) &&
               name.data[name.len - len - 1] == '.';
}

static bool leaf_has_name(const struct filter_node *n, const struct name_sighting *s)
{
        switch (n->kind) {
        case FILTER_ALL:
                return true;
        case FILTER_ADDRESS:
                return side_has(n->side, ip_prefix_contains(&n->prefix, &s->host),
                    ip_prefix_contains(&n->prefix, &s->peer) ||
                        (s->has_answer && ip_prefix_contains(&n->prefix, &s->answer)));
        case FILTER_VERSION:
                return ip_address_is_v4(&s->host) == (n->low == 4);
        case FILTER_NAME:
                return name_fits(n, s->name);
        default:
                return false;
        }
}

/* One of flow and sighting is NULL. */
static bool node_has(const struct filter *f, size_t at, const struct flow *flow,
    const struct name_sighting *sighting)
{
        const struct filter_node *n = &f->nodes[at];

        switch (n->kind) {
        case FILTER_AND:
                return node_has(f, n->left, flow, sighting) &&
                       node_has(f, n->right, flow, sighting);
        case FILTER_OR:
                return node_has(f, n->left, flow, sighting) ||
                       node_has(f, n->right, flow, sighting);
        case FILTER_NOT:
                return !node_has(f, n->left, flow, sighting);
        default:
                return flow ? leaf_has_flow(n, flow) : leaf_has_name(n, sighting);
        }
}

bool filter_has_flow(const struct filter *f, const struct flow *flow)
{
        return !f->asks_names && node_has(f, f->count - 1, flow, NULL);
}

bool filter_has_name(const struct filter *f, const struct name_sighting *sighting)
{
        return node_has(f, f->count - 1, NULL, sighting);
}

/* Only `and`, `or` and plain comparisons narrow; below a `not` everything may match. The nodes
 * whose prefixes must hold are collected instead of the prefixes, so that nothing is copied. */
struct reach_nodes {
        uint16_t nodes[FILTER_REACH_MAX];
        size_t count; /* 0 = not narrowed */
};

static void reach_of(
    struct reach_nodes *out, const struct filter *f, size_t at, enum filter_kind kind);

static void reach_of_two(
    struct reach_nodes *out, const struct filter *f, size_t at, enum filter_kind kind)
{
        const struct filter_node *n = &f->nodes[at];
        struct reach_nodes right = { .count = 0 };

        reach_of(out, f, n->left, kind);
        if (n->kind == FILTER_OR && out->count == 0)
                return;
        reach_of(&right, f, n->right, kind);
        if (n->kind == FILTER_AND) {
                if (right.count && (out->count == 0 || right.count < out->count))
                        *out = right;
                return;
        }
        if (right.count == 0 || out->count + right.count > FILTER_REACH_MAX) {
                out->count = 0;
                return;
        }
        memcpy(&out->nodes[out->count], right.nodes, right.count * sizeof(right.nodes[0]));
        out->count += right.count;
}

static void reach_of(
    struct reach_nodes *out, const struct filter *f, size_t at, enum filter_kind kind)
{
        const struct filter_node *n = &f->nodes[at];

        out->count = 0;
        if (n->kind == FILTER_AND || n->kind == FILTER_OR)
                reach_of_two(out, f, at, kind);
        else if (n->kind == kind && (kind == FILTER_ADDRESS || n->rule != FILTER_NAME_ANY))
                out->nodes[out->count++] = (uint16_t)at;
}

void filter_reach(struct filter_reach *out, const struct filter *f)
{
        struct reach_nodes found;

        *out = (struct filter_reach){ .address_count = 0 };
        reach_of(&found, f, f->count - 1, FILTER_ADDRESS);
        for (size_t i = 0; i < found.count; i++)
                out->addresses[out->address_count++] = f->nodes[found.nodes[i]].prefix;
        reach_of(&found, f, f->count - 1, FILTER_NAME);
        if (found.count == 1) /* an archive is asked for one name; of several all are read */
                out->name = text_of(f->nodes[found.nodes[0]].name);
}
