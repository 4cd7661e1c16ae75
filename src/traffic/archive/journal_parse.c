/* traffic/archive/journal_parse.c: records of the journal <-> facts; see journal.h. A record is a
 * kind, then numbers in groups of seven bits, addresses, texts. SPDX-License-Identifier: Apache-2.0
 */
#include "traffic/archive/facts.h"
#include "traffic/archive/journal.h"
#include "traffic/archive/little_endian.h"

enum { VARINT_MAX = 10, V4 = 4, V6 = 16, V4_AT = 12 };

struct record {
        uint8_t bytes[JOURNAL_RECORD_MAX];
        size_t len;
};

static void put_number(struct record *r, uint64_t value)
{
        for (; value >= 128; value >>= 7)
                r->bytes[r->len++] = (uint8_t)(value | 128);
        r->bytes[r->len++] = (uint8_t)value;
}

static void put_difference(struct record *r, time_ms value, time_ms from)
{
        uint64_t d = (uint64_t)value - (uint64_t)from;

        put_number(r, d << 1 ^ (0 - (d >> 63)));
}

static void put_bytes(struct record *r, const void *bytes, size_t len)
{
        memcpy(r->bytes + r->len, bytes, len);
        r->len += len;
}

/* 0 = none. */
static void put_address(struct record *r, const struct ip_address *a)
{
        uint8_t len = !a ? 0 : ip_address_is_v4(a) ? V4 : V6;

        put_bytes(r, &len, 1);
        if (len)
                put_bytes(r, len == V4 ? a->bytes + V4_AT : a->bytes, len);
}

static void put_text(struct record *r, struct text t)
{
        put_number(r, t.len);
        if (t.len)
                put_bytes(r, t.data, t.len);
}

static void begin(struct record *r, enum journal_record kind, time_ms at, time_ms *last)
{
        r->bytes[0] = (uint8_t)kind;
        r->len = 1;
        put_difference(r, at, *last);
        *last = at;
}

int journal_write_flow(struct buffer *out, time_ms *last, const struct flow *f)
{
        struct record r;

        begin(&r, RECORD_FLOW, f->begin, last);
        put_difference(&r, f->end, f->begin);
        put_address(&r, &f->source);
        put_address(&r, &f->destination);
        put_number(&r, f->source_port);
        put_number(&r, f->destination_port);
        put_bytes(&r, (uint8_t[]){ f->protocol, f->flags_out, f->flags_in }, 3);
        put_number(&r, f->packets_out);
        put_number(&r, f->bytes_out);
        put_number(&r, f->packets_in);
        put_number(&r, f->bytes_in);
        put_number(&r, f->sampling);
        return buffer_add(out, r.bytes, r.len);
}

int journal_write_name(struct buffer *out, time_ms *last, const struct name_sighting *s)
{
        struct record r;

        if (s->name.len > FACTS_TEXT_MAX)
                return ERR_LIMIT;
        begin(&r, RECORD_NAME, s->at, last);
        put_number(&r, s->place);
        put_address(&r, &s->host);
        put_address(&r, &s->peer);
        put_address(&r, s->has_answer ? &s->answer : NULL);
        put_text(&r, s->name);
        return buffer_add(out, r.bytes, r.len);
}

int journal_write_translation(struct buffer *out, time_ms *last, const struct translation *t)
{
        struct record r;

        begin(&r, RECORD_TRANSLATION, t->begin, last);
        put_difference(&r, t->end, 0);
        put_address(&r, &t->inner);
        put_address(&r, &t->outer);
        put_address(&r, t->has_peer ? &t->peer : NULL);
        put_number(&r, t->inner_port);
        put_number(&r, t->outer_port);
        put_number(&r, t->peer_port);
        put_number(&r, t->protocol);
        return buffer_add(out, r.bytes, r.len);
}

int journal_write_lease(struct buffer *out, time_ms *last, const struct lease *l)
{
        struct record r;

        if (l->host_name.len > FACTS_TEXT_MAX)
                return ERR_LIMIT;
        begin(&r, RECORD_LEASE, l->begin, last);
        put_difference(&r, l->end, 0);
        put_address(&r, &l->address);
        put_number(&r, l->has_hardware);
        put_bytes(&r, l->hardware, sizeof(l->hardware));
        put_text(&r, l->host_name);
        return buffer_add(out, r.bytes, r.len);
}

/* Reading: a fault makes `good` false and all that follows 0, so that it is asked once. */
struct cursor {
        const uint8_t *at, *end;
        bool good;
};

static uint64_t take_number(struct cursor *c, uint64_t max)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < VARINT_MAX && c->at < c->end; i++) {
                uint8_t byte = *c->at++;

                value |= (uint64_t)(byte & 127) << (7 * i);
                if (byte < 128) {
                        if (value <= max)
                                return value;
                        break;
                }
        }
        c->good = false;
        return 0;
}

