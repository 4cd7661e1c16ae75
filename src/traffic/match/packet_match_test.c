/* traffic/match/packet_match_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/match/packet_match.h"

#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "traffic/match/match_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const time_ms day = 1705276800000;

static void add(
    struct indicator_builder *b, enum indicator_type type, const char *value, time_ms valid_until)
{
        struct indicator i = { .type = type,
                .value = text_of(value),
                .family = TEXT("Emotet"),
                .source = TEXT("a list"),
                .valid_until = valid_until,
                .subdomains = true };

        assert_int_equal(indicator_builder_add(b, &i), 0);
}

static struct indicator_set *sample_set(void)
{
        struct indicator_builder *b = NULL;
        struct indicator_set *set = NULL;

        assert_int_equal(indicator_builder_new(&b, 100), 0);
        add(b, INDICATOR_IPV4, "192.0.2.66", 0);
        add(b, INDICATOR_IPV4, "192.0.2.67", day);
        add(b, INDICATOR_IPV6, "2001:db8::66", 0);
        add(b, INDICATOR_NAME, "c2.example", 0);
        add(b, INDICATOR_CERTIFICATE, "0123456789abcdef0123456789abcdef01234567", 0);
        add(b, INDICATOR_URL, "tai-ve.example/a.exe", 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        return set;
}

static struct packet between(const char *source, const char *destination, uint16_t port)
{
        struct packet p = { .protocol = PACKET_TCP,
                .has_ports = true,
                .source_port = port,
                .destination_port = 443 };

        assert_int_equal(ip_address_parse(&p.source, text_of(source)), 0);
        assert_int_equal(ip_address_parse(&p.destination, text_of(destination)), 0);
        return p;
}

static struct packet turned(struct packet p)
{
        struct packet back = p;

        back.source = p.destination;
        back.destination = p.source;
        back.source_port = p.destination_port;
        back.destination_port = p.source_port;
        return back;
}

static void flow_and_indicator_give_one_record_in_both_directions(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = sample_set();
        AUTO(packet_match_free_at) struct packet_match *m = NULL;
        struct packet p = between("203.0.113.9", "192.0.2.66", 50000), back = turned(p);
        struct packet_names none = { 0 };

        (void)state;
        assert_int_equal(packet_match_new(&m, set, 10), 0);
        assert_int_equal(packet_match_add(m, day, &p, &none), 0);
        assert_int_equal(packet_match_add(m, day + 5, &back, &none), 0);
        assert_int_equal(packet_match_count(m), 1);
        assert_int_equal(packet_match_at(m, 0)->packets, 2);
        assert_int_equal(packet_match_at(m, 0)->last_at, day + 5);
        p.source_port++;
        assert_int_equal(packet_match_add(m, day + 9, &p, &none), 0);
        assert_int_equal(packet_match_count(m), 2);
        p = between("203.0.113.9", "192.0.2.65", 50000);
        assert_int_equal(packet_match_add(m, day, &p, &none), 0);
        p = between("2001:db8::1", "2001:db8::66", 50000);
        assert_int_equal(packet_match_add(m, day, &p, &none), 0);
        assert_int_equal(packet_match_count(m), 3);
}

static void expired_indicator_counts_only_while_it_was_valid(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = sample_set();
        AUTO(packet_match_free_at) struct packet_match *m = NULL;
        struct packet p = between("203.0.113.9", "192.0.2.67", 50000);
        struct packet_names none = { 0 };

        (void)state;
        assert_int_equal(packet_match_new(&m, set, 10), 0);
        assert_int_equal(packet_match_add(m, day + 3 * (time_ms)DAY_MS, &p, &none), 0);
        assert_int_equal(packet_match_count(m), 0);
        assert_int_equal(packet_match_add(m, day - 1, &p, &none), 0);
        assert_int_equal(packet_match_count(m), 1);
}

static void name_url_and_answer_are_matched_and_say_where(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = sample_set();
        AUTO(packet_match_free_at) struct packet_match *m = NULL;
        struct packet p = between("203.0.113.9", "192.0.2.1", 50000);
        struct packet_names names = { .names = { { PACKET_PLACE_TLS, "www.c2.example" } },
                .name_count = 1,
                .address_count = 1,
                .url = "tai-ve.example/a.exe" };
        json_t *json = NULL;

        (void)state;
        assert_int_equal(ip_address_parse(&names.addresses[0], TEXT("192.0.2.66")), 0);
        assert_int_equal(packet_match_new(&m, set, 10), 0);
        assert_int_equal(packet_match_add(m, day, &p, &names), 0);
        assert_int_equal(packet_match_count(m), 3);
        assert_int_equal(packet_match_at(m, 0)->place, PACKET_PLACE_TLS);
        assert_int_equal(packet_match_at(m, 1)->place, PACKET_PLACE_DNS);
        assert_int_equal(packet_match_at(m, 2)->place, PACKET_PLACE_HTTP);
        assert_int_equal(match_json(&json, packet_match_at(m, 0)), 0);
        assert_string_equal(json_string_value(json_object_get(json, "value")), "c2.example");
        assert_string_equal(json_string_value(json_object_get(json, "at")), "2024-01-15T00:00:00Z");
        assert_string_equal(json_string_value(json_object_get(json, "family")), "Emotet");
        assert_string_equal(json_string_value(json_object_get(json, "list")), "a list");
        assert_string_equal(json_string_value(json_object_get(json, "seen_in")), "tls");
        json_decref(json);
}

static void table_grows_and_stops_at_its_limit(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = sample_set();
        AUTO(packet_match_free_at) struct packet_match *m = NULL;
        struct packet_names none = { 0 };

        (void)state;
        assert_int_equal(packet_match_new(&m, set, 1000), 0);
        for (int round = 0; round < 2; round++)
                for (uint16_t port = 1; port <= 1200; port++) {
                        struct packet p = between("203.0.113.9", "192.0.2.66", port);
                        assert_int_equal(packet_match_add(m, day, &p, &none), 0);
                }
        assert_int_equal(packet_match_count(m), 1000);
        assert_int_equal(packet_match_left_out(m), 400);
        for (size_t i = 0; i < 1000; i++) {
                assert_int_equal(packet_match_at(m, i)->source_port, i + 1);
                assert_int_equal(packet_match_at(m, i)->packets, 2);
        }
}

static void certificate_is_matched_by_its_hash_and_only_as_one(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = sample_set();
        AUTO(packet_match_free_at) struct packet_match *m = NULL;
        struct packet p = between("203.0.113.9", "192.0.2.1", 50000);
        struct packet_names names = { .name_count = 1,
                .names = { { PACKET_PLACE_TLS, "0123456789abcdef0123456789abcdef01234567" } } };

        (void)state;
        assert_int_equal(packet_match_new(&m, set, 10), 0);
        assert_int_equal(packet_match_add(m, day, &p, &names), 0);
        assert_int_equal(packet_match_count(m), 0);
        names.names[0].place = PACKET_PLACE_CERTIFICATE;
        assert_int_equal(packet_match_add(m, day, &p, &names), 0);
        assert_int_equal(packet_match_count(m), 1);
        assert_int_equal(packet_match_at(m, 0)->place, PACKET_PLACE_CERTIFICATE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(flow_and_indicator_give_one_record_in_both_directions),
                cmocka_unit_test(expired_indicator_counts_only_while_it_was_valid),
                cmocka_unit_test(name_url_and_answer_are_matched_and_say_where),
                cmocka_unit_test(certificate_is_matched_by_its_hash_and_only_as_one),
                cmocka_unit_test(table_grows_and_stops_at_its_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
