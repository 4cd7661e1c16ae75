/* traffic/flow/flow_table.c: see flow_table.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/flow/flow_table.h"

#include "base/mem.h"
#include "traffic/flow/flow_budget.h"
#include "traffic/flow/flow_index.h"
#include "traffic/flow/flow_wheel.h"
#include "traffic/flow/fragment_memory.h"
#include "traffic/flow/name_report.h"

enum tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

enum flow_state {
        FLOW_FIN_LOW = 1, /* by direction: FIN_LOW << direction */
        FLOW_FIN_HIGH = 2,
        FLOW_CLOSED = 4,  /* both FIN, or a reset; DNS: answered */
        FLOW_BY_HIGH = 8, /* the higher end began it */
        FLOW_BY_SYN = 16, /* that is certain */
        FLOW_HURRIED = 32 /* begun when the table was nearly full */
};

enum { FLOWS_DEFAULT = 1 << 18, LOW_PORTS = 1024, DNS_PORT = 53, TRIES_MAX = 8, WAITING_MAX = 16 };

/* The two ends in an order of their own, so that both directions have one key. Compared as bytes up
 * to `state`. */
struct flow_key {
        uint64_t low[2], high[2]; /* addresses as they lie in memory */
        uint16_t low_port, high_port;
        uint8_t protocol;
};

/* What the table needs of a packet. */
struct arrival {
        struct flow_key key;
        uint32_t hash, bytes;
        time_ms at;
        uint8_t direction;        /* 0 from the low end, 1 from the high one */
        uint8_t flags;            /* of TCP */
        bool by_receiver, by_syn; /* who began, if it is the first */
};

/* Two cache lines. Index 0 of the counts: from the low end to the high one. */
struct entry {
        struct flow_key key;
        uint32_t hash; /* of a free entry: the number of the next free one */
        uint8_t state, flags[2];
        time_ms begin, last; /* of this part */
        uint64_t packets[2], bytes[2];
};

/* Invariant: an entry is free, or it is in the index and in the wheel. */
struct flow_table {
        struct flow_table_options options;
        struct traffic_sink sink;
        struct flow_seed seed;
        struct entry *entries;
        struct flow_index index;
        struct flow_wheel wheel;
        uint32_t first_free; /* FLOW_INDEX_NONE = none; then `untouched` */
        uint32_t untouched;  /* entries from here on were never used */
        time_ms now;         /* -1 = no packet yet */
        struct flow_table_counts counts;
        struct arrival waiting[WAITING_MAX]; /* a ring: memory is fetched meanwhile */
        uint32_t waiting_first, waiting_count;
        struct flow_budget budget;
        struct fragment_memory fragments;
        struct name_report names;
};

static void set_or(time_ms *value, time_ms usual)
{
        if (*value <= 0)
                *value = usual;
}

int flow_table_new(
    struct flow_table **out, const struct flow_table_options *options, struct traffic_sink sink)
{
        AUTO(flow_table_free_at) struct flow_table *t = mem_zero(1, sizeof(*t));
        struct flow_table_options *o;
        int err;

        if (!t)
                return ERR_MEMORY;
        t->options = *options;
        o = &t->options;
        if (o->max_flows > FLOW_TABLE_FLOWS_MAX)
                return ERR_LIMIT;
        o->max_flows = o->max_flows ? o->max_flows : FLOWS_DEFAULT;
        set_or(&o->active_ms, 5 * (time_ms)MINUTE_MS);
        set_or(&o->idle_ms, MINUTE_MS);
        set_or(&o->closed_ms, 5 * (time_ms)SECOND_MS);
        t->sink = sink;
        t->seed = flow_seed_of(o->seed);
        t->budget.per_second = o->max_begun_per_second;
        t->names.max_per_second = o->max_names_per_second;
        t->first_free = (uint32_t)FLOW_INDEX_NONE;
        t->now = -1;
        t->entries = mem_zero(o->max_flows, sizeof(*t->entries));
        err = t->entries ? flow_index_init(&t->index, o->max_flows) : ERR_MEMORY;
        if (!err)
                err = flow_wheel_init(&t->wheel, o->max_flows);
        if (err)
                return err;
        *out = MOVE(t);
        return 0;
}

struct flow_table *flow_table_free(struct flow_table *t)
{
        if (t) {
                flow_wheel_done(&t->wheel);
                flow_index_done(&t->index);
                mem_free(t->entries);
                mem_free(t);
        }
        return NULL;
}

