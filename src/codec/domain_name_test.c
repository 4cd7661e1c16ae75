/* codec/domain_name_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/domain_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void names_have_one_form(void **state)
{
        (void)state;
        char out[DOMAIN_NAME_MAX];

        assert_int_equal(domain_name_parse(out, TEXT("WWW.Example.COM.")), 0);
        assert_string_equal(out, "www.example.com");
        assert_int_equal(domain_name_parse(out, TEXT("bücher.example")), 0);
        assert_string_equal(out, "xn--bcher-kva.example");
        /* RFC 3492 7.1 (I): why can't they just speak in Vietnamese */
        assert_int_equal(domain_name_parse(out, TEXT("TạisaohọkhôngthểchỉnóitiếngViệt.vn")), 0);
        assert_string_equal(out, "xn--tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g.vn");
}

static void what_is_no_name_is_refused(void **state)
{
        (void)state;
        static const char *const wrong[] = { "", ".", "localhost", "a..b", "-a.b", "a b.c",
                "1.2.3.4", "999.1.1.1", "a.b/c", "x.123", "có dấu cách.vn" };
        char out[DOMAIN_NAME_MAX];

        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_int_equal(domain_name_parse(out, text_of(wrong[i])), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_have_one_form),
                cmocka_unit_test(what_is_no_name_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
