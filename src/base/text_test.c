/* base/text_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void numbers_are_read_whole_or_not_at_all(void **state)
{
        uint64_t n = 5;
        int64_t i = 5;

        (void)state;
        assert_int_equal(text_to_u64(&n, TEXT("65535"), 65535), 0);
        assert_int_equal(n, 65535);
        assert_int_equal(text_to_u64(&n, TEXT("65536"), 65535), ERR_LIMIT);
        assert_int_equal(text_to_u64(&n, TEXT("18446744073709551615"), UINT64_MAX), 0);
        assert_int_equal(text_to_u64(&n, TEXT("18446744073709551616"), UINT64_MAX), ERR_LIMIT);
        n = 1;
        assert_int_equal(text_to_u64(&n, TEXT("12a"), 100), ERR_FORMAT);
        assert_int_equal(text_to_u64(&n, TEXT(""), 100), ERR_FORMAT);
        assert_int_equal(text_to_u64(&n, TEXT("7"), 5), ERR_LIMIT);
        assert_int_equal(n, 1);
        assert_int_equal(text_to_i64(&i, TEXT("-42")), 0);
        assert_int_equal(i, -42);
        assert_int_equal(text_to_i64(&i, TEXT("--42")), ERR_FORMAT);
}

static void splitting_returns_each_part_and_the_empty_last_one(void **state)
{
        struct text rest = TEXT("a,b,"), part;

        (void)state;
        assert_true(text_split(&part, &rest, ','));
        assert_true(text_is(part, "a"));
        assert_true(text_split(&part, &rest, ','));
        assert_true(text_is(part, "b"));
        assert_true(text_split(&part, &rest, ','));
        assert_int_equal(part.len, 0);
        assert_false(text_split(&part, &rest, ','));
}

static void utf8_refuses_overlong_surrogate_and_cut_characters(void **state)
{
        (void)state;
        assert_true(text_is_utf8(TEXT("Tết Nguyên đán 🎆")));
        assert_false(text_is_utf8(TEXT("\xC0\x80")));
        assert_false(text_is_utf8(TEXT("\xED\xA0\x80")));
        assert_false(text_is_utf8(TEXT("\xF4\x90\x80\x80")));
        assert_false(text_is_utf8(TEXT("T\xE1\xBA")));
}

static void trimming_and_comparing_touch_only_ascii_blanks(void **state)
{
        (void)state;
        assert_true(text_is(text_trim(TEXT(" \t xã \r\n")), "xã"));
        assert_true(text_is_nocase(TEXT("IPv4"), "ipv4"));
        assert_true(text_starts(TEXT("event4_sinkhole"), "event4_"));
        assert_true(text_ends(TEXT("list.CSV"), ".CSV"));
        assert_int_equal(text_trim(TEXT("   ")).len, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
                cmocka_unit_test(splitting_returns_each_part_and_the_empty_last_one),
                cmocka_unit_test(utf8_refuses_overlong_surrogate_and_cut_characters),
                cmocka_unit_test(trimming_and_comparing_touch_only_ascii_blanks),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