void flow_table_free_at(struct flow_table **t)
{
        *t = flow_table_free(*t);
}

static bool is_icmp(uint8_t protocol)
{
        return protocol == PACKET_ICMP || protocol == PACKET_ICMP6;
}

/* What the answer of an ICMP question answers (RFC 792, 4443 4.2), or the type itself. */
static uint8_t icmp_question(const struct packet *p)
{
        if (p->protocol == PACKET_ICMP6)
                return p->icmp_type == 129 ? 128 : p->icmp_type;
        return p->icmp_type == 0 ? 8
               : p->icmp_type >= 14 && p->icmp_type <= 18 && p->icmp_type % 2 == 0
                   ? (uint8_t)(p->icmp_type - 1)
                   : p->icmp_type;
}

/* Returns the packet's direction. The ports of ICMP are equal: type and code. */
static bool make_key(struct flow_key *out, const struct packet *p)
{
        uint64_t from[2], to[2];
        bool turned;

        flow_hash_words(from, &p->source);
        flow_hash_words(to, &p->destination);
        turned = from[0] != to[0]   ? from[0] > to[0]
                 : from[1] != to[1] ? from[1] > to[1]
                                    : p->source_port > p->destination_port;
        memcpy(out->low, turned ? to : from, sizeof(out->low));
        memcpy(out->high, turned ? from : to, sizeof(out->high));
        out->low_port = turned ? p->destination_port : p->source_port;
        out->high_port = turned ? p->source_port : p->destination_port;
        out->protocol = p->protocol;
        return turned;
}

static bool is_same(const struct flow_key *a, const struct flow_key *b)
{
        return a->low[1] == b->low[1] && a->high[1] == b->high[1] && a->low[0] == b->low[0] &&
               a->high[0] == b->high[0] && a->low_port == b->low_port &&
               a->high_port == b->high_port && a->protocol == b->protocol;
}

static uint32_t hash_of(const struct flow_table *t, const struct flow_key *k)
{
        uint64_t ports = (uint64_t)k->protocol << 32 | (uint32_t)k->low_port << 16 | k->high_port;

        return (uint32_t)flow_hash_ends(&t->seed, k->low, k->high, ports);
}

static uint32_t find(const struct flow_table *t, const struct flow_key *key, uint32_t hash)
{
        uint32_t at = hash, item;

        do
                item = flow_index_next(&t->index, hash, &at);
        while (item != (uint32_t)FLOW_INDEX_NONE && !is_same(&t->entries[item].key, key));
        return item;
}

static void make_flow(struct flow *out, const struct entry *e)
{
        unsigned first = (e->state & FLOW_BY_HIGH) ? 1 : 0, back = !first;
        const struct flow_key *k = &e->key;

        memcpy(out->source.bytes, first ? k->high : k->low, sizeof(out->source.bytes));
        memcpy(out->destination.bytes, first ? k->low : k->high, sizeof(out->source.bytes));
        out->begin = e->begin;
        out->end = e->last;
        out->source_port = first ? k->high_port : k->low_port;
        out->destination_port = first ? k->low_port : k->high_port;
        if (is_icmp(k->protocol))
                out->source_port = 0;
        out->protocol = k->protocol;
        out->flags_out = e->flags[first];
        out->flags_in = e->flags[back];
        out->packets_out = e->packets[first];
        out->bytes_out = e->bytes[first];
        out->packets_in = e->packets[back];
        out->bytes_in = e->bytes[back];
        out->sampling = 1;
}

/* Hands the part out, if it has packets, and empties it. */
static int emit(struct flow_table *t, struct entry *e)
{
        struct flow flow;
        int err;

        if (e->packets[0] + e->packets[1] == 0)
                return 0;
        make_flow(&flow, e);
        err = traffic_sink_flow(&t->sink, &flow);
        if (err)
                return err;
        memset(e->packets, 0, sizeof(e->packets));
        memset(e->bytes, 0, sizeof(e->bytes));
        memset(e->flags, 0, sizeof(e->flags));
        return 0;
}

static int end_flow(struct flow_table *t, uint32_t item)
{
        struct entry *e = &t->entries[item];
        int err = emit(t, e);

        if (err)
                return err;
        flow_index_remove(&t->index, e->hash, item);
        flow_wheel_remove(&t->wheel, item);
        e->hash = t->first_free;
        t->first_free = item;
        t->counts.flows--;
        t->counts.ended++;
        return 0;
}

