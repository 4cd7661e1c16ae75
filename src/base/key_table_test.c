/* base/key_table_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/key_table.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static void each_key_keeps_its_number_while_the_table_grows(void **state)
{
        AUTO(key_table_free_at) struct key_table *t = NULL;
        char key[32];
        size_t number;

        (void)state;
        assert_int_equal(key_table_new(&t, 10000), 0);
        for (int round = 0; round < 2; round++)
                for (size_t i = 0; i < 5000; i++) {
                        (void)snprintf(key, sizeof(key), "key %zu", i);
                        assert_int_equal(key_table_add(&number, t, text_of(key)), 0);
                        assert_int_equal(number, i);
                }
        assert_int_equal(key_table_count(t), 5000);
        assert_true(text_is(key_table_at(t, 4999), "key 4999"));
}

static void full_table_refuses_new_keys_and_knows_the_old(void **state)
{
        AUTO(key_table_free_at) struct key_table *t = NULL;
        char longer[KEY_TABLE_KEY_MAX + 1] = "";
        size_t number = 7;

        (void)state;
        assert_int_equal(key_table_new(&t, 2), 0);
        assert_int_equal(
            key_table_add(&number, t, (struct text){ longer, sizeof(longer) }), ERR_LIMIT);
        assert_int_equal(key_table_add(&number, t, TEXT("")), 0);
        assert_int_equal(key_table_add(&number, t, TEXT("a\0b")), 0);
        assert_int_equal(number, 1);
        assert_int_equal(key_table_add(&number, t, TEXT("c")), ERR_LIMIT);
        assert_int_equal(key_table_add(&number, t, TEXT("")), 0);
        assert_int_equal(number, 0);
        assert_int_equal(key_table_at(t, 1).len, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_key_keeps_its_number_while_the_table_grows),
                cmocka_unit_test(full_table_refuses_new_keys_and_knows_the_old),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
