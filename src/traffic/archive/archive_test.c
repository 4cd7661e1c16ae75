/* traffic/archive/archive_test.c: what goes in comes out, and a hunt finds what a walk over all
 * facts finds. Facts are made from a seed; the oracle keeps them in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"
#include "system/os/folder.h"
#include "traffic/archive/archive.h"
#include "traffic/archive/facts.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const time_ms day_begin = INT64_C(19737) * DAY_MS; /* 15/01/2024 */

struct place {
        char path[64];
        struct folder *folder;
        time_ms now;
        struct clock clock;
        uint64_t seed;
};

static uint64_t next(struct place *p)
{
        p->seed = p->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return p->seed >> 33;
}

static void place_init(struct place *p)
{
        *p = (struct place){ .path = "/tmp/canh-archive-XXXXXX", .now = day_begin, .seed = 7 };
        assert_non_null(mkdtemp(p->path));
        assert_int_equal(folder_open(&p->folder, p->path), 0);
        p->clock = clock_fixed(&p->now);
}

static int remove_one(void *state, const char *name)
{
        return file_remove(state, name);
}

static void place_done(struct place *p)
{
        assert_int_equal(folder_each(p->folder, remove_one, p->folder), 0);
        p->folder = folder_close(p->folder);
        assert_int_equal(remove(p->path), 0);
}

static struct ip_address address(const char *text)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(text)), 0);
        return a;
}

static struct ip_address some_host(struct place *p)
{
        if (next(p) % 8 == 0) {
                struct ip_address a = address("fd00::1");

                a.bytes[15] = (uint8_t)next(p);
                return a;
        }
        return ip_address_from_v4(UINT32_C(0x0a000000) | (uint32_t)(next(p) % 300));
}

static struct ip_address some_remote(struct place *p)
{
        if (next(p) % 6 == 0) {
                struct ip_address a = address("2001:db8::");

                a.bytes[14] = (uint8_t)(next(p) % 3);
                a.bytes[15] = (uint8_t)next(p);
                return a;
        }
        return ip_address_from_v4(UINT32_C(0xc6336400) + (uint32_t)(next(p) % 2000));
}

static time_ms some_time(struct place *p)
{
        switch (next(p) % 50) {
        case 0:
                return 0 - (time_ms)next(p);
        case 1:
                return (time_ms)(next(p) << 20);
        default:
                return day_begin - (time_ms)(next(p) % (3 * DAY_MS));
        }
}

static struct flow some_flow(struct place *p)
{
        struct flow f = { .begin = some_time(p) };
        unsigned way = (unsigned)(next(p) % 10);

        f.end = f.begin + (time_ms)(next(p) % 5 ? next(p) % 60000 : 0);
        f.source = way < 6 ? some_host(p) : some_remote(p);
        f.destination = way == 0 || way > 7 ? some_host(p) : some_remote(p);
        f.source_port = (uint16_t)next(p);
        f.destination_port = next(p) % 2 ? 443 : (uint16_t)next(p);
        f.protocol = next(p) % 3 ? 6 : 17;
        f.flags_out = (uint8_t)next(p);
        f.flags_in = (uint8_t)next(p);
        f.packets_out = next(p) % 100;
        f.bytes_out = next(p) << (next(p) % 33);
        f.packets_in = next(p) % 3 ? next(p) % 1000 : 0;
        f.bytes_in = f.packets_in * (next(p) % 1500);
        f.sampling = next(p) % 20 ? 1 : (uint32_t)next(p);
        return f;
}

static const char *const names[] = { "example.org", "www.example.org", "evil.example.org",
        "example.org-x.test", "a.b.evil.example.org", "mail.example.net", "x", "" };

static struct name_sighting some_name(struct place *p)
{
        struct name_sighting s = { .at = some_time(p),
                .host = some_host(p),
                .peer = some_remote(p),
                .place = (enum packet_place)(1 + next(p) % 3),
                .has_answer = next(p) % 2 };

        if (s.has_answer)
                s.answer = some_remote(p);
        s.name = text_of(names[next(p) % ARRAY_LEN(names)]);
        if (next(p) % 16 == 0) {
                s.place = PACKET_PLACE_CERTIFICATE;
                s.name = TEXT("00112233445566778899aabbccddeeff00112233");
        }
        return s;
}

