/* base/arena_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void pieces_are_zeroed_and_aligned(void **state)
{
        AUTO(arena_free_at) struct arena *a = NULL;

        (void)state;
        assert_int_equal(arena_new(&a, 1 << 20), 0);
        for (size_t i = 1; i < 200; i++) {
                unsigned char *p = arena_zero(a, i, 3);
                assert_non_null(p);
                assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
                for (size_t j = 0; j < i * 3; j++)
                        assert_int_equal(p[j], 0);
                memset(p, 0xFF, i * 3);
        }
        assert_string_equal(arena_text(a, TEXT("đôn đốc")), "đôn đốc");
}

static void beyond_its_limit_it_gives_nothing(void **state)
{
        AUTO(arena_free_at) struct arena *a = NULL;

        (void)state;
        assert_int_equal(arena_new(&a, 100), 0);
        assert_null(arena_zero(a, 101, 1));
        assert_null(arena_zero(a, SIZE_MAX / 2, 4));
        assert_non_null(arena_zero(a, 64, 1));
        assert_null(arena_zero(a, 64, 1));
        assert_int_equal(arena_used(a), 64);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pieces_are_zeroed_and_aligned),
                cmocka_unit_test(beyond_its_limit_it_gives_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
