/* indicators/set/set_sort_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/set_sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 5000, LENGTH_MAX = 14 };

static uint32_t next(uint32_t *state)
{
        return *state = *state * 1664525u + 1013904223u;
}

/* Values over a small alphabet: many share their first eight bytes, many are equal. */
static size_t fill(struct set_entry *entries, char *values, size_t count)
{
        uint32_t state = 7;
        size_t used = 0;

        for (size_t i = 0; i < count; i++) {
                size_t len = 1 + (next(&state) >> 16) % LENGTH_MAX;
                struct set_entry *e = &entries[i];
                *e = (struct set_entry){ 0, (uint32_t)used, (uint32_t)len, (uint32_t)i };
                for (size_t k = 0; k < len; k++)
                        values[used + k] = k < 8 ? 'a' : (char)('a' + (next(&state) >> 30));
                if (len <= 8)
                        values[used] = (char)('a' + (next(&state) >> 29));
                for (size_t k = 0; k < 8; k++)
                        e->key = e->key << 8 | (k < len ? (uint8_t)values[used + k] : 0);
                used += len;
        }
        return used;
}

static void check_sorted(size_t count)
{
        static struct set_entry entries[MANY];
        static char values[MANY * LENGTH_MAX];
        static bool seen[MANY];

        memset(seen, 0, sizeof(seen));
        (void)fill(entries, values, count);
        assert_int_equal(set_sort(entries, count, values), 0);
        for (size_t i = 0; i < count; i++) {
                int order = i ? set_entry_compare(&entries[i - 1], &entries[i], values) : -1;
                assert_true(order <= 0);
                if (order == 0)
                        assert_true(entries[i - 1].detail < entries[i].detail);
                assert_false(seen[entries[i].detail]);
                seen[entries[i].detail] = true;
        }
}

static void values_come_in_order_and_equal_ones_as_they_came(void **state)
{
        (void)state;
        check_sorted(0);
        check_sorted(1);
        check_sorted(63);
        check_sorted(64);
        check_sorted(MANY);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(values_come_in_order_and_equal_ones_as_they_came),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
