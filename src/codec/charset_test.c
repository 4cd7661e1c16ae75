/* codec/charset_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/charset.h"
#include "codec/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void check(struct text bytes, const char *encoding, const char *want)
{
        struct buffer own = BUFFER(1000), nfc = BUFFER(1000);
        struct text out;
        const char *found = NULL;

        assert_int_equal(charset_to_utf8(&out, &own, &found, bytes, NULL), 0);
        assert_string_equal(found, encoding);
        assert_int_equal(unicode_add_nfc(&nfc, out), 0);
        assert_string_equal(nfc.data, want);
        buffer_done(&own);
        buffer_done(&nfc);
}

static void every_way_of_saving_gives_the_same_text(void **state)
{
        (void)state;
        check(TEXT("Địa chỉ"), "UTF-8", "Địa chỉ");
        check(TEXT("\xEF\xBB\xBFĐịa"), "UTF-8", "Địa");
        check(TEXT("\xFF\xFEI\0P\0\n\0"), "UTF-16LE", "IP\n");
        check(TEXT("\xFE\xFF\0I\0P\0\n"), "UTF-16BE", "IP\n");
        check(TEXT("I\0P\0\x41\x00"), "UTF-16LE", "IPA");
        check(TEXT("\xD0i\xF2"
                   "a ch\x69\xD2"),
            "windows-1258",
            "Đị"
            "a chỉ");
}

static void binary_is_refused(void **state)
{
        (void)state;
        struct buffer own = BUFFER(1000);
        struct text out;
        const char *found;
        struct parse_error bad = { 0 };

        assert_int_equal(
            charset_to_utf8(&out, &own, &found, TEXT("ab\0\x01\x02z"), &bad), ERR_FORMAT);
        assert_true(bad.why_vi[0] != '\0' && bad.why_en[0] != '\0');
        buffer_done(&own);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_way_of_saving_gives_the_same_text),
                cmocka_unit_test(binary_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