static struct translation some_translation(struct place *p)
{
        struct translation t = { .begin = some_time(p),
                .inner = some_host(p),
                .outer = address("203.0.113.5"),
                .has_peer = next(p) % 2,
                .inner_port = (uint16_t)next(p),
                .outer_port = (uint16_t)next(p),
                .peer_port = (uint16_t)next(p),
                .protocol = 6 };

        t.end = next(p) % 2 && t.begin > 0 ? t.begin + 60000 : 0;
        if (t.has_peer)
                t.peer = some_remote(p);
        return t;
}

static struct lease some_lease(struct place *p)
{
        struct lease l = { .begin = some_time(p), .address = some_host(p) };

        l.end = next(p) % 2 && l.begin > 0 ? l.begin + DAY_MS : 0;
        l.has_hardware = next(p) % 2;
        for (unsigned i = 0; i < LEASE_HARDWARE_BYTES && l.has_hardware; i++)
                l.hardware[i] = (uint8_t)next(p);
        l.host_name = next(p) % 2 ? TEXT("MAY-01") : (struct text){ 0 };
        return l;
}

static void take_some(struct place *p, struct traffic_sink a, struct traffic_sink b, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct flow f = some_flow(p);
                struct name_sighting s = some_name(p);
                struct translation t = some_translation(p);
                struct lease l = some_lease(p);

                assert_int_equal(a.take_flow(a.state, &f), 0);
                assert_int_equal(b.take_flow(b.state, &f), 0);
                if (i % 4)
                        continue;
                assert_int_equal(a.take_name(a.state, &s), 0);
                assert_int_equal(b.take_name(b.state, &s), 0);
                assert_int_equal(a.take_translation(a.state, &t), 0);
                assert_int_equal(b.take_translation(b.state, &t), 0);
                assert_int_equal(a.take_lease(a.state, &l), 0);
                assert_int_equal(b.take_lease(b.state, &l), 0);
        }
}

/* Facts as lines, so that two heaps of them compare by sorting. */
struct lines {
        char **all;
        size_t count, room;
};

static int add_line(struct lines *l, const char *line)
{
        if (l->count == l->room) {
                l->room = l->room ? l->room * 2 : 64;
                l->all = mem_grow(l->all, l->room, sizeof(*l->all));
                assert_non_null(l->all);
        }
        l->all[l->count++] = mem_copy_text(line, strlen(line));
        return 0;
}

static const char *hex(char out[IP_HEX_MAX], const struct ip_address *a)
{
        return ip_address_write_hex(out, a);
}

static int line_flow(void *state, const struct flow *f)
{
        char line[512], a[IP_HEX_MAX], b[IP_HEX_MAX];

        (void)snprintf(line, sizeof(line), "flow %ld %ld %s:%u %s:%u %u %u %u %lu %lu %lu %lu %u",
            f->begin, f->end, hex(a, &f->source), f->source_port, hex(b, &f->destination),
            f->destination_port, f->protocol, f->flags_out, f->flags_in, f->packets_out,
            f->bytes_out, f->packets_in, f->bytes_in, f->sampling);
        return add_line(state, line);
}

static int line_name(void *state, const struct name_sighting *s)
{
        char line[512], a[IP_HEX_MAX], b[IP_HEX_MAX], c[IP_HEX_MAX];

        (void)snprintf(line, sizeof(line), "name %ld %s %s %d %s %.*s", s->at, hex(a, &s->host),
            hex(b, &s->peer), (int)s->place, s->has_answer ? hex(c, &s->answer) : "-",
            TEXT_ARGS(s->name));
        return add_line(state, line);
}

static int line_translation(void *state, const struct translation *t)
{
        char line[512], a[IP_HEX_MAX], b[IP_HEX_MAX], c[IP_HEX_MAX];

        (void)snprintf(line, sizeof(line), "nat %ld %ld %s %s %s %u %u %u %u", t->begin, t->end,
            hex(a, &t->inner), hex(b, &t->outer), t->has_peer ? hex(c, &t->peer) : "-",
            t->inner_port, t->outer_port, t->peer_port, t->protocol);
        return add_line(state, line);
}

static int line_lease(void *state, const struct lease *l)
{
        char line[512], a[IP_HEX_MAX];

        (void)snprintf(line, sizeof(line), "lease %ld %ld %s %d %02x%02x%02x%02x%02x%02x %.*s",
            l->begin, l->end, hex(a, &l->address), l->has_hardware, l->hardware[0], l->hardware[1],
            l->hardware[2], l->hardware[3], l->hardware[4], l->hardware[5],
            TEXT_ARGS(l->host_name));
        return add_line(state, line);
}

