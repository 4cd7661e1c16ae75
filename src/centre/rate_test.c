/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/rate.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int taken(struct rate *r, const char *name, int tries)
{
        int n = 0;

        for (int i = 0; i < tries; i++)
                n += rate_take(r, text_of(name));
        return n;
}

static void a_name_has_its_burst_and_then_its_rate(void **state)
{
        time_ms at = 1000;
        const struct clock clock = clock_fixed(&at);
        struct rate *r = NULL;

        (void)state;
        assert_int_equal(rate_new(&r, 64, 60, 5, &clock), 0);
        assert_int_equal(taken(r, "a", 9), 5);
        at += 999;
        assert_int_equal(taken(r, "a", 1), 0);
        at += 1;
        assert_int_equal(taken(r, "a", 2), 1);
        at += 3 * SECOND_MS;
        assert_int_equal(taken(r, "a", 9), 3);
        at += HOUR_MS; /* no more than the burst is saved */
        assert_int_equal(taken(r, "a", 99), 5);
        r = rate_free(r);
}

static void one_name_does_not_use_up_what_another_has(void **state)
{
        time_ms at = 1000;
        const struct clock clock = clock_fixed(&at);
        struct rate *r = NULL;

        (void)state;
        assert_int_equal(rate_new(&r, 64, 60, 5, &clock), 0);
        assert_int_equal(taken(r, "203.0.113.1", 99), 5);
        assert_int_equal(taken(r, "203.0.113.2", 99), 5);
        r = rate_free(r);
}

/* More names than buckets: the table neither grows nor locks anybody out. */
static void a_full_table_makes_room_for_the_next_name(void **state)
{
        time_ms at = 1000;
        const struct clock clock = clock_fixed(&at);
        struct rate *r = NULL;
        char name[16];

        (void)state;
        assert_int_equal(rate_new(&r, 16, 60, 1, &clock), 0);
        for (int i = 0; i < 1000; i++) {
                at += 1;
                (void)snprintf(name, sizeof(name), "n%d", i);
                assert_int_equal(taken(r, name, 1), 1);
        }
        assert_int_equal(taken(r, name, 1), 0); /* the newest is still known */
        r = rate_free(r);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_name_has_its_burst_and_then_its_rate),
                cmocka_unit_test(one_name_does_not_use_up_what_another_has),
                cmocka_unit_test(a_full_table_makes_room_for_the_next_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
