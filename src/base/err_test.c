/* base/err_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void a_quoted_piece_is_cut_cleaned_and_stays_utf8(void **state)
{
        struct parse_error bad;
        char piece[100];

        (void)state;
        for (size_t i = 0; i + 3 <= sizeof(piece) - 1; i += 3)
                memcpy(piece + i, "ệ", 3);
        piece[0] = '\n';
        assert_int_equal(
            parse_error_quote(&bad, 7, "dòng «%s»", "row «%s»", piece, 90), ERR_FORMAT);
        assert_int_equal(bad.line, 7);
        assert_null(strchr(bad.why_en, '\n'));
        assert_non_null(strstr(bad.why_en, "…"));
        piece[0] = 'x';
        assert_int_equal(parse_error_quote(&bad, 7, "%s", "%s", "\xE1\xBB", 2), ERR_FORMAT);
        assert_string_equal(bad.why_vi, "");
}

static void a_long_reason_ends_on_a_character(void **state)
{
        struct parse_error bad;
        char vi[PARSE_WHY_MAX * 2];

        (void)state;
        memset(vi, 0, sizeof(vi));
        for (size_t i = 0; i + 3 < sizeof(vi); i += 3)
                memcpy(vi + i, "ẵ", 3);
        (void)parse_error_set(&bad, 1, vi, "short");
        assert_true(text_is_utf8(text_of(bad.why_vi)));
        assert_true(strlen(bad.why_vi) > PARSE_WHY_MAX - 5);
}

static void errno_values_become_ours(void **state)
{
        (void)state;
        assert_int_equal(err_from_errno(ENOENT), ERR_MISSING);
        assert_int_equal(err_from_errno(ENOSPC), ERR_IO);
        assert_int_equal(err_from_errno(EACCES), ERR_DENIED);
        assert_string_equal(err_text(ERR_LIMIT), "limit reached");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_quoted_piece_is_cut_cleaned_and_stays_utf8),
                cmocka_unit_test(a_long_reason_ends_on_a_character),
                cmocka_unit_test(errno_values_become_ours),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
