/* workstation/sweep/verdict_state_test.c: see verdict_state.h. SPDX-License-Identifier: Apache-2.0
 */
#include "workstation/sweep/verdict_state.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const struct verdict first = { .dev = 1,
        .ino = 7,
        .bytes = 3,
        .modified_ns = 10,
        .changed_ns = 11,
        .path_key = 99,
        .content = { { 1, 2, 3 } } };

static void made(struct verdict_state **out)
{
        struct sha256 rules = { { 9 } };
        struct verdict other = first;

        other.ino = 3;
        assert_int_equal(verdict_state_new(out, &rules), 0);
        assert_int_equal(verdict_state_add(*out, &first), 0);
        assert_int_equal(verdict_state_add(*out, &other), 0);
        verdict_state_sort(*out);
}

static void any_change_of_the_file_makes_it_unknown(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        struct verdict file = first;

        (void)state;
        made(&s);
        assert_non_null(verdict_state_find(s, &file, false));
        file.changed_ns++;
        assert_null(verdict_state_find(s, &file, true));
        file = first;
        file.bytes++;
        assert_null(verdict_state_find(s, &file, true));
        file = first;
        file.path_key++;
        assert_null(verdict_state_find(s, &file, false));
        assert_non_null(verdict_state_find(s, &file, true));
        assert_true(verdict_state_knows(s, &first.content, 99, false));
        assert_false(verdict_state_knows(s, &first.content, 98, false));
        assert_true(verdict_state_knows(s, &first.content, 98, true));
}

static void altered_or_cut_file_is_refused(void **state)
{
        AUTO(verdict_state_free_at) struct verdict_state *s = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *back = NULL;
        AUTO(buffer_done) struct buffer b = BUFFER(10000);

        (void)state;
        made(&s);
        assert_int_equal(verdict_state_write(&b, s), 0);
        for (size_t n = 0; n < b.len; n++)
                assert_int_not_equal(verdict_state_parse(&back, (struct text){ b.data, n }), 0);
        for (size_t i = 0; i < b.len; i++) {
                b.data[i] ^= 1;
                assert_int_not_equal(verdict_state_parse(&back, (struct text){ b.data, b.len }), 0);
                b.data[i] ^= 1;
        }
        assert_int_equal(verdict_state_parse(&back, (struct text){ b.data, b.len }), 0);
        assert_int_equal(verdict_state_count(back), 2);
        assert_non_null(verdict_state_find(back, &first, false));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_change_of_the_file_makes_it_unknown),
                cmocka_unit_test(altered_or_cut_file_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
