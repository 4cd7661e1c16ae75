/* office/evidence/cell_test.c. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "office/evidence/cell.h"

#define M(state_, by_)                                                                             \
        {                                                                                          \
                .state = (state_), .proved_by = (by_), .met = 1, .total = 2, .seen = 3,            \
                .expected = 4                                                                      \
        }
#define MET M(MEASURE_MET, PROVED_BY_MACHINE)
#define WORD M(MEASURE_MET, PROVED_BY_PERSON)
#define NOT M(MEASURE_NOT_MET, PROVED_BY_MACHINE)
#define HUH M(MEASURE_UNKNOWN, PROVED_BY_NONE)
#define NONE M(MEASURE_NOT_APPLICABLE, PROVED_BY_NONE)

static void cells_say_what_the_table_says(void **state)
{
        static const struct {
                const char *what;
                size_t count;
                struct measure_result results[3];
                enum cell_state state;
                enum proved_by by;
        } rows[] = {
                { "no measure is unknown", 0, { { 0 } }, CELL_UNKNOWN, PROVED_BY_NONE },
                { "all met", 2, { MET, MET }, CELL_MET, PROVED_BY_MACHINE },
                { "a word among machines is a person's", 2, { MET, WORD }, CELL_MET,
                    PROVED_BY_PERSON },
                { "unknown is never met", 3, { MET, HUH, MET }, CELL_UNKNOWN, PROVED_BY_NONE },
                { "not met beats unknown", 3, { HUH, NOT, MET }, CELL_NOT_MET, PROVED_BY_MACHINE },
                { "not applicable beside met", 2, { NONE, MET }, CELL_MET, PROVED_BY_MACHINE },
                { "not applicable alone", 1, { NONE }, CELL_NOT_APPLICABLE, PROVED_BY_NONE },
                { "not applicable beside unknown", 2, { NONE, HUH }, CELL_UNKNOWN, PROVED_BY_NONE },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                struct cell_result c;

                cell_combine(&c, rows[i].results, rows[i].count);
                if (c.state != rows[i].state || c.proved_by != rows[i].by)
                        fail_msg("%s: %s by %s", rows[i].what, cell_state_name(c.state),
                            proved_by_name(c.proved_by));
        }
}

static void waiver_covers_what_is_open_and_ends_by_itself(void **state)
{
        struct cell_result c = { .state = CELL_NOT_MET };

        (void)state;
        cell_waive(&c, 100, 100);
        assert_int_equal(c.state, CELL_NOT_MET);
        cell_waive(&c, 101, 100);
        assert_int_equal(c.state, CELL_WAIVED);
        c.state = CELL_MET;
        cell_waive(&c, 101, 100);
        assert_int_equal(c.state, CELL_MET);
}

static void state_names_read_back(void **state)
{
        (void)state;
        for (int i = CELL_MET; i <= CELL_UNKNOWN; i++) {
                enum cell_state back;

                assert_int_equal(
                    cell_state_parse(&back, text_of(cell_state_name((enum cell_state)i))), 0);
                assert_int_equal((int)back, i);
        }
        enum cell_state none;
        assert_int_equal(cell_state_parse(&none, TEXT("green")), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(cells_say_what_the_table_says),
                cmocka_unit_test(waiver_covers_what_is_open_and_ends_by_itself),
                cmocka_unit_test(state_names_read_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
