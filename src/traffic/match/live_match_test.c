/* traffic/match/live_match_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/match/live_match.h"

#include "base/mem.h"
#include "indicators/set/indicator_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const time_ms day = 1705276800000;

struct told {
        struct live_alert alerts[16];
        size_t count;
        int err; /* what the sink answers */
};

static int take(void *state, const struct live_alert *alert)
{
        struct told *t = state;

        if (t->err)
                return t->err;
        assert_true(t->count < 16);
        t->alerts[t->count++] = *alert;
        return 0;
}

static int tell(struct told *t, struct live_match *m, time_ms now)
{
        t->count = 0;
        return live_match_tell(m, now, false, (struct live_alert_sink){ take, t });
}

static void add(struct indicator_builder *b, enum indicator_type type, const char *value,
    const char *source, time_ms valid_until)
{
        struct indicator i = { .type = type,
                .value = text_of(value),
                .family = TEXT("Emotet"),
                .source = text_of(source),
                .valid_until = valid_until };

        assert_int_equal(indicator_builder_add(b, &i), 0);
}

static void add_sinkhole(struct indicator_builder *b, const char *value)
{
        struct indicator i = { .type = INDICATOR_IPV4,
                .value = text_of(value),
                .source = TEXT("a list"),
                .origin = INDICATOR_ORIGIN_SINKHOLE };

        assert_int_equal(indicator_builder_add(b, &i), 0);
}

static struct indicator_set *sample_set(void)
{
        struct indicator_builder *b = NULL;
        struct indicator_set *set = NULL;

        assert_int_equal(indicator_builder_new(&b, 100), 0);
        add(b, INDICATOR_IPV4, "192.0.2.66", "a list", 0);
        add(b, INDICATOR_IPV4, "192.0.2.67", "a list", day - DAY_MS);
        add_sinkhole(b, "192.0.2.68");
        add(b, INDICATOR_IPV4, "192.0.2.69", "Sinkhole report", 0); /* a word in a name is none */
        add(b, INDICATOR_NAME, "c2.example", "a list", 0);
        add(b, INDICATOR_CERTIFICATE, "19e664f0000000000000000000000000000000aa", "a list", 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        return set;
}

static struct indicator_set *listed;

static int make_set(void **state)
{
        (void)state;
        listed = sample_set();
        return 0;
}

static int drop_set(void **state)
{
        (void)state;
        listed = indicator_set_free(listed);
        return 0;
}

static struct live_match *sample(size_t max, const struct live_quiet *quiet)
{
        struct live_match_options o = { .max_alerts = max };
        struct live_match *m = NULL;

        assert_int_equal(live_match_new(&m, &o), 0);
        live_match_use(m, listed);
        if (quiet)
                assert_int_equal(live_match_quiet(m, quiet, 1), 0);
        return m;
}

static struct ip_address address(const char *text)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(text)), 0);
        return a;
}

static void packet(struct live_match *m, time_ms at, const char *source, uint16_t source_port,
    const char *destination, uint16_t destination_port, const char *name)
{
        struct packet p = { .protocol = PACKET_TCP,
                .has_ports = true,
                .source = address(source),
                .source_port = source_port,
                .destination = address(destination),
                .destination_port = destination_port };
        struct packet_names names = { .name_count = name ? 1 : 0 };

        names.names[0].place = PACKET_PLACE_DNS;
        (void)snprintf(names.names[0].text, PACKET_NAME_MAX, "%s", name ? name : "");
        live_match_packet(m, at, &p, &names);
}

static void many_packets_of_a_host_and_a_listed_address_are_one_alert(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };
        char ip[IP_TEXT_MAX];

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        packet(m, day + 5, "192.0.2.66", 443, "10.0.0.5", 50000, NULL);
        packet(m, day + 9, "10.0.0.5", 50001, "192.0.2.66", 8443, NULL);
        packet(m, day + 9, "10.0.0.6", 50001, "192.0.2.1", 8443, NULL);
        assert_int_equal(tell(&t, m, day + 10), 0);
        assert_int_equal(t.count, 1);
        assert_string_equal(ip_address_write(ip, &t.alerts[0].host), "10.0.0.5");
        assert_string_equal(t.alerts[0].value, "192.0.2.66");
        assert_string_equal(t.alerts[0].family, "Emotet");
        assert_int_equal(t.alerts[0].port, 443);
        assert_int_equal(t.alerts[0].times, 3);
        assert_int_equal(t.alerts[0].first_at, day);
        assert_int_equal(t.alerts[0].last_at, day + 9);
        assert_true(t.alerts[0].spoke);
        assert_false(t.alerts[0].sinkhole);
}