static struct traffic_sink lines_sink(struct lines *l)
{
        return (struct traffic_sink){ line_flow, line_name, line_translation, line_lease, l };
}

static int compare_lines(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void assert_same_lines(struct lines *a, struct lines *b)
{
        if (a->count)
                qsort(a->all, a->count, sizeof(*a->all), compare_lines);
        if (b->count)
                qsort(b->all, b->count, sizeof(*b->all), compare_lines);
        for (size_t i = 0; i < a->count && i < b->count; i++)
                assert_string_equal(a->all[i], b->all[i]);
        assert_int_equal(a->count, b->count);
}

static void lines_done(struct lines *l)
{
        for (size_t i = 0; i < l->count; i++)
                mem_free(l->all[i]);
        mem_free(MOVE(l->all));
        *l = (struct lines){ 0 };
}

/* The oracle: every fact, one after the other, with rules that are written down once more. */
static bool in_time(const struct archive_question *q, time_ms begin, time_ms end)
{
        return (q->since == 0 && q->until == 0) ||
               (end >= q->since && (q->until == 0 || begin < q->until));
}

static bool in_prefixes(const struct archive_question *q, const struct ip_address *a)
{
        for (size_t i = 0; i < q->address_count; i++)
                if (ip_prefix_contains(&q->addresses[i], a))
                        return true;
        return false;
}

static bool is_private(const struct ip_address *a)
{
        return a->bytes[0] == 0xfd || (ip_address_is_v4(a) && a->bytes[12] == 10);
}

static bool flow_answers(const struct archive_question *q, const struct flow *f)
{
        bool source = in_prefixes(q, &f->source), destination = in_prefixes(q, &f->destination);
        bool s = is_private(&f->source), d = is_private(&f->destination);

        if (!in_time(q, f->begin, f->end) || q->name.len)
                return false;
        if (q->address_count == 0)
                return true;
        if (q->end == ARCHIVE_END_ANY || s == d)
                return source || destination;
        return (q->end == ARCHIVE_END_INTERNAL) == s ? source : destination;
}

static bool name_answers(const struct archive_question *q, const struct name_sighting *s)
{
        bool internal = in_prefixes(q, &s->host);
        bool remote = in_prefixes(q, &s->peer) || (s->has_answer && in_prefixes(q, &s->answer));
        size_t n = q->name.len;

        if (!in_time(q, s->at, s->at) || s->name.len < n)
                return false;
        if (n && memcmp(s->name.data + s->name.len - n, q->name.data, n) != 0)
                return false;
        if (n && s->name.len > n && s->name.data[s->name.len - n - 1] != '.')
                return false;
        if (q->address_count == 0)
                return true;
        return (q->end != ARCHIVE_END_REMOTE && internal) ||
               (q->end != ARCHIVE_END_INTERNAL && remote);
}

static void oracle(struct lines *out, const struct facts *all, const struct archive_question *q)
{
        for (size_t i = 0; i < all->count[FACT_FLOW]; i++)
                if (flow_answers(q, &all->flows[i]))
                        assert_int_equal(line_flow(out, &all->flows[i]), 0);
        for (size_t i = 0; i < all->count[FACT_NAME]; i++)
                if (name_answers(q, &all->names[i]))
                        assert_int_equal(line_name(out, &all->names[i]), 0);
        for (size_t i = 0; i < all->count[FACT_TRANSLATION] && !q->name.len; i++)
                if (in_time(q, all->translations[i].begin,
                        all->translations[i].end ? all->translations[i].end : INT64_MAX) &&
                    q->address_count == 0)
                        assert_int_equal(line_translation(out, &all->translations[i]), 0);
        for (size_t i = 0; i < all->count[FACT_LEASE] && !q->name.len; i++)
                if (in_time(q, all->leases[i].begin,
                        all->leases[i].end ? all->leases[i].end : INT64_MAX) &&
                    q->address_count == 0)
                        assert_int_equal(line_lease(out, &all->leases[i]), 0);
}

static void assert_answers(
    struct place *p, const struct facts *all, const struct archive_question *q)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        struct lines got = { 0 }, wanted = { 0 };
        struct traffic_sink sink = lines_sink(&got);

        if (q->address_count) /* which end of those is asked is tested apart */
                sink.take_translation = NULL, sink.take_lease = NULL;
        assert_int_equal(archive_reader_open(&r, p->folder), 0);
        assert_int_equal(archive_each(r, q, sink), 0);
        assert_null(archive_reader_damage(r, 0));
        oracle(&wanted, all, q);
        assert_same_lines(&got, &wanted);
        lines_done(&got);
        lines_done(&wanted);
}

