/* sensor/talkers_test.c. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sensor/talkers.h"

static struct flow flow_of(uint32_t host, uint64_t out, uint64_t in)
{
        return (struct flow){ .source = ip_address_from_v4(host),
                .destination = ip_address_from_v4(0xC0000201),
                .bytes_out = out,
                .bytes_in = in };
}

static void the_greatest_come_first_among_many_small_ones(void **state)
{
        struct talkers *t = mem_zero(1, sizeof(*t));
        struct sensor_talkers top;

        (void)state;
        assert_non_null(t);
        talkers_init(t, 42, 5);
        for (uint32_t round = 0; round < 3; round++)
                for (uint32_t i = 0; i < 50000; i++) {
                        struct flow small = flow_of(0x0A000000 + i, 1, 0);
                        struct flow great = flow_of(0x0A100000 + i % 50, 1000 * (i % 50 + 1), 7);

                        talkers_add(t, &small.source, &small);
                        talkers_add(t, &great.source, &great);
                }
        talkers_top(&top, t, 9);
        assert_int_equal(top.count, TALKERS_TOLD);
        for (uint32_t i = 0; i < TALKERS_TOLD; i++) {
                assert_int_equal(ip_address_v4(&top.of[i].host), 0x0A100000 + 49 - i);
                assert_int_equal(top.of[i].bytes_in, 7 * 3000);
        }
        assert_int_equal(top.from, 5);
        assert_int_equal(top.to, 9);
        mem_free(t);
}

static void the_one_that_was_called_counts_the_other_way_round(void **state)
{
        struct talkers *t = mem_zero(1, sizeof(*t));
        struct flow f = flow_of(0x0A000001, 10, 20);
        struct sensor_talkers top;

        (void)state;
        assert_non_null(t);
        talkers_init(t, 42, 0);
        talkers_add(t, &f.destination, &f);
        talkers_top(&top, t, 1);
        assert_int_equal(top.of[0].bytes_out, 20);
        assert_int_equal(top.of[0].bytes_in, 10);
        mem_free(t);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_greatest_come_first_among_many_small_ones),
                cmocka_unit_test(the_one_that_was_called_counts_the_other_way_round),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