static void what_goes_on_is_told_again_after_an_hour_under_its_number(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };
        uint64_t number;

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        number = t.alerts[0].number;
        packet(m, day + MINUTE_MS, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day + 2 * MINUTE_MS), 0);
        assert_int_equal(t.count, 0);
        assert_int_equal(tell(&t, m, day + HOUR_MS), 0);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.alerts[0].number, number);
        assert_int_equal(t.alerts[0].times, 2);
}

static void silent_for_a_day_it_is_forgotten_and_new_when_it_comes_back(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(tell(&t, m, day + DAY_MS), 0);
        packet(m, day + DAY_MS + 1, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day + DAY_MS + 1), 0);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.alerts[0].number, 2);
        assert_int_equal(t.alerts[0].times, 1);
}

static void a_clock_that_was_ahead_silences_nothing(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };

        (void)state;
        packet(m, day + 3650 * (time_ms)DAY_MS, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day + 3650 * (time_ms)DAY_MS), 0);
        assert_int_equal(t.count, 1);
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.alerts[0].first_at, day);
}

static void an_alert_that_found_no_room_outside_is_told_next_time(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { .err = ERR_BUSY };

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), ERR_BUSY);
        t.err = 0;
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
}

static void expired_indicators_say_nothing_and_sinkholes_are_marked(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.67", 443, NULL);
        packet(m, day, "10.0.0.5", 50000, "192.0.2.68", 443, NULL);
        packet(m, day, "10.0.0.5", 50000, "192.0.2.69", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 2);
        assert_string_equal(t.alerts[0].value, "192.0.2.68");
        assert_true(t.alerts[0].sinkhole);
        assert_string_equal(t.alerts[1].value, "192.0.2.69");
        assert_false(t.alerts[1].sinkhole);
}

static void a_host_that_was_only_knocked_at_did_not_speak(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct live_match_counts c;
        struct told t = { 0 };

        (void)state;
        packet(m, day, "192.0.2.66", 40000, "10.0.0.5", 22, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
        assert_false(t.alerts[0].spoke);
        live_match_count(&c, m);
        assert_int_equal(c.inbound, 1);
}

static void names_are_of_the_client_even_when_our_own_resolver_answers(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };
        char ip[IP_TEXT_MAX];

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "10.0.0.53", 53, "c2.example");
        packet(m, day, "10.0.0.53", 53, "10.0.0.5", 50000, "c2.example");
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
        assert_string_equal(ip_address_write(ip, &t.alerts[0].host), "10.0.0.5");
        assert_int_equal(t.alerts[0].place, PACKET_PLACE_DNS);
        assert_int_equal(t.alerts[0].times, 2);
}

static void flows_of_exporters_and_certificates_of_logs_match_too(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        const struct flow flow = { .begin = day,
                .end = day + 5,
                .source = address("10.0.0.7"),
                .destination = address("192.0.2.66"),
                .destination_port = 443,
                .protocol = PACKET_TCP,
                .packets_out = 3,
                .bytes_out = 180 };
        const struct name_sighting s = { .at = day,
                .host = address("10.0.0.8"),
                .peer = address("192.0.2.9"),
                .place = PACKET_PLACE_CERTIFICATE,
                .name = TEXT("19e664f0000000000000000000000000000000aa") };
        struct told t = { 0 };

        (void)state;
        live_match_flow(m, &flow);
        live_match_name(m, &s);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 2);
        assert_int_equal(t.alerts[0].type, INDICATOR_IPV4);
        assert_int_equal(t.alerts[1].type, INDICATOR_CERTIFICATE);
}