static struct archive *open_archive(struct place *p, const struct archive_options *more)
{
        struct archive_options o = more ? *more : (struct archive_options){ 0 };
        struct archive *a;

        o.clock = &p->clock;
        assert_int_equal(archive_open(&a, p->folder, &o), 0);
        return a;
}

static void every_question_is_answered_as_by_a_walk_over_all_facts(void **state)
{
        struct place p;
        struct archive *a;
        struct facts all;

        (void)state;
        place_init(&p);
        assert_int_equal(facts_init(&all, SIZE_MAX), 0);
        a = open_archive(&p, NULL);
        for (int round = 0; round < 3; round++) {
                take_some(&p, archive_sink(a), facts_sink(&all), 5000);
                assert_int_equal(archive_seal(a), 0);
        }
        assert_answers(&p, &all, &(struct archive_question){ 0 });
        for (int i = 0; i < 60; i++) {
                struct ip_prefix prefixes[2] = { { some_host(&p), 128 }, { some_remote(&p), 128 } };
                struct archive_question q = { .addresses = prefixes,
                        .address_count = next(&p) % 3,
                        .end = (enum archive_end)(next(&p) % 3) };

                prefixes[0].bits = prefixes[1].bits = i % 2 ? 128 : 122;
                prefixes[0].base.bytes[15] &= i % 2 ? 0xff : 0xc0;
                prefixes[1].base.bytes[15] &= i % 2 ? 0xff : 0xc0;
                if (next(&p) % 2)
                        q.since = day_begin - (time_ms)(next(&p) % (3 * DAY_MS));
                if (next(&p) % 2)
                        q.until = day_begin - (time_ms)(next(&p) % (3 * DAY_MS));
                if (i % 5 == 0)
                        q.name = text_of(names[next(&p) % ARRAY_LEN(names)]);
                assert_answers(&p, &all, &q);
        }
        a = archive_close(a);
        facts_done(&all);
        place_done(&p);
}

static struct indicator_set *some_set(void)
{
        static const struct indicator listed[] = {
                { .type = INDICATOR_IPV4, .value = { "198.51.100.7", 12 } },
                { .type = INDICATOR_IPV4, .value = { "198.51.103.200", 14 } },
                { .type = INDICATOR_IPV4, .value = { "192.0.2.1", 9 } },
                { .type = INDICATOR_PREFIX, .value = { "198.51.101.0/27", 15 } },
                { .type = INDICATOR_PREFIX, .value = { "2001:db8::100/120", 17 } },
                { .type = INDICATOR_IPV6, .value = { "2001:db8::105", 13 } },
                { .type = INDICATOR_NAME, .value = { "evil.example.org", 16 }, .subdomains = true },
                { .type = INDICATOR_NAME, .value = { "example.org", 11 } },
                { .type = INDICATOR_CERTIFICATE,
                    .value = { "00112233445566778899aabbccddeeff00112233", 40 } },
        };
        struct indicator_builder *b = NULL;
        struct indicator_set *set = NULL;

