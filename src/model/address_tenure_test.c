/* model/address_tenure_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "model/address_tenure.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct address_range range(
    const char *prefix, const char *unit, time_ms since, time_ms until)
{
        struct address_range r = { .since = since, .until = until, .unit = text_of(unit) };

        assert_int_equal(ip_prefix_parse(&r.prefix, text_of(prefix), true), 0);
        return r;
}

static struct address_tenure find(
    const struct address_range *ranges, size_t count, const char *address, time_ms at)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(address)), 0);
        return address_tenure_find(ranges, count, &a, at);
}

static void longest_prefix_of_that_time_decides(void **state)
{
        const struct address_range all[] = { range("203.0.113.0/24", "district", 100, 0),
                range("203.0.113.8/29", "commune", 200, 300) };
        struct address_tenure t = find(all, 2, "203.0.113.9", 250);

        (void)state;
        assert_int_equal(t.claim, ADDRESS_HELD);
        assert_true(t.range == &all[1]);
        assert_int_equal(t.since, 200);
        assert_int_equal(t.until, 300);
        t = find(all, 2, "203.0.113.9", 300); /* the end is the first moment without it */
        assert_true(t.range == &all[0]);
        assert_int_equal(t.since, 300);
        assert_int_equal(t.until, 0);
        t = find(all, 2, "203.0.113.9", 199);
        assert_int_equal(t.since, 100);
        assert_int_equal(t.until, 200);
}

static void renewed_range_of_the_same_unit_is_one_tenure(void **state)
{
        const struct address_range all[] = { range("203.0.113.0/24", "district", 100, 200),
                range("203.0.113.0/25", "district", 200, 300),
                range("203.0.113.0/24", "other", 300, 0) };
        struct address_tenure t = find(all, 3, "203.0.113.9", 250);

        (void)state;
        assert_int_equal(t.since, 100);
        assert_int_equal(t.until, 300);
        assert_true(text_is(find(all, 3, "203.0.113.9", 400).range->unit, "other"));
}

static void who_had_it_before_or_after_is_named(void **state)
{
        const struct address_range all[] = { range("203.0.113.0/24", "old", 100, 200),
                range("203.0.113.0/24", "older", 50, 100),
                range("203.0.113.0/24", "next", 400, 0) };
        struct address_tenure t = find(all, 3, "203.0.113.9", 300);

        (void)state;
        assert_int_equal(t.claim, ADDRESS_PAST);
        assert_true(text_is(t.range->unit, "old"));
        assert_int_equal(t.until, 200);
        t = find(all, 3, "203.0.113.9", 20);
        assert_int_equal(t.claim, ADDRESS_FUTURE);
        assert_true(text_is(t.range->unit, "older"));
        assert_int_equal(find(all, 3, "198.51.100.9", 300).claim, ADDRESS_NEVER);
}

static void range_entered_by_hand_goes_before_an_imported_one(void **state)
{
        struct address_range all[] = { range("203.0.113.0/24", "imported", 150, 0),
                range("203.0.113.0/24", "by hand", 100, 0) };

        (void)state;
        all[0].is_imported = true;
        assert_true(text_is(find(all, 2, "203.0.113.9", 300).range->unit, "by hand"));
        all[0].is_imported = false; /* then the later one */
        assert_true(text_is(find(all, 2, "203.0.113.9", 300).range->unit, "imported"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(longest_prefix_of_that_time_decides),
                cmocka_unit_test(renewed_range_of_the_same_unit_is_one_tenure),
                cmocka_unit_test(who_had_it_before_or_after_is_named),
                cmocka_unit_test(range_entered_by_hand_goes_before_an_imported_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
