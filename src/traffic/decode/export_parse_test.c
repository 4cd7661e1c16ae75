/* traffic/decode/export_parse_test.c: datagrams built here, for what real ones do not show: limits,
 * lies, changes. Those of others: tests/real_exports.py. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { INSIDE = 0xC000020A, OUTSIDE = 0xC6336401, PEER = 0xCB007107, SEEN_MAX = 64 };
static const uint32_t AT = 1700000000;

struct seen {
        struct export_state *state;
        struct export_counts counts;
        struct flow flows[SEEN_MAX];
        struct translation translations[SEEN_MAX];
        struct name_sighting names[SEEN_MAX];
        size_t flow_count, translation_count, name_count;
};

static int take_flow(void *state, const struct flow *f)
{
        struct seen *s = state;

        s->flows[s->flow_count++ % SEEN_MAX] = *f;
        return 0;
}

static int take_translation(void *state, const struct translation *t)
{
        struct seen *s = state;

        s->translations[s->translation_count++ % SEEN_MAX] = *t;
        return 0;
}

static int take_name(void *state, const struct name_sighting *n)
{
        struct seen *s = state;

        s->names[s->name_count++ % SEEN_MAX] = *n;
        return 0;
}

/* Bytes in network order. */
struct bytes {
        uint8_t at[2048];
        size_t len;
};

static void put(struct bytes *b, uint64_t value, size_t length)
{
        for (size_t i = 0; i < length; i++)
                b->at[b->len++] = (uint8_t)(value >> 8 * (length - 1 - i));
}

/* Pairs of value and length, ended by a length of 0. */
static void put_all(struct bytes *b, ...)
{
        va_list arguments;

        va_start(arguments, b);
        for (;;) {
                uint64_t value = va_arg(arguments, uint64_t);
                size_t length = va_arg(arguments, size_t);
                if (length == 0)
                        break;
                put(b, value, length);
        }
        va_end(arguments);
}
#define V(value, length) (uint64_t)(value), (size_t)(length)
#define PUT(b, ...) put_all(b, __VA_ARGS__, V(0, 0))

static void feed_from(struct seen *s, const struct bytes *b, uint32_t address, time_ms received)
{
        struct export_source from = { ip_address_from_v4(address), 2055 };
        struct traffic_sink sink = { take_flow, take_name, take_translation, NULL, s };

        assert_int_equal(export_datagram_parse(s->state, &from, received,
                             (struct text){ (const char *)b->at, b->len }, sink, &s->counts),
            0);
}

static void feed(struct seen *s, const struct bytes *b)
{
        feed_from(s, b, OUTSIDE, (time_ms)AT * SECOND_MS);
}

static void begin(struct seen *s, struct export_limits limits)
{
        memset(s, 0, sizeof(*s));
        assert_int_equal(export_state_new(&s->state, &limits), 0);
}

static void end(struct seen *s)
{
        s->state = export_state_free(s->state);
}

static struct bytes v9(uint32_t uptime, uint32_t sequence, uint32_t domain)
{
        struct bytes b = { .len = 0 };

        PUT(&b, V(9, 2), V(1, 2), V(uptime, 4), V(AT, 4), V(sequence, 4), V(domain, 4));
        return b;
}

static struct bytes ipfix(uint32_t sequence)
{
        struct bytes b = { .len = 0 };

        PUT(&b, V(10, 2), V(0, 2), V(AT, 4), V(sequence, 4), V(1, 4));
        return b;
}

static struct bytes *whole(struct bytes *b)
{
        b->at[2] = (uint8_t)(b->len >> 8);
        b->at[3] = (uint8_t)b->len;
        return b;
}

/* Id and length of a template field each: source, destination, ports, protocol, packets, bytes. */
#define USUAL_FIELDS                                                                               \
        V(8, 2), V(4, 2), V(12, 2), V(4, 2), V(7, 2), V(2, 2), V(11, 2), V(2, 2), V(4, 2),         \
            V(1, 2), V(2, 2), V(4, 2), V(1, 2), V(4, 2)
#define USUAL_RECORD V(INSIDE, 4), V(PEER, 4), V(50000, 2), V(443, 2), V(6, 1), V(3, 4), V(180, 4)
enum { USUAL_COUNT = 7, USUAL_BYTES = 21 };

static void put_usual_template(struct bytes *b, uint16_t set, uint16_t id)
{
        PUT(b, V(set, 2), V(8 + 4 * USUAL_COUNT, 2), V(id, 2), V(USUAL_COUNT, 2), USUAL_FIELDS);
}