        assert_int_equal(indicator_builder_new(&b, 100), 0);
        for (size_t i = 0; i < ARRAY_LEN(listed); i++)
                assert_int_equal(indicator_builder_add(b, &listed[i]), 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        b = indicator_builder_free(b);
        return set;
}

static int line_hit(void *state, const struct archive_hit *hit)
{
        char line[512], a[IP_HEX_MAX];

        (void)snprintf(line, sizeof(line), "%s %.*s %d %ld %ld %lu %lu", hex(a, &hit->host),
            TEXT_ARGS(indicator_view_value(hit->indicator)), (int)hit->place, hit->first_at,
            hit->last_at, hit->flows, hit->bytes);
        return add_line(state, line);
}

/* The oracle's pairs: a plain table that is searched from its begin. */
struct pairs {
        struct pair {
                struct indicator_view view;
                struct archive_hit hit;
        } * all;
        size_t count;
};

static void add_pair(struct pairs *p, const struct indicator_view *view, struct archive_hit hit)
{
        struct text value = indicator_view_value(view);

        for (size_t i = 0; i < p->count; i++) {
                struct archive_hit *h = &p->all[i].hit;
                struct text other = indicator_view_value(&p->all[i].view);

                if (other.len != value.len || memcmp(other.data, value.data, value.len) != 0 ||
                    h->place != hit.place || ip_address_compare(&h->host, &hit.host) != 0)
                        continue;
                h->first_at = hit.first_at < h->first_at ? hit.first_at : h->first_at;
                h->last_at = hit.last_at > h->last_at ? hit.last_at : h->last_at;
                h->flows += hit.flows;
                h->bytes += hit.bytes;
                return;
        }
        p->all = mem_grow(p->all, p->count + 1, sizeof(*p->all));
        assert_non_null(p->all);
        p->all[p->count++] = (struct pair){ *view, hit };
}

static void pair_flow(struct pairs *p, const struct indicator_set *set, const struct flow *f)
{
        bool s = is_private(&f->source), d = is_private(&f->destination);
        struct archive_hit hit = { .place = PACKET_PLACE_ADDRESS,
                .first_at = f->begin,
                .last_at = f->end,
                .flows = 1,
                .bytes = f->bytes_out + f->bytes_in };
        struct indicator_view view;

        hit.host = f->source;
        if ((s == d || s) && indicator_set_find_address(&view, set, &f->destination))
                add_pair(p, &view, hit);
        hit.host = f->destination;
        if ((s == d || d) && indicator_set_find_address(&view, set, &f->source))
                add_pair(p, &view, hit);
}

static void pair_name(
    struct pairs *p, const struct indicator_set *set, const struct name_sighting *s)
{
        struct archive_hit hit = {
                .host = s->host, .place = s->place, .first_at = s->at, .last_at = s->at, .flows = 1
        };
        static const uint8_t certificate[20] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00, 0x11, 0x22, 0x33 };
        struct indicator_view view;

        if (s->place == PACKET_PLACE_CERTIFICATE
                ? indicator_set_find_hash(&view, set, INDICATOR_CERTIFICATE, certificate)
                : indicator_set_find_name(&view, set, s->name))
                add_pair(p, &view, hit);
        if (s->has_answer && indicator_set_find_address(&view, set, &s->answer))
                add_pair(p, &view, hit);
}

static void assert_hunt(
    struct place *p, const struct facts *all, const struct archive_question *q, size_t damages)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = some_set();
        struct lines got = { 0 }, wanted = { 0 };
        struct pairs pairs = { 0 };

        assert_int_equal(archive_reader_open(&r, p->folder), 0);
        assert_int_equal(archive_hunt(r, set, q, (struct archive_hit_sink){ line_hit, &got }), 0);
        assert_true(!archive_reader_damage(r, 0) == !damages);
        for (size_t i = 0; i < all->count[FACT_FLOW]; i++)
                if (in_time(q, all->flows[i].begin, all->flows[i].end))
                        pair_flow(&pairs, set, &all->flows[i]);
        for (size_t i = 0; i < all->count[FACT_NAME]; i++)
                if (in_time(q, all->names[i].at, all->names[i].at))
                        pair_name(&pairs, set, &all->names[i]);
        for (size_t i = 0; i < pairs.count; i++) {
                pairs.all[i].hit.indicator = &pairs.all[i].view;
                assert_int_equal(line_hit(&wanted, &pairs.all[i].hit), 0);
        }
        mem_free(pairs.all);
        assert_true(wanted.count > 0);
        assert_same_lines(&got, &wanted);
        lines_done(&got);
        lines_done(&wanted);
}

/* Pairs alone, so that what the index says compares with what the parts say. */
struct told {
        struct lines lines;
        size_t brief;
};

static int line_pair(void *state, const struct archive_hit *hit)
{
        struct told *t = state;
        char line[512], a[IP_HEX_MAX];

        t->brief += hit->is_brief;
        assert_true(hit->first_at <= hit->last_at);
        assert_true(!hit->is_brief || hit->first_at % DAY_MS == 0 || hit->flows);
        (void)snprintf(line, sizeof(line), "%s %.*s %d", hex(a, &hit->host),
            TEXT_ARGS(indicator_view_value(hit->indicator)), (int)hit->place);
        return add_line(&t->lines, line);
}

