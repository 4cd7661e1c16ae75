/* traffic/match/packet_match.c: see packet_match.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/match/packet_match.h"

#include "base/mem.h"
#include "codec/digest.h"

#include <string.h>

/* Records in the order of their first packet, and an open-addressed table of their numbers + 1.
 * Invariants: (1) slot_count is a power of two and more than twice the records; (2) every record
 * has one slot. */
struct packet_match {
        const struct indicator_set *set;
        struct packet_match_record *records;
        uint32_t *slots;
        size_t count, room, slot_count, max_records;
        uint64_t left_out;
};

enum { SLOTS_AT_FIRST = 256, RECORDS_AT_FIRST = 64, CERTIFICATE_BYTES = 20 };

int packet_match_new(struct packet_match **out, const struct indicator_set *set, size_t max_records)
{
        AUTO(packet_match_free_at) struct packet_match *m = mem_zero(1, sizeof(*m));

        if (!m)
                return ERR_MEMORY;
        m->set = set;
        m->max_records = max_records < PACKET_MATCH_RECORDS_MAX ? max_records
                                                                : PACKET_MATCH_RECORDS_MAX;
        m->slot_count = SLOTS_AT_FIRST;
        m->slots = mem_zero(m->slot_count, sizeof(*m->slots));
        if (!m->slots)
                return ERR_MEMORY;
        *out = MOVE(m);
        return 0;
}

struct packet_match *packet_match_free(struct packet_match *m)
{
        if (m) {
                mem_free(m->records);
                mem_free(m->slots);
                mem_free(m);
        }
        return NULL;
}

void packet_match_free_at(struct packet_match **m)
{
        *m = packet_match_free(*m);
}

/* FNV-1a. A sender can choose colliding flows; that costs time within one capture, whose length is
 * limited. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
        const uint8_t *p = bytes;

        for (size_t i = 0; i < len; i++)
                hash = (hash ^ p[i]) * 0x100000001B3U;
        return hash;
}

/* Sums the two ends, so that both directions of a flow have one value. */
static uint64_t record_hash(const struct packet_match_record *r)
{
        uint64_t start = 0xCBF29CE484222325U, ends, value;
        struct text text = indicator_view_value(&r->indicator);

        ends = mix(mix(start, &r->source, sizeof(r->source)), &r->source_port,
                   sizeof(r->source_port)) +
               mix(mix(start, &r->destination, sizeof(r->destination)), &r->destination_port,
                   sizeof(r->destination_port));
        value = mix(mix(start, &r->protocol, 1), text.data, text.len);
        return mix(value, &ends, sizeof(ends));
}

static bool is_same_end(
    const struct ip_address *a, uint16_t a_port, const struct ip_address *b, uint16_t b_port)
{
        return a_port == b_port && ip_address_compare(a, b) == 0;
}

static bool is_same_flow(const struct packet_match_record *a, const struct packet_match_record *b)
{
        if (a->protocol != b->protocol)
                return false;
        return (is_same_end(&a->source, a->source_port, &b->source, b->source_port) &&
                   is_same_end(&a->destination, a->destination_port, &b->destination,
                       b->destination_port)) ||
               (is_same_end(&a->source, a->source_port, &b->destination, b->destination_port) &&
                   is_same_end(&a->destination, a->destination_port, &b->source, b->source_port));
}

static bool is_same(const struct packet_match_record *a, const struct packet_match_record *b)
{
        struct text x = indicator_view_value(&a->indicator),
                    y = indicator_view_value(&b->indicator);

        return a->indicator.type == b->indicator.type && x.len == y.len &&
               memcmp(x.data, y.data, x.len) == 0 && is_same_flow(a, b);
}

/* The slot that holds the record, or the empty one where it belongs. */
static uint32_t *find_slot(struct packet_match *m, const struct packet_match_record *r)
{
        size_t at = record_hash(r) & (m->slot_count - 1);

        while (m->slots[at] && !is_same(&m->records[m->slots[at] - 1], r))
                at = (at + 1) & (m->slot_count - 1);
        return &m->slots[at];
}

static int grow_slots(struct packet_match *m)
{
        uint32_t *old = m->slots, *slots = mem_zero(m->slot_count * 4, sizeof(*slots));

        if (!slots)
                return ERR_MEMORY;
        m->slots = slots;
        m->slot_count *= 4;
        for (size_t i = 0; i < m->count; i++)
                *find_slot(m, &m->records[i]) = (uint32_t)i + 1;
        mem_free(old);
        return 0;
}

