/* codec/json_fields_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_fields.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void fields_of_the_right_type_are_given_out(void **state)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text t;
        int64_t n;
        time_ms at;
        bool yes;

        (void)state;
        assert_int_equal(
            json_read(&o, TEXT("{\"a\":\"xã\",\"n\":7,\"at\":\"2024-01-15T00:00:00Z\",\"y\":true}"),
                NULL),
            0);
        assert_int_equal(json_field_text(&t, o, "a", 10, NULL), 0);
        assert_true(text_is(t, "xã"));
        assert_int_equal(json_field_i64(&n, o, "n", 0, 10, NULL), 0);
        assert_int_equal(n, 7);
        assert_int_equal(json_field_time(&at, o, "at", NULL), 0);
        assert_int_equal(json_field_bool(&yes, o, "y", NULL), 0);
        assert_int_equal(json_field_text_or_none(&t, o, "none", 10, NULL), 0);
        assert_int_equal(t.len, 0);
}

static void what_is_wrong_is_named(void **state)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct parse_error bad = { 0 };
        struct text t;
        int64_t n;

        (void)state;
        assert_int_equal(json_read(&o, TEXT("{\"a\":1}"), &bad), 0);
        assert_int_equal(json_field_text(&t, o, "a", 10, &bad), ERR_FORMAT);
        assert_non_null(strstr(bad.why_en, "«a»"));
        assert_int_equal(json_field_i64(&n, o, "a", 2, 3, &bad), ERR_LIMIT);
}

static void hostile_text_is_refused(void **state)
{
        json_t *o = NULL;
        struct parse_error bad = { 0 };
        char deep[200];

        (void)state;
        memset(deep, '[', sizeof(deep));
        assert_int_equal(json_read(&o, (struct text){ deep, sizeof(deep) }, &bad), ERR_FORMAT);
        assert_int_equal(json_read(&o, TEXT("{\"a\":1,\"a\":2}"), &bad), ERR_FORMAT);
        assert_int_equal(json_read(&o, TEXT("{\"a\":\n \"\xFF\"}"), &bad), ERR_FORMAT);
        assert_int_equal(bad.line, 2);
        assert_null(o);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fields_of_the_right_type_are_given_out),
                cmocka_unit_test(what_is_wrong_is_named),
                cmocka_unit_test(hostile_text_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