/* How many pairs came from the index alone. */
static size_t assert_brief(struct place *p, struct archive_question q)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = some_set();
        struct told exact = { 0 }, brief = { 0 };

        assert_int_equal(archive_reader_open(&r, p->folder), 0);
        assert_int_equal(
            archive_hunt(r, set, &q, (struct archive_hit_sink){ line_pair, &exact }), 0);
        q.brief = true;
        assert_int_equal(
            archive_hunt(r, set, &q, (struct archive_hit_sink){ line_pair, &brief }), 0);
        assert_null(archive_reader_damage(r, 0));
        assert_int_equal(exact.brief, 0);
        assert_same_lines(&brief.lines, &exact.lines);
        lines_done(&exact.lines);
        lines_done(&brief.lines);
        return brief.brief;
}

/* On each of six days another host speaks to what is listed; all of them speak to something else on
 * the last one, so that no host goes with its day. */
static void put_six_days(struct archive *a)
{
        struct traffic_sink sink = archive_sink(a);

        for (int day = 6; day > 0; day--) {
                struct flow f = { .begin = day_begin - day * DAY_MS,
                        .end = day_begin - day * DAY_MS + 5,
                        .source = ip_address_from_v4(UINT32_C(0x0a000064) + (uint32_t)day),
                        .destination = address("198.51.100.7") };

                assert_int_equal(sink.take_flow(sink.state, &f), 0);
                f.begin = f.end = day_begin - DAY_MS;
                f.destination = address("192.0.2.77");
                assert_int_equal(sink.take_flow(sink.state, &f), 0);
                assert_int_equal(archive_seal(a), 0);
        }
}

static void days_that_went_leave_no_hosts_behind_in_the_index(void **state)
{
        struct archive_counts counts;
        struct place p;
        struct archive *a;

        (void)state;
        place_init(&p);
        a = open_archive(&p, NULL);
        put_six_days(a);
        assert_int_equal(assert_brief(&p, (struct archive_question){ 0 }), 6);
        a = archive_close(a);
        a = open_archive(&p, &(struct archive_options){ .keep_days = 3 });
        assert_int_equal(archive_seal(a), 0);
        (void)assert_brief(&p, (struct archive_question){ 0 });
        put_six_days(a); /* indexes are joined, and days dropped from them */
        (void)assert_brief(&p, (struct archive_question){ 0 });
        archive_count(&counts, a);
        assert_true(counts.removed_partitions >= 3);
        a = archive_close(a);
        place_done(&p);
}

static void the_index_tells_the_same_pairs_as_the_parts(void **state)
{
        struct archive_question days = { .since = day_begin - 2 * DAY_MS, .until = day_begin };
        struct place p;
        struct facts all;
        struct archive *a;
        size_t brief = 0;

        (void)state;
        place_init(&p);
        assert_int_equal(facts_init(&all, SIZE_MAX), 0);
        a = open_archive(&p, NULL);
        for (int round = 0; round < 6; round++) {
                take_some(&p, archive_sink(a), facts_sink(&all), 700);
                assert_int_equal(archive_seal(a), 0);
                brief += assert_brief(&p, (struct archive_question){ 0 });
                brief += assert_brief(&p, days);
                days.since += HOUR_MS; /* a day that is only half asked for must be looked at */
        }
        assert_true(brief > 0);
        a = archive_close(a);
        facts_done(&all);
        place_done(&p);
}

static int cut_index(void *state, const char *name)
{
        struct place *p = state;

        if (!text_ends(text_of(name), ".index"))
                return 0;
        return file_write_atomic(p->folder, name, TEXT("CANHINDX"), 0600);
}

static void a_hunt_finds_what_a_walk_over_all_facts_finds(void **state)
{
        struct place p;
        struct archive *a;
        struct facts all;
        struct archive_question week = { .since = day_begin - 2 * DAY_MS,
                .until = day_begin - DAY_MS };

        (void)state;
        place_init(&p);
        assert_int_equal(facts_init(&all, SIZE_MAX), 0);
        a = open_archive(&p, NULL);
        for (int round = 0; round < 5; round++) {
                take_some(&p, archive_sink(a), facts_sink(&all), 3000);
                assert_int_equal(archive_seal(a), 0);
                assert_hunt(&p, &all, &(struct archive_question){ 0 }, 0);
                assert_hunt(&p, &all, &week, 0);
        }
        /* Without its index the archive still answers, and says what is damaged. */
        assert_int_equal(folder_each(p.folder, cut_index, &p), 0);
        assert_hunt(&p, &all, &(struct archive_question){ 0 }, 1);
        a = archive_close(a);
        facts_done(&all);
        place_done(&p);
}

