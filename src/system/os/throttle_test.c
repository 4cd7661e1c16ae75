/* system/os/throttle_test.c: a user at work is let go first. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/throttle.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SECOND_NS = 1000000000 };

static struct throttle after(const char *stat)
{
        struct throttle t = { .before = { .busy = 1000, .all = 10000 } };
        struct processor_times now;

        assert_int_equal(processor_times_parse(&now, text_of(stat)), 0);
        throttle_note(&t, &now);
        return t;
}

static void an_idle_machine_lets_us_work(void **state)
{
        struct throttle t = after("cpu  600 0 450 9150 0 0 0 0 0 0\n");

        (void)state;
        assert_false(t.busy);
        assert_int_equal(throttle_rest_ms(&t, SECOND_NS), 0);
}

static void niced_work_is_not_the_users(void **state)
{
        struct throttle t = after("cpu  600 200 400 9000 0 0 0 0 0 0\n");

        (void)state;
        assert_false(t.busy);
}

static void a_user_at_work_leaves_us_a_twentieth(void **state)
{
        struct throttle t = after("cpu  700 0 400 9100 0 0 0 0 0 0\n");

        (void)state;
        assert_true(t.busy);
        assert_int_equal(throttle_rest_ms(&t, SECOND_NS), 19000);
}

static void a_clock_that_went_back_changes_nothing(void **state)
{
        struct throttle t = after("cpu  1 0 1 1 0 0 0 0 0 0\n");

        (void)state;
        assert_false(t.busy);
        assert_int_equal(t.before.all, 10000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_idle_machine_lets_us_work),
                cmocka_unit_test(niced_work_is_not_the_users),
                cmocka_unit_test(a_user_at_work_leaves_us_a_twentieth),
                cmocka_unit_test(a_clock_that_went_back_changes_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