static void put_usual_data(struct bytes *b, uint16_t id)
{
        PUT(b, V(id, 2), V(4 + USUAL_BYTES, 2), USUAL_RECORD);
}

static struct bytes v5(uint16_t count, uint32_t first, uint32_t last, uint16_t sampling)
{
        struct bytes b = { .len = 0 };

        PUT(&b, V(5, 2), V(count, 2), V(60000, 4), V(AT, 4), V(500000000, 4), V(7, 4), V(0, 2),
            V(sampling, 2));
        PUT(&b, V(INSIDE, 4), V(PEER, 4), V(0, 4), V(0, 4), V(3, 4), V(180, 4), V(first, 4),
            V(last, 4), V(50000, 2), V(443, 2), V(0x1B, 2), V(6, 1), V(0, 1), V(0, 8));
        return b;
}

static void v5_counts_are_multiplied_and_times_follow_the_uptime(void **state)
{
        struct bytes b = v5(1, 50000, 59000, 0x4064); /* one in 100 */
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        feed(&s, &b);
        assert_int_equal(s.flow_count, 1);
        assert_int_equal(s.flows[0].begin, (time_ms)AT * 1000 + 500 - 10000);
        assert_int_equal(s.flows[0].end, (time_ms)AT * 1000 + 500 - 1000);
        assert_int_equal(s.flows[0].packets_out, 300);
        assert_int_equal(s.flows[0].bytes_out, 18000);
        assert_int_equal(s.flows[0].packets_in, 0);
        assert_int_equal(s.flows[0].sampling, 100);
        assert_int_equal(s.flows[0].flags_out, 0x1B);
        end(&s);
}

static void uptime_that_turned_over_is_before_the_export(void **state)
{
        struct bytes b = v5(1, 0xFFFFFF00, 100, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        feed(&s, &b);
        assert_int_equal(s.flows[0].end - s.flows[0].begin, 0x100 + 100);
        assert_int_equal(s.flows[0].sampling, 0);
        assert_int_equal(s.counts.repaired, 0);
        end(&s);
}

static void count_that_lies_is_refused_whole(void **state)
{
        struct bytes b = v5(30, 0, 0, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        feed(&s, &b);
        assert_int_equal(s.flow_count, 0);
        assert_int_equal(s.counts.damaged, 1);
        b.at[1] = 7;
        feed(&s, &b);
        assert_int_equal(s.counts.foreign, 1);
        end(&s);
}

static void data_waits_for_its_template(void **state)
{
        struct bytes data = v9(1000, 1, 0), late = v9(1000, 2, 0), other = v9(1000, 1, 5);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        put_usual_data(&data, 256);
        feed(&s, &data);
        put_usual_template(&other, 0, 256); /* another domain's template is not its own */
        feed(&s, &other);
        assert_int_equal(s.flow_count, 0);
        put_usual_template(&late, 0, 256);
        feed(&s, &late);
        assert_int_equal(s.flow_count, 1);
        assert_int_equal(s.counts.waited, 1);
        assert_int_equal(s.flows[0].destination_port, 443);
        end(&s);
}

static void data_that_waits_is_bounded(void **state)
{
        struct export_limits limits = { .pending_bytes_max = 3 * USUAL_BYTES };
        struct seen s;

        (void)state;
        begin(&s, limits);
        for (uint32_t i = 0; i < 5; i++) {
                struct bytes b = v9(1000, i, 0);
                put_usual_data(&b, 256);
                feed(&s, &b);
        }
        assert_int_equal(s.counts.dropped, 2);
        struct bytes late = v9(1000, 5, 0);
        put_usual_template(&late, 0, 256);
        feed(&s, &late);
        assert_int_equal(s.counts.waited, 3);
        end(&s);
}

static void template_that_changes_is_the_new_one(void **state)
{
        struct bytes b = ipfix(0), changed = ipfix(1), gone = ipfix(2);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        put_usual_template(&b, 2, 256);
        put_usual_data(&b, 256);
        feed(&s, whole(&b));
        PUT(&changed, V(2, 2), V(8 + 8, 2), V(256, 2), V(2, 2), V(8, 2), V(4, 2), V(12, 2),
            V(4, 2));
        PUT(&changed, V(256, 2), V(4 + 16, 2), V(INSIDE, 4), V(PEER, 4), V(PEER, 4), V(INSIDE, 4));
        feed(&s, whole(&changed));
        assert_int_equal(s.flow_count, 3);
        assert_int_equal(s.flows[2].packets_out, 0);
        assert_int_equal(s.counts.templates, 2);
        PUT(&gone, V(2, 2), V(8, 2), V(256, 2), V(0, 2));
        put_usual_data(&gone, 256);
        feed(&s, whole(&gone));
        assert_int_equal(s.counts.withdrawn, 1);
        assert_int_equal(s.flow_count, 3);
        end(&s);
}

static void bomb_of_templates_is_refused(void **state)
{
        struct export_limits limits = { .domains_max = 2, .templates_max = 3 };
        struct export_exporter e;
        struct seen s;

        (void)state;
        begin(&s, limits);
        for (uint32_t i = 0; i < 10; i++) {
                struct bytes b = v9(1000, i, i / 5);
                put_usual_template(&b, 0, (uint16_t)(256 + i));
                feed(&s, &b);
        }
        assert_int_equal(s.counts.templates, 3);
        assert_int_equal(s.counts.refused, 7);
        for (uint32_t i = 0; i < 5; i++) {
                struct bytes b = v9(1000, 0, 100 + i);
                feed(&s, &b);
        }
        assert_int_equal(s.counts.forgotten, 5);
        assert_true(export_state_exporter(&e, s.state, 1));
        assert_false(export_state_exporter(&e, s.state, 2));
        end(&s);
}

static void who_has_few_templates_is_not_shut_out_by_a_bomb(void **state)
{
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ .templates_max = 512 });
        for (uint32_t i = 0; i < 600; i++) {
                struct bytes b = v9(1000, i, i % 2);
                put_usual_template(&b, 0, (uint16_t)(256 + i));
                feed(&s, &b);
        }
        assert_int_equal(s.counts.refused, 88);
        for (uint32_t i = 0; i < 2; i++) {
                struct bytes b = v9(1000, i, 7);
                put_usual_template(&b, 0, (uint16_t)(256 + i));
                feed(&s, &b);
        }
        assert_int_equal(s.counts.refused, 88);
        assert_int_equal(s.counts.forgotten, 1);
        end(&s);
}

