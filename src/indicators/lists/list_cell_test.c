/* indicators/lists/list_cell_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_cell.h"
#include "base/mem.h"
#include "codec/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void items_are_recognised_whatever_their_disguise(void **state)
{
        (void)state;
        static const struct {
                const char *in, *value;
                enum indicator_type type;
                int port;
                bool subdomains;
        } cases[] = {
                { "203[.]0(.)113[dot]7", "203.0.113.7", INDICATOR_IPV4, -1, false },
                { "203.0.113.7:8443", "203.0.113.7", INDICATOR_IPV4, 8443, false },
                { "203.0.113.7/8443", "203.0.113.7", INDICATOR_IPV4, 8443, false },
                { "[2001:db8::1]:53", "2001:db8::1", INDICATOR_IPV6, 53, false },
                { "2001:DB8:0::1", "2001:db8::1", INDICATOR_IPV6, -1, false },
                { "203.0.113.0/24", "203.0.113.0/24", INDICATOR_PREFIX, -1, false },
                { "203.0.113.7/32", "203.0.113.7", INDICATOR_IPV4, -1, false },
                { "hxxps[:]//Bad[.]Example/A", "bad.example/A", INDICATOR_URL, -1, false },
                { "*://*.bad.example/*", "bad.example", INDICATOR_NAME, -1, true },
                { "||bad.example^", "bad.example", INDICATOR_NAME, -1, true },
                { "BAD.example:443", "bad.example", INDICATOR_NAME, 443, false },
                { "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e",
                    INDICATOR_MD5, -1, false },
        };

        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct list_item item;
                struct list_why why;
                assert_int_equal(list_item_parse(&item, text_of(cases[i].in), &why), 0);
                assert_string_equal(item.value, cases[i].value);
                assert_int_equal(item.type, cases[i].type);
                assert_int_equal(item.port, cases[i].port);
                assert_int_equal(item.subdomains, cases[i].subdomains);
        }
}

static void what_is_unclear_is_refused_with_a_reason(void **state)
{
        (void)state;
        static const char *const wrong[] = { "010.1.1.1", "1.2.3.4/24", "1.2.3", "1.2.3.999",
                "/gate.php", "xin chào", "localhost", "2001:db8::/129" };

        for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
                struct list_item item;
                struct list_why why = { NULL, NULL };
                assert_int_equal(list_item_parse(&item, text_of(wrong[i]), &why), ERR_FORMAT);
                assert_non_null(why.vi);
                assert_non_null(why.en);
        }
}

static void a_cell_may_hold_several_addresses(void **state)
{
        (void)state;
        struct text rest = TEXT("203.0.113.1, 203.0.113.2 AS45899; (VNPT)\n203.0.113.3"), piece;
        char seen[8] = "";
        size_t n = 0;

        while (list_item_split(&piece, &rest))
                seen[n++] = piece.data[piece.len - 1];
        assert_string_equal(seen, "123");
}

static void check_time(const char *cell, enum date_order order, int zone, const char *want)
{
        char text[TIMESTAMP_TEXT_MAX];
        time_ms at;

        assert_int_equal(list_time_parse(&at, text_of(cell), order, zone), 0);
        assert_string_equal(timestamp_write(text, at), want);
}

static void times_of_all_habits_are_read(void **state)
{
        (void)state;
        check_time("15/01/2024 08:30", DATE_DAY_FIRST, 420, "2024-01-15T01:30:00Z");
        check_time("01/15/2024 8:30:05 PM", DATE_MONTH_FIRST, 0, "2024-01-15T20:30:05Z");
        check_time("15/1/2024 8:30:05 CH", DATE_DAY_FIRST, 420, "2024-01-15T13:30:05Z");
        check_time("12:10 SA 15/01/2024", DATE_DAY_FIRST, 0, "2024-01-15T00:10:00Z");
        check_time("08h30 ngày 15/01/2024", DATE_DAY_FIRST, 420, "2024-01-15T01:30:00Z");
        check_time("2024-01-15 08:30:00", DATE_DAY_FIRST, 0, "2024-01-15T08:30:00Z");
        check_time("2024-01-15T08:30:00+07:00", DATE_DAY_FIRST, 0, "2024-01-15T01:30:00Z");
        check_time("2024-01-15 08:30:00 UTC", DATE_DAY_FIRST, 420, "2024-01-15T08:30:00Z");
        check_time("45306.354166666664", DATE_DAY_FIRST, 420, "2024-01-15T01:30:00Z");
        check_time("1705282200", DATE_DAY_FIRST, 420, "2024-01-15T01:30:00Z");
        check_time("1705282200000", DATE_DAY_FIRST, 420, "2024-01-15T01:30:00Z");
}

static void impossible_times_are_refused(void **state)
{
        (void)state;
        static const char *const wrong[] = { "31/02/2024", "15/13/2024", "hôm qua", "12", "2024",
                "08:30", "1/1/1800" };
        time_ms at;

        for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
                assert_int_equal(
                    list_time_parse(&at, text_of(wrong[i]), DATE_DAY_FIRST, 0), ERR_FORMAT);
        assert_int_equal(list_time_hint(TEXT("15/01/2024")), DATE_HINT_DAY_FIRST);
        assert_int_equal(list_time_hint(TEXT("01/15/2024")), DATE_HINT_MONTH_FIRST);
        assert_int_equal(list_time_hint(TEXT("01/02/2024")), DATE_HINT_NONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(items_are_recognised_whatever_their_disguise),
                cmocka_unit_test(what_is_unclear_is_refused_with_a_reason),
                cmocka_unit_test(a_cell_may_hold_several_addresses),
                cmocka_unit_test(times_of_all_habits_are_read),
                cmocka_unit_test(impossible_times_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
