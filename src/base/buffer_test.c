/* base/buffer_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void adding_keeps_a_zero_byte_behind_the_end(void **state)
{
        struct buffer b = BUFFER(100);

        (void)state;
        assert_int_equal(buffer_add_text(&b, "canh"), 0);
        assert_int_equal(buffer_add_format(&b, " %d", 7), 0);
        assert_string_equal(b.data, "canh 7");
        assert_int_equal(b.len, 6);
        buffer_done(&b);
        assert_null(b.data);
}

static void at_its_limit_it_refuses_and_stays_as_it_was(void **state)
{
        struct buffer b = BUFFER(4);

        (void)state;
        assert_int_equal(buffer_add_text(&b, "tết"), ERR_LIMIT);
        assert_int_equal(buffer_add_text(&b, "abc"), 0);
        assert_int_equal(buffer_add_format(&b, "%s", "de"), ERR_LIMIT);
        assert_string_equal(b.data, "abc");
        assert_int_equal(buffer_add_byte(&b, 'd'), 0);
        assert_int_equal(buffer_add_byte(&b, 'e'), ERR_LIMIT);
        buffer_done(&b);
}

static void taking_gives_the_bytes_away(void **state)
{
        struct buffer b = BUFFER(1000);
        char *mine;

        (void)state;
        assert_null(buffer_take(&b));
        for (int i = 0; i < 300; i++)
                assert_int_equal(buffer_add_byte(&b, 'x'), 0);
        mine = buffer_take(&b);
        assert_int_equal(strlen(mine), 300);
        assert_int_equal(b.len, 0);
        mem_free(mine);
        buffer_done(&b);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(adding_keeps_a_zero_byte_behind_the_end),
                cmocka_unit_test(at_its_limit_it_refuses_and_stays_as_it_was),
                cmocka_unit_test(taking_gives_the_bytes_away),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