static void template_of_nothing_is_refused(void **state)
{
        struct bytes b = v9(1000, 1, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ .template_fields_max = 3 });
        PUT(&b, V(0, 2), V(12, 2), V(256, 2), V(1, 2), V(8, 2), V(0, 2));
        put_usual_template(&b, 0, 257); /* more fields than allowed */
        put_usual_data(&b, 256);
        feed(&s, &b);
        assert_int_equal(s.counts.refused, 2);
        assert_int_equal(s.flow_count, 0);
        end(&s);
}

static void reverse_fields_make_a_flow_of_both_directions(void **state)
{
        struct bytes b = ipfix(0);
        uint64_t ntp = (UINT64_C(2208988800) + AT) << 32 | UINT64_C(1) << 31;
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        PUT(&b, V(2, 2), V(48, 2), V(256, 2), V(8, 2), V(8, 2), V(4, 2), V(12, 2), V(4, 2), V(1, 2),
            V(3, 2), V(0x8001, 2), V(3, 2), V(29305, 4), V(0x8002, 2), V(1, 2), V(29305, 4),
            V(154, 2), V(8, 2), V(155, 2), V(8, 2));
        PUT(&b, V(371, 2), V(65535, 2)); /* a variable field that means nothing here */
        PUT(&b, V(256, 2), V(4 + 8 + 3 + 3 + 1 + 16 + 4, 2), V(INSIDE, 4), V(PEER, 4), V(70000, 3),
            V(90, 3), V(2, 1), V(ntp, 8), V(ntp + (UINT64_C(1) << 32), 8), V(3, 1), V(0x616263, 3));
        feed(&s, whole(&b));
        assert_int_equal(s.flow_count, 1);
        assert_int_equal(s.flows[0].bytes_out, 70000);
        assert_int_equal(s.flows[0].bytes_in, 90);
        assert_int_equal(s.flows[0].packets_in, 2);
        assert_int_equal(s.flows[0].begin, (time_ms)AT * 1000 + 500);
        assert_int_equal(s.flows[0].end, (time_ms)AT * 1000 + 1500);
        end(&s);
}

/* source, post source, ports, destination, protocol, event, time */
static void put_nat(struct bytes *b, uint8_t event)
{
        PUT(b, V(2, 2), V(8 + 8 * 4, 2), V(258, 2), V(8, 2), V(8, 2), V(4, 2), V(225, 2), V(4, 2),
            V(7, 2), V(2, 2), V(227, 2), V(2, 2), V(12, 2), V(4, 2), V(4, 2), V(1, 2), V(230, 2),
            V(1, 2), V(323, 2), V(8, 2));
        PUT(b, V(258, 2), V(4 + 26, 2), V(INSIDE, 4), V(OUTSIDE, 4), V(50000, 2), V(1024, 2),
            V(PEER, 4), V(6, 1), V(event, 1), V((uint64_t)AT * 1000 + 5, 8));
}

