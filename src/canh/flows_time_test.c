/* canh/flows_time_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "canh/flows_time.h"

#include "base/mem.h"
#include "codec/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const time_ms now = 1705276800000; /* 2024-01-15T00:00:00Z */

static void reads(const char *typed, bool is_end, const char *expected)
{
        char text[TIMESTAMP_TEXT_MAX];
        time_ms at = 0;
        int err = flows_time_parse(&at, text_of(typed), now, ZONE_VIETNAM_MINUTES, is_end);

        if (err)
                print_error("refused: %s\n", typed);
        assert_int_equal(err, 0);
        assert_string_equal(timestamp_write(text, at), expected);
}

static void moments_are_read_as_officials_and_machines_write_them(void **state)
{
        (void)state;
        reads("2024-01-20T08:30:00Z", false, "2024-01-20T08:30:00Z");
        reads("2024-01-20T08:30:00+07:00", false, "2024-01-20T01:30:00Z");
        reads("2024-01-20 08:30", false, "2024-01-20T01:30:00Z");
        reads("2024-01-20T08:30", false, "2024-01-20T01:30:00Z");
        reads("20/01/2024 08:30:15", false, "2024-01-20T01:30:15Z");
        reads("08:30 20/01/2024", false, "2024-01-20T01:30:00Z");
        reads("20/01/2024", false, "2024-01-19T17:00:00Z");
        reads("20/01/2024", true, "2024-01-20T17:00:00Z");
        reads("2024-01-20", true, "2024-01-20T17:00:00Z");
        reads("7d", false, "2024-01-08T00:00:00Z");
        reads("2 giờ", false, "2024-01-14T22:00:00Z");
        reads("30 phút", true, "2024-01-14T23:30:00Z");
}

static void what_is_no_moment_is_refused(void **state)
{
        static const char *const wrong[] = { "", "31/02/2024", "20/01", "tomorrow", "5", "7x",
                "20/01/2024 25:00", "99999999d", "2024-01", "20/01/2024 08", "-5d" };
        time_ms at;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                assert_int_equal(
                    flows_time_parse(&at, text_of(wrong[i]), now, ZONE_VIETNAM_MINUTES, false),
                    ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(moments_are_read_as_officials_and_machines_write_them),
                cmocka_unit_test(what_is_no_moment_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
