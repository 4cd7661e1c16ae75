/* codec/url_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void urls_have_one_form(void **state)
{
        (void)state;
        static const char *const pairs[][2] = {
                { "HTTP://Evil.Example:80/A?b#c", "evil.example/A?b" },
                { "https://evil.example:443", "evil.example/" },
                { "http://u:p@192.0.2.1:8080/x", "192.0.2.1:8080/x" },
                { "evil.example?q", "evil.example/?q" },
                { "http://[2001:DB8::1]/", "[2001:db8::1]/" },
        };
        char out[URL_MAX];

        for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
                assert_int_equal(url_parse(out, text_of(pairs[i][0])), 0);
                assert_string_equal(out, pairs[i][1]);
                assert_int_equal(url_parse(out, text_of(out)), 0); /* its form is its own form */
                assert_string_equal(out, pairs[i][1]);
        }
}

static void what_is_no_url_is_refused(void **state)
{
        (void)state;
        static const char *const wrong[] = { "", "/gate.php", "http:///x", "http://a b.c/",
                "http://x.y:99999/" };
        char out[URL_MAX];

        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_int_equal(url_parse(out, text_of(wrong[i])), ERR_FORMAT);
}

static void the_host_is_found(void **state)
{
        (void)state;
        assert_true(text_is(url_host(TEXT("a.b:81/x")), "a.b"));
        assert_true(text_is(url_host(TEXT("[2001:db8::1]/x")), "2001:db8::1"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(urls_have_one_form),
                cmocka_unit_test(what_is_no_url_is_refused),
                cmocka_unit_test(the_host_is_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