static time_ms take_difference(struct cursor *c, time_ms from)
{
        uint64_t z = take_number(c, UINT64_MAX);

        return (time_ms)((uint64_t)from + (z >> 1 ^ (0 - (z & 1))));
}

static const uint8_t *take_bytes(struct cursor *c, size_t len)
{
        const uint8_t *at = c->at;

        if (!c->good || (size_t)(c->end - c->at) < len) {
                c->good = false;
                return NULL;
        }
        c->at += len;
        return at;
}

static bool take_address(struct ip_address *out, struct cursor *c)
{
        uint64_t len = take_number(c, V6);
        const uint8_t *bytes = take_bytes(c, len);

        *out = (struct ip_address){ 0 };
        if (len != 0 && len != V4 && len != V6)
                c->good = false;
        if (!c->good || len == 0)
                return false;
        if (len == V4)
                *out = ip_address_from_v4((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                                          (uint32_t)bytes[2] << 8 | bytes[3]);
        else
                memcpy(out->bytes, bytes, V6);
        return true;
}

/* An address that must be there. */
static void need_address(struct ip_address *out, struct cursor *c)
{
        if (!take_address(out, c))
                c->good = false;
}

static struct text take_text(struct cursor *c)
{
        size_t len = take_number(c, FACTS_TEXT_MAX);
        const uint8_t *bytes = take_bytes(c, len);

        return bytes ? (struct text){ (const char *)bytes, len } : (struct text){ 0 };
}

static int parse_flow(struct cursor *c, time_ms at, const struct traffic_sink *sink)
{
        struct flow f = { .begin = at, .end = take_difference(c, at) };
        const uint8_t *three;

        need_address(&f.source, c);
        need_address(&f.destination, c);
        f.source_port = (uint16_t)take_number(c, UINT16_MAX);
        f.destination_port = (uint16_t)take_number(c, UINT16_MAX);
        three = take_bytes(c, 3);
        f.packets_out = take_number(c, UINT64_MAX);
        f.bytes_out = take_number(c, UINT64_MAX);
        f.packets_in = take_number(c, UINT64_MAX);
        f.bytes_in = take_number(c, UINT64_MAX);
        f.sampling = (uint32_t)take_number(c, UINT32_MAX);
        if (!c->good)
                return ERR_FORMAT;
        f.protocol = three[0];
        f.flags_out = three[1];
        f.flags_in = three[2];
        return traffic_sink_flow(sink, &f);
}

static int parse_name(struct cursor *c, time_ms at, const struct traffic_sink *sink)
{
        struct name_sighting s = { .at = at };

        s.place = (enum packet_place)take_number(c, PACKET_PLACE_CERTIFICATE);
        need_address(&s.host, c);
        need_address(&s.peer, c);
        s.has_answer = take_address(&s.answer, c);
        s.name = take_text(c);
        return c->good ? traffic_sink_name(sink, &s) : ERR_FORMAT;
}

static int parse_translation(struct cursor *c, time_ms at, const struct traffic_sink *sink)
{
        struct translation t = { .begin = at, .end = take_difference(c, 0) };

        need_address(&t.inner, c);
        need_address(&t.outer, c);
        t.has_peer = take_address(&t.peer, c);
        t.inner_port = (uint16_t)take_number(c, UINT16_MAX);
        t.outer_port = (uint16_t)take_number(c, UINT16_MAX);
        t.peer_port = (uint16_t)take_number(c, UINT16_MAX);
        t.protocol = (uint8_t)take_number(c, UINT8_MAX);
        return c->good ? traffic_sink_translation(sink, &t) : ERR_FORMAT;
}

static int parse_lease(struct cursor *c, time_ms at, const struct traffic_sink *sink)
{
        struct lease l = { .begin = at, .end = take_difference(c, 0) };
        const uint8_t *hardware;

        need_address(&l.address, c);
        l.has_hardware = take_number(c, 1);
        hardware = take_bytes(c, sizeof(l.hardware));
        l.host_name = take_text(c);
        if (!c->good)
                return ERR_FORMAT;
        memcpy(l.hardware, hardware, sizeof(l.hardware));
        return traffic_sink_lease(sink, &l);
}

int journal_parse(struct text records, struct traffic_sink sink)
{
        struct cursor c = { (const uint8_t *)records.data,
                (const uint8_t *)records.data + records.len, true };
        time_ms last = 0;
        int err = 0;

        while (c.at && c.at < c.end && !err) { /* no records may be no bytes at all */
                uint8_t kind = *c.at++;

                last = take_difference(&c, last);
                err = !c.good                      ? ERR_FORMAT
                      : kind == RECORD_FLOW        ? parse_flow(&c, last, &sink)
                      : kind == RECORD_NAME        ? parse_name(&c, last, &sink)
                      : kind == RECORD_TRANSLATION ? parse_translation(&c, last, &sink)
                      : kind == RECORD_LEASE       ? parse_lease(&c, last, &sink)
                                                   : ERR_FORMAT;
        }
        return err;
}
