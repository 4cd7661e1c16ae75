/* traffic/flow/beacon_watch_test.c: contacts made here, the alerts they raise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/flow/beacon_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <math.h>

static struct traffic_alert last;
static size_t alerts;

static int take(void *state, const struct traffic_alert *alert)
{
        (void)state;
        last = *alert;
        alerts++;
        return 0;
}

static struct beacon_watch *new_watch(void)
{
        struct beacon_watch *w = NULL;

        alerts = 0;
        assert_int_equal(
            beacon_watch_new(&w, &(struct beacon_watch_options){ .seed = 3, .max_pairs = 64 },
                (struct traffic_alert_sink){ .take = take }),
            0);
        return w;
}

static void contact(
    struct beacon_watch *w, time_ms at, uint16_t source_port, uint16_t port, uint64_t bytes)
{
        struct flow f = { .begin = at,
                .end = at + 300,
                .source = ip_address_from_v4(0x0A000005),
                .destination = ip_address_from_v4(0xCB007109),
                .source_port = source_port,
                .destination_port = port,
                .protocol = PACKET_TCP,
                .packets_out = 5,
                .bytes_out = bytes };

        assert_int_equal(beacon_watch_add(w, &f), 0);
}

static double random_part(uint32_t *state)
{
        *state = *state * 1664525U + 1013904223U;
        return (double)(*state >> 8) / (1 << 24);
}

static void regular_calls_raise_one_alert_with_their_figures(void **state)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();
        uint32_t random = 1;
        time_ms at = HOUR_MS;

        (void)state;
        for (uint16_t i = 0; i < 40; i++) {
                contact(w, at, 40000 + i, 443, 600);
                at += 60000 + (time_ms)(6000 * random_part(&random));
                if (i % 7 == 5)
                        at += 63000; /* one that was missed */
        }
        assert_int_equal(alerts, 1);
        assert_int_equal(last.kind, TRAFFIC_ALERT_BEACON);
        assert_int_equal(last.count, 10);
        assert_true(last.period_ms > 60000 && last.period_ms < 66000);
        assert_true(last.jitter_ms < 3000);
        assert_int_equal(last.bytes, 600);
        assert_true(last.score > 0.9 && last.score <= 1);
        assert_int_equal(last.at, HOUR_MS);
}

static void a_clock_that_was_ahead_hides_nobody(void **state)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();
        const time_ms ahead = 3650 * (time_ms)DAY_MS;

        (void)state;
        for (uint16_t i = 0; i < 40; i++)
                contact(w, ahead + i * (time_ms)MINUTE_MS, 40000 + i, 443, 600);
        assert_int_equal(alerts, 1);
        for (uint16_t i = 0; i < 40; i++)
                contact(w, HOUR_MS + i * (time_ms)MINUTE_MS, 50000 + i, 443, 600);
        assert_int_equal(alerts, 2);
        assert_true(last.last_at < ahead);
}

static void calls_at_any_time_raise_none(void **state)
{
        (void)state;
        for (uint32_t seed = 1; seed <= 20; seed++) {
                AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();
                uint32_t random = seed * 7919;
                time_ms at = HOUR_MS;
                for (uint16_t i = 0; i < 12; i++) {
                        contact(
                            w, at, 40000 + i, 443, (uint64_t)(400 + 4000 * random_part(&random)));
                        at += (time_ms)(-60000 * log(1 - random_part(&random)));
                }
                assert_int_equal(alerts, 0);
        }
}

static void parts_of_one_long_talk_are_one_contact(void **state)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();
        struct beacon_watch_counts n;

        (void)state;
        for (int i = 0; i < 30; i++)
                contact(w, HOUR_MS + i * 30000, 40000, 443, 600);
        beacon_watch_count(&n, w);
        assert_int_equal(n.contacts, 1);
        assert_int_equal(alerts, 0);
}

static void clocks_and_names_are_regular_by_nature(void **state)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();

        (void)state;
        for (uint16_t i = 0; i < 30; i++) {
                contact(w, HOUR_MS + i * 64000, 40000 + i, 123, 76);
                contact(w, HOUR_MS + i * 64000, 40000 + i, 53, 76);
        }
        assert_int_equal(alerts, 0);
}

static void full_table_gives_up_who_called_least(void **state)
{
        AUTO(beacon_watch_free_at) struct beacon_watch *w = new_watch();
        struct beacon_watch_counts n;

        (void)state;
        for (uint16_t i = 0; i < 30; i++) {
                contact(w, HOUR_MS + i * 60000, 40000 + i, 443, 600);
                for (uint16_t k = 0; i > 1 && k < 200; k++)
                        contact(w, HOUR_MS + i * 60000, 40000 + i, (uint16_t)(10000 + i * 200 + k),
                            600);
        }
        beacon_watch_count(&n, w);
        assert_true(n.pairs_given_up > 5000);
        assert_int_equal(alerts, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(regular_calls_raise_one_alert_with_their_figures),
                cmocka_unit_test(a_clock_that_was_ahead_hides_nobody),
                cmocka_unit_test(calls_at_any_time_raise_none),
                cmocka_unit_test(parts_of_one_long_talk_are_one_contact),
                cmocka_unit_test(clocks_and_names_are_regular_by_nature),
                cmocka_unit_test(full_table_gives_up_who_called_least),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