static void nat_events_are_translations_and_no_flows(void **state)
{
        struct bytes created = ipfix(0), deleted = ipfix(1), exhausted = ipfix(2);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        put_nat(&created, 4);
        feed(&s, whole(&created));
        put_nat(&deleted, 5);
        feed(&s, whole(&deleted));
        put_nat(&exhausted, 3);
        feed(&s, whole(&exhausted));
        assert_int_equal(s.translation_count, 2);
        assert_int_equal(s.flow_count, 0);
        assert_int_equal(s.translations[0].begin, (time_ms)AT * 1000 + 5);
        assert_int_equal(s.translations[0].end, 0);
        assert_int_equal(s.translations[1].end, (time_ms)AT * 1000 + 5);
        assert_int_equal(ip_address_v4(&s.translations[0].inner), INSIDE);
        assert_int_equal(ip_address_v4(&s.translations[0].outer), OUTSIDE);
        assert_true(s.translations[0].has_peer);
        assert_int_equal(s.translations[0].inner_port, 50000);
        assert_int_equal(s.translations[0].outer_port, 1024);
        end(&s);
}

static void sampler_of_the_options_multiplies_its_records(void **state)
{
        struct bytes b = v9(1000, 1, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        /* options: scope system, sampler 48, interval 50; then one for the domain, 34 */
        PUT(&b, V(1, 2), V(10 + 12, 2), V(300, 2), V(4, 2), V(8, 2), V(1, 2), V(4, 2), V(48, 2),
            V(1, 2), V(50, 2), V(4, 2));
        PUT(&b, V(300, 2), V(4 + 9, 2), V(0, 4), V(7, 1), V(10, 4));
        PUT(&b, V(0, 2), V(8 + 16, 2), V(256, 2), V(4, 2), V(8, 2), V(4, 2), V(12, 2), V(4, 2),
            V(2, 2), V(4, 2), V(48, 2), V(1, 2));
        PUT(&b, V(256, 2), V(4 + 26, 2), V(INSIDE, 4), V(PEER, 4), V(3, 4), V(7, 1), V(INSIDE, 4),
            V(PEER, 4), V(3, 4), V(9, 1));
        feed(&s, &b);
        assert_int_equal(s.counts.options, 1);
        assert_int_equal(s.flows[0].packets_out, 30);
        assert_int_equal(s.flows[0].sampling, 10);
        assert_int_equal(s.flows[1].packets_out, 3); /* its sampler was never told */
        assert_int_equal(s.flows[1].sampling, 0);
        end(&s);
}

static void gap_of_the_sequence_is_counted_as_lost(void **state)
{
        static const uint32_t sequences[] = { 10, 11, 15, 14, 16, 3 };
        struct export_exporter e;
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        for (size_t i = 0; i < 5; i++) {
                struct bytes b = v9(1000, sequences[i], 0);
                feed(&s, &b);
        }
        assert_int_equal(s.counts.lost, 2); /* 12 and 13: 14 came late */
        struct bytes again = v9(1000, 100000, 0);
        again.at[12] = 0xF0;
        feed(&s, &again);
        assert_true(export_state_exporter(&e, s.state, 0));
        assert_int_equal(e.lost, 2);
        assert_int_equal(e.restarts, 1);
        assert_int_equal(e.datagrams, 6);
        end(&s);
}

static void exporter_without_a_clock_gets_ours(void **state)
{
        struct bytes b = v5(1, 50000, 59000, 0);
        time_ms received = (time_ms)AT * 1000 + 500 + (time_ms)400 * DAY_MS;
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ .clock_slack_ms = DAY_MS });
        feed_from(&s, &b, OUTSIDE, received);
        assert_int_equal(s.flows[0].end, received - 1000);
        assert_int_equal(s.counts.shifted, 1);
        end(&s);
}