static int make_room(struct packet_match *m)
{
        size_t room = m->room ? m->room * 2 : RECORDS_AT_FIRST;
        struct packet_match_record *records;

        if ((m->count + 1) * 2 >= m->slot_count && grow_slots(m))
                return ERR_MEMORY;
        if (m->count < m->room)
                return 0;
        records = mem_grow(m->records, room, sizeof(*records));
        if (!records)
                return ERR_MEMORY;
        m->records = records;
        m->room = room;
        return 0;
}

static int keep(struct packet_match *m, const struct packet_match_record *r)
{
        uint32_t *slot = find_slot(m, r);

        if (*slot) {
                m->records[*slot - 1].last_at = r->at;
                m->records[*slot - 1].packets++;
                return 0;
        }
        if (m->count == m->max_records) {
                m->left_out++;
                return 0;
        }
        if (make_room(m))
                return ERR_MEMORY;
        slot = find_slot(m, r); /* the table may have moved */
        m->records[m->count++] = *r;
        *slot = (uint32_t)m->count;
        return 0;
}

/* Keeps what r->indicator says when it is valid at this moment; `listed`: whether anything was
 * found at all. */
static int keep_if(
    struct packet_match *m, struct packet_match_record *r, bool listed, enum packet_place place)
{
        if (!listed || !indicator_view_is_valid(&r->indicator, r->at))
                return 0;
        r->place = place;
        return keep(m, r);
}

static int match_address(struct packet_match *m, struct packet_match_record *r,
    const struct ip_address *a, enum packet_place place)
{
        /* Nearly every address of ordinary traffic ends here. */
        if (ip_address_is_v4(a) && !indicator_set_has_v4(m->set, ip_address_v4(a)))
                return 0;
        return keep_if(m, r, indicator_set_find_address(&r->indicator, m->set, a), place);
}

/* A certificate's name is its SHA-1 in hex. */
static bool find_name(
    struct indicator_view *out, const struct packet_match *m, const struct packet_name *name)
{
        uint8_t hash[CERTIFICATE_BYTES];

        if (name->place != PACKET_PLACE_CERTIFICATE)
                return indicator_set_find_name(out, m->set, text_of(name->text));
        return hex_parse(hash, sizeof(hash), text_of(name->text)) == 0 &&
               indicator_set_find_hash(out, m->set, INDICATOR_CERTIFICATE, hash);
}

static int match_names(
    struct packet_match *m, struct packet_match_record *r, const struct packet_names *names)
{
        int err = 0;

        for (size_t i = 0; i < names->name_count && !err; i++) {
                const struct packet_name *name = &names->names[i];
                err = keep_if(m, r, find_name(&r->indicator, m, name), name->place);
        }
        for (size_t i = 0; i < names->address_count && !err; i++)
                err = match_address(m, r, &names->addresses[i], PACKET_PLACE_DNS);
        if (!err && names->url[0])
                err = keep_if(m, r,
                    indicator_set_find_url(&r->indicator, m->set, text_of(names->url)),
                    PACKET_PLACE_HTTP);
        return err;
}

int packet_match_add(struct packet_match *m, time_ms at, const struct packet *packet,
    const struct packet_names *names)
{
        struct packet_match_record r = {
                .at = at,
                .last_at = at,
                .source = packet->source,
                .destination = packet->destination,
                .source_port = packet->source_port,
                .destination_port = packet->destination_port,
                .protocol = packet->protocol,
                .packets = 1,
        };
        int err = match_address(m, &r, &packet->source, PACKET_PLACE_ADDRESS);

        if (!err)
                err = match_address(m, &r, &packet->destination, PACKET_PLACE_ADDRESS);
        return err ? err : match_names(m, &r, names);
}

static int take(
    void *state, time_ms at, const struct packet *packet, const struct packet_names *names)
{
        return packet_match_add(state, at, packet, names);
}

struct packet_sink packet_match_sink(struct packet_match *m)
{
        return (struct packet_sink){ take, m };
}

size_t packet_match_count(const struct packet_match *m)
{
        return m->count;
}

const struct packet_match_record *packet_match_at(const struct packet_match *m, size_t n)
{
        return &m->records[n];
}

uint64_t packet_match_left_out(const struct packet_match *m)
{
        return m->left_out;
}
