/* SPDX-License-Identifier: Apache-2.0 */
#include "system/db/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void expect_next(struct text *rest, const char *statement)
{
        struct text got;

        assert_true(schema_next_statement(&got, rest));
        assert_int_equal(got.len, strlen(statement));
        assert_memory_equal(got.data, statement, got.len);
}

static void a_semicolon_in_a_quote_or_comment_does_not_end_a_statement(void **state)
{
        struct text got, rest = TEXT("-- head; not one\n insert into a values ('x;''y;', \";\") ;\n"
                                     "/* ; */;; select 1 -- tail; \n + 2;\n-- end;");

        (void)state;
        expect_next(&rest, "insert into a values ('x;''y;', \";\")");
        expect_next(&rest, "select 1 -- tail; \n + 2");
        assert_false(schema_next_statement(&got, &rest));
        assert_false(schema_next_statement(&got, &rest));
}

static void an_open_quote_takes_all_that_is_left(void **state)
{
        struct text got, rest = TEXT("a 'b; c");

        (void)state;
        expect_next(&rest, "a 'b; c");
        assert_false(schema_next_statement(&got, &rest));
        rest = TEXT("/* open ");
        assert_false(schema_next_statement(&got, &rest));
}

static void every_migration_is_built_in_and_numbered(void **state)
{
        (void)state;
        assert_true(schema_scripts_count >= 1);
        for (size_t i = 0; i < schema_scripts_count; i++) {
                struct text got, rest = text_of(schema_scripts[i].sql);
                size_t statements = 0;

                assert_int_equal(schema_scripts[i].number, i + 1);
                while (schema_next_statement(&got, &rest))
                        statements++;
                assert_true(statements > 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_semicolon_in_a_quote_or_comment_does_not_end_a_statement),
                cmocka_unit_test(an_open_quote_takes_all_that_is_left),
                cmocka_unit_test(every_migration_is_built_in_and_numbered),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