static time_ms idle_of(const struct flow_table *t, const struct entry *e)
{
        time_ms idle = t->options.idle_ms, hurry = idle;

        if (e->state & FLOW_CLOSED)
                hurry = t->options.closed_ms;
        else if ((e->state & FLOW_HURRIED) && e->packets[0] + e->packets[1] == 1)
                hurry = FLOW_TABLE_HURRY_MS;
        return hurry < idle ? hurry : idle;
}

/* The first full second at which the flow, or this part of it, is over. */
static int64_t due_second(const struct flow_table *t, const struct entry *e)
{
        time_ms due = e->last + idle_of(t, e), part = e->begin + t->options.active_ms;

        return (due < part ? due : part) / SECOND_MS + 1;
}

static int end_due(struct flow_table *t)
{
        int64_t second = t->now / SECOND_MS;
        uint32_t item;

        while (flow_wheel_due(&item, &t->wheel, second)) {
                struct entry *e = &t->entries[item];
                int err = 0;
                if (t->now - e->last >= idle_of(t, e)) {
                        err = end_flow(t, item);
                        if (err)
                                return err;
                        continue;
                }
                if (t->now - e->begin >= t->options.active_ms) {
                        err = emit(t, e);
                        if (err)
                                return err;
                        t->counts.parts++;
                        e->begin = t->now;
                }
                flow_wheel_move(&t->wheel, item, due_second(t, e));
        }
        return 0;
}

/* Ends the flow that would end soonest. The wheel is late by design (flows that were used stand
 * where they stood), so a few are looked at again first; then whichever is next goes. */
static int end_soonest(struct flow_table *t)
{
        uint32_t item = 0;
        int64_t second = 0;
        int err;

        for (int tries = 0; flow_wheel_soonest(&item, &second, &t->wheel) && tries < TRIES_MAX;
             tries++) {
                int64_t due = due_second(t, &t->entries[item]);
                if (due <= second)
                        break;
                flow_wheel_move(&t->wheel, item, due);
        }
        err = end_flow(t, item);
        if (!err)
                t->counts.ended_early++;
        return err;
}

static int end_all(struct flow_table *t)
{
        uint32_t item;
        int64_t second;

        while (flow_wheel_soonest(&item, &second, &t->wheel)) {
                int err = end_flow(t, item);
                if (err)
                        return err;
        }
        return 0;
}

/* So that no sum with a time out of a capture can overflow: the year 9999. */
static time_ms within_calendar(time_ms at)
{
        const time_ms last = INT64_C(253402300799999);

        return at < 0 ? 0 : at > last ? last : at;
}

static int move_clock(struct flow_table *t, time_ms now)
{
        if (t->now >= 0 && now < t->now - FLOW_TABLE_BACK_MS) {
                int err = end_all(t);
                if (err)
                        return err;
                t->counts.jumps_back++;
                t->now = -1;
        }
        if (t->now < 0) {
                t->now = now;
                flow_wheel_set(&t->wheel, now / SECOND_MS);
                return 0;
        }
        if (now < t->now) {
                t->counts.late_packets++;
                return 0;
        }
        if (now - t->now > FLOW_TABLE_FORWARD_MS)
                t->counts.jumps_forward++;
        t->now = now;
        return now / SECOND_MS > t->wheel.second ? end_due(t) : 0;
}

/* Multicast, or the broadcast of IPv4: nobody answers from there. */
static bool is_to_many(const struct ip_address *a)
{
        if (ip_address_is_v4(a))
                return ip_address_v4(a) >> 28 == 14 || ip_address_v4(a) == UINT32_MAX;
        return a->bytes[0] == 0xFF;
}

/* Of a service. From port 0 comes what wants no answer (RFC 768). */
static bool is_low(uint16_t port)
{
        return port && port < LOW_PORTS;
}

/* Whether the receiver of the first packet began (see the header). */
static bool is_begun_by_receiver(const struct packet *p, bool *certain)
{
        bool low_source = is_low(p->source_port), low_end = is_low(p->destination_port);

        *certain = false;
        if (is_icmp(p->protocol))
                return icmp_question(p) != p->icmp_type;
        if (p->protocol == PACKET_TCP && (p->tcp_flags & TCP_SYN)) {
                *certain = true;
                return p->tcp_flags & TCP_ACK;
        }
        if (!p->has_ports)
                return false;
        if (low_source != low_end)
                return low_source && !is_to_many(&p->destination);
        return p->protocol == PACKET_TCP && p->source_port < p->destination_port;
}