static void what_a_person_quieted_is_counted_until_that_ends(void **state)
{
        struct live_quiet quiet = { .value = "192.0.2.66", .until = day + HOUR_MS };
        AUTO(live_match_free_at) struct live_match *m = sample(0, &quiet);
        struct live_match_counts c;
        struct told t = { 0 };

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 0);
        live_match_count(&c, m);
        assert_int_equal(c.quieted, 1);
        packet(m, day + HOUR_MS, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day + HOUR_MS), 0);
        assert_int_equal(t.count, 1);
}

static void quiet_of_one_kind_host_or_peer_leaves_the_rest_alone(void **state)
{
        const struct live_quiet quiet[] = { { .kind = LIVE_QUIET_BEACON,
                                                .host = { address("10.0.0.5"), 128 },
                                                .value = "192.0.2.66",
                                                .until = day + 1 },
                { .kind = LIVE_QUIET_LISTED,
                    .host = { address("10.0.0.6"), 128 },
                    .until = day + 1 } };
        const struct ip_address five = address("10.0.0.5"), six = address("10.0.0.6");
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };

        (void)state;
        assert_int_equal(live_match_quiet(m, quiet, 2), 0);
        assert_true(live_match_is_quiet(m, &five, LIVE_QUIET_BEACON, "192.0.2.66", day));
        assert_false(live_match_is_quiet(m, &five, LIVE_QUIET_BEACON, "192.0.2.67", day));
        assert_false(live_match_is_quiet(m, &five, LIVE_QUIET_SCAN, "192.0.2.66", day));
        assert_false(live_match_is_quiet(m, &six, LIVE_QUIET_BEACON, "192.0.2.66", day));
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        packet(m, day, "10.0.0.6", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
        assert_int_equal(live_match_quiet(m, NULL, 0), 0); /* taken back */
        assert_int_equal(live_match_quiet(m, quiet, LIVE_QUIET_MAX + 1), ERR_LIMIT);
        packet(m, day, "10.0.0.6", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
}

static void beyond_the_limit_a_pair_is_only_counted(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(2, NULL);
        struct live_match_counts c;
        struct told t = { 0 };

        (void)state;
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        packet(m, day, "10.0.0.6", 50000, "192.0.2.66", 443, NULL);
        packet(m, day, "10.0.0.7", 50000, "192.0.2.66", 443, NULL);
        packet(m, day, "10.0.0.6", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 2);
        live_match_count(&c, m);
        assert_int_equal(c.left_out, 1);
        assert_int_equal(c.contacts, 4);
}

static void another_set_is_used_from_the_next_packet_on(void **state)
{
        AUTO(live_match_free_at) struct live_match *m = sample(0, NULL);
        struct told t = { 0 };

        (void)state;
        live_match_use(m, NULL);
        packet(m, day, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        live_match_use(m, listed);
        packet(m, day + 1, "10.0.0.5", 50000, "192.0.2.66", 443, NULL);
        assert_int_equal(tell(&t, m, day), 0);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.alerts[0].first_at, day + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(many_packets_of_a_host_and_a_listed_address_are_one_alert),
                cmocka_unit_test(what_goes_on_is_told_again_after_an_hour_under_its_number),
                cmocka_unit_test(silent_for_a_day_it_is_forgotten_and_new_when_it_comes_back),
                cmocka_unit_test(a_clock_that_was_ahead_silences_nothing),
                cmocka_unit_test(an_alert_that_found_no_room_outside_is_told_next_time),
                cmocka_unit_test(expired_indicators_say_nothing_and_sinkholes_are_marked),
                cmocka_unit_test(a_host_that_was_only_knocked_at_did_not_speak),
                cmocka_unit_test(names_are_of_the_client_even_when_our_own_resolver_answers),
                cmocka_unit_test(flows_of_exporters_and_certificates_of_logs_match_too),
                cmocka_unit_test(what_a_person_quieted_is_counted_until_that_ends),
                cmocka_unit_test(quiet_of_one_kind_host_or_peer_leaves_the_rest_alone),
                cmocka_unit_test(beyond_the_limit_a_pair_is_only_counted),
                cmocka_unit_test(another_set_is_used_from_the_next_packet_on),
        };

        return cmocka_run_group_tests(tests, make_set, drop_set);
}