static void flow_that_ends_before_it_begins_is_repaired(void **state)
{
        struct bytes b = v5(1, 59000, 50000, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        feed(&s, &b);
        assert_int_equal(s.flows[0].begin, s.flows[0].end);
        assert_int_equal(s.counts.repaired, 1);
        end(&s);
}

static void sflow_sample_is_a_flow_of_many_packets(void **state)
{
        struct bytes b = { .len = 0 };
        struct export_exporter e;
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        PUT(&b, V(5, 4), V(1, 4), V(OUTSIDE, 4), V(0, 4), V(9, 4), V(60000, 4), V(2, 4));
        PUT(&b, V(2, 4), V(4, 4), V(0, 4)); /* counters */
        PUT(&b, V(1, 4), V(32 + 8 + 32, 4), V(1, 4), V(1, 4), V(512, 4), V(0, 4), V(0, 4), V(1, 4),
            V(2, 4), V(1, 4));
        PUT(&b, V(3, 4), V(32, 4), V(60, 4), V(6, 4), V(INSIDE, 4), V(PEER, 4), V(50000, 4),
            V(443, 4), V(2, 4), V(0, 4));
        feed_from(&s, &b, PEER, 5000);
        assert_int_equal(s.flow_count, 1);
        assert_int_equal(s.flows[0].packets_out, 512);
        assert_int_equal(s.flows[0].bytes_out, 512 * 60);
        assert_int_equal(s.flows[0].begin, 5000);
        assert_int_equal(s.flows[0].flags_out, 2);
        assert_int_equal(s.counts.other, 1);
        assert_true(export_state_exporter(&e, s.state, 0));
        assert_int_equal(ip_address_v4(&e.address), OUTSIDE); /* the agent, not who sent */
        end(&s);
}

static void file_of_messages_is_read_up_to_the_last_whole_one(void **state)
{
        struct bytes b = ipfix(0);
        struct parse_error bad = { 0 };
        size_t used = 99;
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        struct traffic_sink sink = { take_flow, take_name, take_translation, NULL, &s };
        put_usual_template(&b, 2, 256);
        put_usual_data(&b, 256);
        whole(&b);
        size_t one = b.len;
        memcpy(b.at + one, b.at, one);
        struct text all = { (const char *)b.at, 2 * one - 1 };
        assert_int_equal(export_file_parse(&used, s.state, all, sink, &s.counts, &bad), 0);
        assert_int_equal(used, one);
        assert_int_equal(s.flow_count, 1);
        b.at[1] = 9;
        assert_int_equal(export_file_parse(&used, s.state, all, sink, &s.counts, &bad), ERR_FORMAT);
        assert_true(bad.why_vi[0] && bad.why_en[0]);
        end(&s);
}

static void capture_gives_exports_and_passes_over_the_rest(void **state)
{
        struct bytes b = v5(1, 50000, 59000, 0);
        struct seen s;

        (void)state;
        begin(&s, (struct export_limits){ 0 });
        struct export_capture c = { .state = s.state,
                .sink = { take_flow, take_name, take_translation, NULL, &s } };
        struct packet p = { .source = ip_address_from_v4(OUTSIDE),
                .protocol = PACKET_UDP,
                .payload = { (const char *)b.at, b.len } };
        assert_int_equal(export_packet_take(&c, 0, &p, NULL), 0);
        assert_int_equal(s.flow_count, 1);
        p.payload.len--;
        assert_int_equal(export_packet_take(&c, 0, &p, NULL), 0);
        assert_int_equal(c.passed_over, 1);
        assert_int_equal(c.counts.datagrams, 1);
        end(&s);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(v5_counts_are_multiplied_and_times_follow_the_uptime),
                cmocka_unit_test(uptime_that_turned_over_is_before_the_export),
                cmocka_unit_test(count_that_lies_is_refused_whole),
                cmocka_unit_test(data_waits_for_its_template),
                cmocka_unit_test(data_that_waits_is_bounded),
                cmocka_unit_test(template_that_changes_is_the_new_one),
                cmocka_unit_test(bomb_of_templates_is_refused),
                cmocka_unit_test(who_has_few_templates_is_not_shut_out_by_a_bomb),
                cmocka_unit_test(template_of_nothing_is_refused),
                cmocka_unit_test(reverse_fields_make_a_flow_of_both_directions),
                cmocka_unit_test(nat_events_are_translations_and_no_flows),
                cmocka_unit_test(sampler_of_the_options_multiplies_its_records),
                cmocka_unit_test(gap_of_the_sequence_is_counted_as_lost),
                cmocka_unit_test(exporter_without_a_clock_gets_ours),
                cmocka_unit_test(flow_that_ends_before_it_begins_is_repaired),
                cmocka_unit_test(sflow_sample_is_a_flow_of_many_packets),
                cmocka_unit_test(file_of_messages_is_read_up_to_the_last_whole_one),
                cmocka_unit_test(capture_gives_exports_and_passes_over_the_rest),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