static uint32_t take_entry(struct flow_table *t)
{
        uint32_t item = t->first_free;

        if (item == (uint32_t)FLOW_INDEX_NONE)
                return t->untouched++;
        t->first_free = t->entries[item].hash;
        return item;
}

/* *out becomes FLOW_INDEX_NONE when the flow is refused. */
static int begin_flow(uint32_t *out, struct flow_table *t, const struct arrival *a)
{
        struct flow_table_counts *n = &t->counts;
        struct entry *e;

        *out = (uint32_t)FLOW_INDEX_NONE;
        if (!flow_budget_take(&t->budget, &t->seed, a->at, a->direction ? a->key.high : a->key.low,
                a->direction ? a->key.low : a->key.high))
                return 0;
        if (n->flows == t->options.max_flows) {
                int err = end_soonest(t);
                if (err)
                        return err;
        }
        *out = take_entry(t);
        e = &t->entries[*out];
        *e = (struct entry){ .key = a->key, .hash = a->hash, .begin = a->at, .last = a->at };
        if (a->direction != a->by_receiver)
                e->state |= FLOW_BY_HIGH;
        if (a->by_syn)
                e->state |= FLOW_BY_SYN;
        n->begun++;
        if (++n->flows > n->flows_most)
                n->flows_most = n->flows;
        if (n->flows > t->options.max_flows / 4 * 3)
                e->state |= FLOW_HURRIED;
        e->packets[a->direction] = 1; /* of which due_second wants to know */
        flow_index_put(&t->index, a->hash, *out);
        flow_wheel_put(&t->wheel, *out, due_second(t, e));
        e->packets[a->direction] = 0;
        return 0;
}

/* A SYN tells who began, also when it comes late. */
static void learn_from_tcp(struct entry *e, uint8_t flags, unsigned direction)
{
        if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && !(e->state & FLOW_BY_SYN)) {
                e->state &= (uint8_t)~FLOW_BY_HIGH;
                e->state |= (uint8_t)(FLOW_BY_SYN | (direction ? FLOW_BY_HIGH : 0));
        }
        if (flags & TCP_FIN)
                e->state |= (uint8_t)(FLOW_FIN_LOW << direction);
        if ((flags & TCP_RST) ||
            (e->state & (FLOW_FIN_LOW | FLOW_FIN_HIGH)) == (FLOW_FIN_LOW | FLOW_FIN_HIGH))
                e->state |= FLOW_CLOSED;
}

static bool is_answered_dns(const struct entry *e)
{
        return e->key.protocol == PACKET_UDP && e->packets[0] && e->packets[1] &&
               (e->key.low_port == DNS_PORT || e->key.high_port == DNS_PORT);
}

static void count_packet(struct flow_table *t, uint32_t item, const struct arrival *a)
{
        struct entry *e = &t->entries[item];
        bool was_closed = e->state & FLOW_CLOSED, is_empty = !(e->packets[0] + e->packets[1]);

        if (is_empty || a->at < e->begin)
                e->begin = a->at;
        if (is_empty || a->at > e->last)
                e->last = a->at;
        e->packets[a->direction]++;
        e->bytes[a->direction] += a->bytes;
        if (a->key.protocol == PACKET_TCP) {
                e->flags[a->direction] |= a->flags;
                learn_from_tcp(e, a->flags, a->direction);
        } else if (is_answered_dns(e)) {
                e->state |= FLOW_CLOSED;
        }
        if (!was_closed && (e->state & FLOW_CLOSED))
                flow_wheel_move(&t->wheel, item, due_second(t, e));
        t->counts.packets++;
        t->counts.bytes += a->bytes;
}

/* The packet with the ports that its flow has: of ICMP the question's type and code, of a later
 * fragment those of the first. */
static void give_ports(struct flow_table *t, time_ms at, struct packet *p)
{
        if (p->is_fragment) {
                if (fragment_memory_complete(&t->fragments, &t->seed, at, p))
                        t->counts.fragments_joined++;
                else
                        t->counts.fragments_alone++;
                return;
        }
        if (is_icmp(p->protocol)) {
                p->source_port = (uint16_t)(icmp_question(p) << 8 | p->icmp_code);
                p->destination_port = p->source_port;
        }
        if (p->is_first_fragment)
                fragment_memory_keep(&t->fragments, &t->seed, at, p);
}

