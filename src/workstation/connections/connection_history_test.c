/* workstation/connections/connection_history_test.c: see connection_history.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/connections/connection_history.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct connection to(const char *address, uint16_t port)
{
        struct connection c = { .port = port, .process = "firefox" };

        assert_int_equal(ip_address_parse(&c.remote, text_of(address)), 0);
        return c;
}

static void seen_again_keeps_the_first_time(void **state)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;
        AUTO(connection_history_free_at) struct connection_history *back = NULL;
        AUTO(buffer_done) struct buffer b = BUFFER(10000);
        struct connection c = to("203.0.113.9", 443);

        (void)state;
        assert_int_equal(connection_history_new(&h, 10), 0);
        assert_int_equal(connection_history_see(h, &c, 1000), 0);
        assert_int_equal(connection_history_see(h, &c, 9000), 0);
        assert_int_equal(connection_history_write(&b, h), 0);
        assert_int_equal(connection_history_parse(&back, (struct text){ b.data, b.len }, 10), 0);
        assert_int_equal(connection_history_count(back), 1);
        assert_int_equal(connection_history_at(back, 0)->first_at, 1000);
        assert_int_equal(connection_history_at(back, 0)->last_at, 9000);
        assert_int_equal(connection_history_at(back, 0)->times, 2);
}

static void full_history_drops_the_longest_unseen_and_counts_it(void **state)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;

        (void)state;
        assert_int_equal(connection_history_new(&h, 2), 0);
        for (uint16_t i = 1; i <= 3; i++) {
                struct connection c = to("203.0.113.9", i);
                assert_int_equal(connection_history_see(h, &c, i * 1000), 0);
        }
        assert_int_equal(connection_history_count(h), 2);
        assert_int_equal(connection_history_at(h, 0)->port, 2);
        assert_int_equal(connection_history_dropped(h), 1);
        connection_history_age(h, 2500 + (time_ms)CONNECTION_DAYS_KEPT * DAY_MS);
        assert_int_equal(connection_history_count(h), 1);
}

static void only_what_this_machine_opened_is_noted(void **state)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;
        struct socket_entry at[4] = { 0 };
        struct socket_table t = { .at = at, .count = 4 };

        (void)state;
        at[0].line = (struct proc_net_line){ .local_port = 22, .state = PROC_NET_LISTEN };
        at[1].line = (struct proc_net_line){ .local_port = 22, .remote_port = 40000, .state = 1,
                .remote = to("198.51.100.7", 1).remote };
        at[2].line = (struct proc_net_line){ .local_port = 50000, .remote_port = 443, .state = 1,
                .remote = to("198.51.100.8", 1).remote };
        at[3].line = (struct proc_net_line){ .local_port = 50001, .remote_port = 443, .state = 1,
                .remote = to("127.0.0.1", 1).remote };
        assert_int_equal(connection_history_new(&h, 10), 0);
        assert_int_equal(connection_history_look(h, &t, 5), 0);
        assert_int_equal(connection_history_count(h), 1);
        assert_int_equal(connection_history_at(h, 0)->port, 443);
}

static void listed_address_is_matched_and_comes_first(void **state)
{
        AUTO(connection_history_free_at) struct connection_history *h = NULL;
        AUTO(indicator_builder_free_at) struct indicator_builder *b = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(json_free_at) json_t *body = NULL;
        struct indicator bad = { .type = INDICATOR_IPV4, .value = TEXT("203.0.113.9"), .family = TEXT("Emotet"),
                .source = TEXT("feodo") };
        struct connection good = to("198.51.100.1", 443), listed = to("203.0.113.9", 8080);
        size_t matches = 0;
        json_t *first;

        (void)state;
        assert_int_equal(indicator_builder_new(&b, 10), 0);
        assert_int_equal(indicator_builder_add(b, &bad), 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        assert_int_equal(connection_history_new(&h, 10), 0);
        assert_int_equal(connection_history_see(h, &good, 1000), 0);
        assert_int_equal(connection_history_see(h, &listed, 1000), 0);
        assert_int_equal(connection_report(&body, &matches, h, set, 2000), 0);
        assert_int_equal(matches, 1);
        first = json_array_get(json_object_get(body, "connections"), 0);
        assert_string_equal(json_string_value(json_object_get(first, "remote")), "203.0.113.9");
        assert_string_equal(json_string_value(json_object_get(json_object_get(first, "match"), "family")), "Emotet");
        assert_int_equal(json_array_size(json_object_get(body, "connections")), 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(seen_again_keeps_the_first_time),
                cmocka_unit_test(full_history_drops_the_longest_unseen_and_counts_it),
                cmocka_unit_test(only_what_this_machine_opened_is_noted),
                cmocka_unit_test(listed_address_is_matched_and_comes_first),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
