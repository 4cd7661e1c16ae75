/* traffic/trace/ranges_parse_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/trace/ranges_parse.h"

#include "base/mem.h"
#include "codec/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static struct address_ranges read_ranges(const char *bytes)
{
        struct address_ranges r;
        struct parse_error bad = { 0 };

        assert_int_equal(ranges_parse(&r, text_of(bytes), &bad), 0);
        return r;
}

static void assert_moment(time_ms at, const char *text)
{
        time_ms expected;

        assert_int_equal(timestamp_parse(&expected, text_of(text)), 0);
        assert_int_equal(at, expected);
}

static void export_of_the_registry_is_read(void **state)
{
        struct address_ranges r = read_ranges(
            "\xEF\xBB\xBFid,unit,prefix,operator,behind_nat,source,note,valid_from,valid_until,"
            "dynamic\r\n"
            "01H,X-AN,203.0.113.12/31,\"Nhà mạng, mẫu\",1,manual,,01/01/2020,,0\r\n"
            "01J,X-BINH,203.0.113.14,,1,import,,2024-01-01T08:00:00+07:00,01/02/2024,1\r\n");

        (void)state;
        assert_int_equal(r.count, 2);
        assert_true(text_is(r.of[0].unit, "X-AN"));
        assert_moment(r.of[0].since, "2019-12-31T17:00:00Z"); /* a day of the office's zone */
        assert_int_equal(r.of[0].until, 0);
        assert_false(r.of[0].is_imported || r.of[0].is_dynamic);
        assert_true(text_is(r.of[1].unit, "X-BINH"));
        assert_int_equal(r.of[1].prefix.bits, 128);
        assert_moment(r.of[1].since, "2024-01-01T01:00:00Z");
        assert_moment(r.of[1].until, "2024-01-31T17:00:00Z");
        assert_true(r.of[1].is_imported && r.of[1].is_dynamic);
        ranges_done(&r);
}

static void row_that_says_no_range_is_refused_with_its_line(void **state)
{
        static const struct {
                const char *bytes;
                size_t line;
        } wrong[] = { { "prefix,unit\n203.0.113.0/24,VP\nnot-an-address,VP\n", 3 },
                { "prefix,unit,valid_from\n203.0.113.0/24,VP,30/02/2024\n", 2 },
                { "address,unit\n203.0.113.0/24,VP\n", 1 }, { "", 1 } };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
                struct address_ranges r = { NULL, 7, 0, NULL };
                struct parse_error bad = { 0 };

                assert_int_equal(ranges_parse(&r, text_of(wrong[i].bytes), &bad), ERR_FORMAT);
                assert_int_equal(bad.line, wrong[i].line);
                assert_true(bad.why_vi[0] && bad.why_en[0]);
                assert_int_equal(r.count, 7);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(export_of_the_registry_is_read),
                cmocka_unit_test(row_that_says_no_range_is_refused_with_its_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