static void make_arrival(
    struct arrival *out, const struct flow_table *t, time_ms at, const struct packet *p)
{
        out->direction = make_key(&out->key, p);
        out->hash = hash_of(t, &out->key);
        out->bytes = p->ip_bytes;
        out->at = at;
        out->flags = p->tcp_flags;
        out->by_receiver = is_begun_by_receiver(p, &out->by_syn);
}

static int add_arrival(struct flow_table *t, const struct arrival *a)
{
        bool is_new_call = a->key.protocol == PACKET_TCP &&
                           (a->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
        int err = move_clock(t, a->at);
        uint32_t item = find(t, &a->key, a->hash);

        if (!err && item != (uint32_t)FLOW_INDEX_NONE && is_new_call &&
            (t->entries[item].state & FLOW_CLOSED)) {
                err = end_flow(t, item); /* the same ports again */
                item = (uint32_t)FLOW_INDEX_NONE;
        }
        if (!err && item == (uint32_t)FLOW_INDEX_NONE)
                err = begin_flow(&item, t, a);
        if (err)
                return err;
        if (item == (uint32_t)FLOW_INDEX_NONE) {
                t->counts.refused_packets++;
                t->counts.refused_bytes += a->bytes;
                return 0;
        }
        count_packet(t, item, a);
        return 0;
}

/* Leaves `left` of those that wait. */
static int add_waiting(struct flow_table *t, uint32_t left)
{
        while (t->waiting_count > left) {
                int err = add_arrival(t, &t->waiting[t->waiting_first]);
                if (err)
                        return err;
                t->waiting_first = (t->waiting_first + 1) % WAITING_MAX;
                t->waiting_count--;
        }
        return 0;
}

/* The slot of the index is fetched when a packet begins to wait, the entry when it has waited half
 * of its time: both are there when it is counted. */
static int wait_in_line(struct flow_table *t, time_ms at, const struct packet *p)
{
        int err = add_waiting(t, WAITING_MAX - 1);
        struct arrival *a = &t->waiting[(t->waiting_first + t->waiting_count) % WAITING_MAX];
        uint32_t slot, item;

        if (err)
                return err;
        make_arrival(a, t, at, p);
        flow_index_prefetch(&t->index, a->hash);
        t->waiting_count++;
        a = &t->waiting[(t->waiting_first + t->waiting_count / 2) % WAITING_MAX];
        slot = a->hash;
        item = flow_index_next(&t->index, a->hash, &slot);
        if (item != (uint32_t)FLOW_INDEX_NONE) {
                __builtin_prefetch(&t->entries[item], 1);
                __builtin_prefetch((const char *)&t->entries[item] + 64, 1);
        }
        return 0;
}

static int report_names(
    struct flow_table *t, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        t->counts.names_left_out += names->left_out;
        if (names->name_count == 0)
                return 0;
        return name_report_add(&t->names, &t->seed, at, packet, names, &t->sink);
}

static int take(
    void *state, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        struct flow_table *t = state;
        int err;

        at = within_calendar(at);
        err = names ? report_names(t, at, packet, names) : 0;
        if (err)
                return err;
        if (packet->is_fragment || packet->is_first_fragment || is_icmp(packet->protocol)) {
                struct packet with_ports = *packet;
                give_ports(t, at, &with_ports);
                return wait_in_line(t, at, &with_ports);
        }
        return wait_in_line(t, at, packet);
}

int flow_table_add(
    struct flow_table *t, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        int err = take(t, at, packet, names);

        return err ? err : add_waiting(t, 0);
}

int flow_table_advance(struct flow_table *t, time_ms now)
{
        int err = add_waiting(t, 0);

        return err ? err : move_clock(t, within_calendar(now));
}

int flow_table_finish(struct flow_table *t)
{
        int err = add_waiting(t, 0);

        return err ? err : end_all(t);
}

struct packet_sink flow_table_sink(struct flow_table *t)
{
        return (struct packet_sink){ take, t };
}

void flow_table_count(struct flow_table_counts *out, const struct flow_table *t)
{
        *out = t->counts;
        out->names = t->names.given;
        out->names_repeated = t->names.repeated;
        out->names_refused = t->names.refused;
}