/* What a hunt, and a question for one host, say. */
static void ask(struct lines *out, struct place *p)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = some_set();
        struct told brief = { 0 };
        struct ip_prefix host = { address("10.0.0.7"), 128 };
        struct archive_question q = { .addresses = &host, .address_count = 1 };

        assert_int_equal(archive_reader_open(&r, p->folder), 0);
        assert_int_equal(archive_hunt(r, set, &(struct archive_question){ 0 },
                             (struct archive_hit_sink){ line_hit, out }),
            0);
        assert_int_equal(archive_hunt(r, set, &(struct archive_question){ .brief = true },
                             (struct archive_hit_sink){ line_pair, &brief }),
            0);
        for (size_t i = 0; i < brief.lines.count; i++)
                assert_int_equal(add_line(out, brief.lines.all[i]), 0);
        lines_done(&brief.lines);
        assert_int_equal(archive_each(r, &q, lines_sink(out)), 0);
}

static int find_index(void *state, const char *name)
{
        char *found = state;

        return text_ends(text_of(name), ".index") ? text_copy(found, 64, text_of(name)) : 0;
}

static void a_flipped_bit_in_an_index_changes_no_answer(void **state)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(1 << 20);
        struct lines wanted = { 0 };
        char name[64] = "";
        struct place p;
        struct archive *a;
        struct facts all;

        (void)state;
        place_init(&p);
        assert_int_equal(facts_init(&all, SIZE_MAX), 0);
        a = open_archive(&p, NULL);
        take_some(&p, archive_sink(a), facts_sink(&all), 400);
        assert_int_equal(archive_seal(a), 0);
        a = archive_close(a);
        ask(&wanted, &p);
        assert_int_equal(folder_each(p.folder, find_index, name), 0);
        assert_int_equal(file_read_all(&bytes, p.folder, name), 0);
        for (int i = 0; i < 120; i++) {
                size_t at = i < 80 ? (size_t)i : next(&p) % bytes.len;
                struct text text = { bytes.data, bytes.len };
                struct lines got = { 0 };

                char kept = bytes.data[at];

                bytes.data[at] = (char)(kept ^ 1 << next(&p) % 8);
                assert_int_equal(file_write_atomic(p.folder, name, text, 0600), 0);
                bytes.data[at] = kept;
                ask(&got, &p);
                assert_same_lines(&got, &wanted);
                lines_done(&got);
        }
        lines_done(&wanted);
        facts_done(&all);
        place_done(&p);
}

static void what_was_flushed_is_there_after_the_next_open(void **state)
{
        struct archive_counts counts;
        struct place p;
        struct archive *a;
        struct facts all;

        (void)state;
        place_init(&p);
        assert_int_equal(facts_init(&all, SIZE_MAX), 0);
        a = open_archive(&p, NULL);
        take_some(&p, archive_sink(a), facts_sink(&all), 3000);
        assert_int_equal(archive_flush(a), 0);
        a = archive_close(a);
        a = open_archive(&p, NULL);
        assert_int_equal(archive_seal(a), 0);
        archive_count(&counts, a);
        assert_int_equal(counts.dropped_unsealed_bytes, 0);
        assert_int_equal(counts.flows, 3000);
        assert_answers(&p, &all, &(struct archive_question){ 0 });
        a = archive_close(a);
        facts_done(&all);
        place_done(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_question_is_answered_as_by_a_walk_over_all_facts),
                cmocka_unit_test(a_hunt_finds_what_a_walk_over_all_facts_finds),
                cmocka_unit_test(days_that_went_leave_no_hosts_behind_in_the_index),
                cmocka_unit_test(the_index_tells_the_same_pairs_as_the_parts),
                cmocka_unit_test(a_flipped_bit_in_an_index_changes_no_answer),
                cmocka_unit_test(what_was_flushed_is_there_after_the_next_open),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
