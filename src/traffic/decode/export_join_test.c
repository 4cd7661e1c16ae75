/* traffic/decode/export_join_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/export_join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct seen {
        struct flow flows[8];
        size_t count;
};

static int take(void *state, const struct flow *f)
{
        struct seen *s = state;

        assert_true(s->count < 8);
        s->flows[s->count++] = *f;
        return 0;
}

static struct export_join *join_into(struct seen *seen, size_t flows_max)
{
        struct export_join_options o = { .flows_max = flows_max, .window_ms = 1000 };
        struct export_join *j = NULL;

        assert_int_equal(
            export_join_new(&j, &o, (struct traffic_sink){ .take_flow = take, .state = seen }), 0);
        return j;
}

static struct flow flow_of(uint32_t source, uint16_t source_port, uint32_t destination,
    uint16_t destination_port, time_ms begin, uint64_t packets)
{
        return (struct flow){ .begin = begin,
                .end = begin + 10,
                .source = ip_address_from_v4(source),
                .destination = ip_address_from_v4(destination),
                .source_port = source_port,
                .destination_port = destination_port,
                .protocol = PACKET_TCP,
                .flags_out = (uint8_t)packets,
                .packets_out = packets,
                .bytes_out = packets * 100,
                .sampling = 1 };
}

static void give(struct export_join *j, struct flow f)
{
        struct traffic_sink sink = export_join_sink(j);

        assert_int_equal(traffic_sink_flow(&sink, &f), 0);
}

static void opposite_flows_become_one_that_the_first_began(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 4);
        struct export_join_counts counts;

        (void)state;
        give(j, flow_of(0xC0000201, 443, 0xC0000202, 5000, 1005, 3)); /* the answer comes first */
        assert_int_equal(seen.count, 0);
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 443, 1000, 2));
        assert_int_equal(seen.count, 1);
        assert_int_equal(ip_address_v4(&seen.flows[0].source), 0xC0000202);
        assert_int_equal(seen.flows[0].packets_out, 2);
        assert_int_equal(seen.flows[0].packets_in, 3);
        assert_int_equal(seen.flows[0].bytes_in, 300);
        assert_int_equal(seen.flows[0].flags_in, 3);
        assert_int_equal(seen.flows[0].begin, 1000);
        assert_int_equal(seen.flows[0].end, 1015);
        export_join_count(&counts, j);
        assert_int_equal(counts.joined, 1);
        assert_int_equal(counts.waiting, 0);
        export_join_free(j);
}

static void of_two_that_began_together_the_client_began(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 4);

        (void)state;
        give(j, flow_of(0xC0000201, 53, 0xC0000202, 5000, 1000, 1));
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 53, 1000, 1));
        assert_int_equal(seen.flows[0].destination_port, 53);
        export_join_free(j);
}

static void flows_far_apart_are_two(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 4);

        (void)state;
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 443, 1000, 2));
        give(j, flow_of(0xC0000201, 443, 0xC0000202, 5000, 9000, 3));
        assert_int_equal(seen.count, 0);
        assert_int_equal(export_join_finish(j), 0);
        assert_int_equal(seen.count, 2);
        assert_int_equal(seen.flows[0].packets_out, 2);
        assert_int_equal(seen.flows[1].packets_in, 0);
        export_join_free(j);
}

static void flow_that_waited_too_long_goes_on_alone(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 4);

        (void)state;
        assert_int_equal(export_join_age(j, 100), 0);
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 443, 1000, 2));
        assert_int_equal(export_join_age(j, 1100), 0);
        assert_int_equal(seen.count, 0);
        assert_int_equal(export_join_age(j, 1101), 0);
        assert_int_equal(seen.count, 1);
        export_join_free(j);
}

static void full_table_lets_the_oldest_go(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 2);
        struct export_join_counts counts;

        (void)state;
        for (uint16_t port = 5001; port <= 5004; port++)
                give(j, flow_of(0xC0000202, port, 0xC0000201, 443, 1000, 1));
        assert_int_equal(seen.count, 2);
        assert_int_equal(seen.flows[0].source_port, 5001);
        assert_int_equal(seen.flows[1].source_port, 5002);
        give(j, flow_of(0xC0000201, 443, 0xC0000202, 5003, 1000, 9)); /* it still waits */
        assert_int_equal(seen.flows[2].packets_in, 9);
        export_join_count(&counts, j);
        assert_int_equal(counts.evicted, 2);
        assert_int_equal(counts.alone, 2);
        assert_int_equal(counts.waiting, 1);
        export_join_free(j);
}

static void next_part_of_a_conversation_sends_the_one_before_on(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 4);

        (void)state;
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 443, 1000, 1));
        give(j, flow_of(0xC0000202, 5000, 0xC0000201, 443, 1010, 2));
        assert_int_equal(seen.count, 1);
        assert_int_equal(seen.flows[0].packets_out, 1);
        give(j, flow_of(0xC0000201, 443, 0xC0000202, 5000, 1011, 3));
        assert_int_equal(seen.flows[1].packets_out, 2);
        assert_int_equal(seen.flows[1].packets_in, 3);
        export_join_free(j);
}

static void flow_of_both_directions_passes_at_once(void **state)
{
        struct seen seen = { 0 };
        struct export_join *j = join_into(&seen, 2);
        struct flow f = flow_of(0xC0000202, 5000, 0xC0000201, 443, 1000, 2);

        (void)state;
        f.packets_in = 1;
        give(j, f);
        f = flow_of(0xC0000202, 0, 0xC0000201, 2048, 1000, 2);
        f.protocol = PACKET_ICMP;
        give(j, f);
        assert_int_equal(seen.count, 2);
        export_join_free(j);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(opposite_flows_become_one_that_the_first_began),
                cmocka_unit_test(of_two_that_began_together_the_client_began),
                cmocka_unit_test(flows_far_apart_are_two),
                cmocka_unit_test(flow_that_waited_too_long_goes_on_alone),
                cmocka_unit_test(full_table_lets_the_oldest_go),
                cmocka_unit_test(next_part_of_a_conversation_sends_the_one_before_on),
                cmocka_unit_test(flow_of_both_directions_passes_at_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
