/* codec/timestamp_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void rfc3339_reads_and_writes_the_same_instant(void **state)
{
        char text[TIMESTAMP_TEXT_MAX];
        time_ms at, again;

        (void)state;
        assert_int_equal(timestamp_parse(&at, TEXT("2024-02-10T00:00:00+07:00")), 0);
        assert_string_equal(timestamp_write(text, at), "2024-02-09T17:00:00Z");
        assert_int_equal(timestamp_parse(&at, TEXT("1969-12-31T23:59:59.123456Z")), 0);
        assert_int_equal(at, -877);
        assert_string_equal(timestamp_write(text, at), "1969-12-31T23:59:59.123Z");
        for (time_ms t = -5000000000000; t < 5000000000000; t += (time_ms)86399999 * 7) {
                assert_int_equal(timestamp_parse(&again, text_of(timestamp_write(text, t))), 0);
                assert_int_equal(again, t);
        }
}

static void a_day_that_does_not_exist_is_refused(void **state)
{
        static const char *const bad[] = { "2026-11-31T10:00:00Z", "2023-02-29T00:00:00Z",
                "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01",
                "2024-01-01T00:00:00Z ", "", "2024-1-01T00:00:00Z" };
        time_ms at = 9;

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(timestamp_parse(&at, text_of(bad[i])), ERR_FORMAT);
        assert_int_equal(at, 9);
}

static void officials_read_day_first(void **state)
{
        char text[TIMESTAMP_TEXT_MAX];
        time_ms at;

        (void)state;
        assert_int_equal(timestamp_parse(&at, TEXT("2024-01-31T20:05:00Z")), 0);
        assert_string_equal(timestamp_write_day(text, at, ZONE_VIETNAM_MINUTES), "01/02/2024");
        assert_string_equal(
            timestamp_write_local(text, at, ZONE_VIETNAM_MINUTES), "03:05 01/02/2024");
}

static void a_day_of_officials_is_its_midnight_in_vietnam(void **state)
{
        time_ms at, same;

        (void)state;
        assert_int_equal(day_parse(&at, TEXT("15/01/2024")), 0);
        assert_int_equal(timestamp_parse(&same, TEXT("2024-01-15T00:00:00+07:00")), 0);
        assert_true(at == same);
        assert_int_equal(day_parse(&at, TEXT("31/02/2024")), ERR_FORMAT);
        assert_int_equal(day_parse(&at, TEXT("15/01")), ERR_FORMAT);
        assert_int_equal(day_parse(&at, TEXT("15/01/24")), ERR_FORMAT);
        assert_int_equal(day_parse(&at, TEXT("1/2/2024/5")), ERR_FORMAT);
}

static void zones_are_offsets(void **state)
{
        int minutes = 1;

        (void)state;
        assert_int_equal(zone_parse(&minutes, TEXT("+07:00")), 0);
        assert_int_equal(minutes, 420);
        assert_int_equal(zone_parse(&minutes, TEXT("-5")), 0);
        assert_int_equal(minutes, -300);
        assert_int_equal(zone_parse(&minutes, TEXT("")), ERR_FORMAT);
        assert_int_equal(zone_parse(&minutes, TEXT("+15:00")), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc3339_reads_and_writes_the_same_instant),
                cmocka_unit_test(a_day_that_does_not_exist_is_refused),
                cmocka_unit_test(officials_read_day_first),
                cmocka_unit_test(a_day_of_officials_is_its_midnight_in_vietnam),
                cmocka_unit_test(zones_are_offsets),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
