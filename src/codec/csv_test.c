/* codec/csv_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { ROOM = 4 };

static void assert_cell(struct text cell, const char *want)
{
        assert_int_equal(cell.len, strlen(want));
        assert_memory_equal(cell.data, want, cell.len);
}

static void quoted_cells_hold_separators_and_line_ends(void **state)
{
        (void)state;
        struct csv csv;
        struct text cells[ROOM];
        struct parse_error bad;
        size_t n;

        csv_init(&csv, TEXT("a,\"b,\"\"x\"\"\nc\", \"d\"\r\ne,,f\n"), ',', 100);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, &bad), 0);
        assert_int_equal(n, 3);
        assert_cell(cells[0], "a");
        assert_cell(cells[1], "b,\"x\"\nc");
        assert_cell(cells[2], "d");
        assert_int_equal(csv.row_line, 1);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, &bad), 0);
        assert_int_equal(csv.row_line, 3);
        assert_cell(cells[1], "");
        assert_cell(cells[2], "f");
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, &bad), ERR_MISSING);
        csv_done(&csv);
}

static void an_open_quote_names_its_line(void **state)
{
        (void)state;
        struct csv csv;
        struct text cells[ROOM];
        struct parse_error bad = { 0 };
        size_t n;

        csv_init(&csv, TEXT("a\n\"b\nc\n"), ',', 100);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, &bad), 0);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, &bad), ERR_FORMAT);
        assert_int_equal(bad.line, 2);
        csv_done(&csv);
}

static void limits_are_kept(void **state)
{
        (void)state;
        struct csv csv;
        struct text cells[ROOM];
        size_t n;

        csv_init(&csv, TEXT("1,2,3,4,5\n"), ',', 100);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, NULL), ERR_LIMIT);
        csv_done(&csv);
        csv_init(&csv, TEXT("12345\n"), ',', 4);
        assert_int_equal(csv_next(&n, cells, ROOM, &csv, NULL), ERR_LIMIT);
        csv_done(&csv);
}

static void the_separator_is_guessed(void **state)
{
        (void)state;
        assert_int_equal(csv_guess_separator(TEXT("a;b,c;d\n1;2;3\n4;5;6\n")), ';');
        assert_int_equal(csv_guess_separator(TEXT("a\tb\n1\t2\n")), '\t');
        assert_int_equal(csv_guess_separator(TEXT("x\ny\n")), '\0');
}

static void formulas_are_disarmed_on_export(void **state)
{
        (void)state;
        struct buffer out = BUFFER(100);

        assert_int_equal(csv_add_cell(&out, TEXT("=1+\"2\",3"), ','), 0);
        assert_string_equal(out.data, "\"'=1+\"\"2\"\",3\"");
        buffer_done(&out);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(quoted_cells_hold_separators_and_line_ends),
                cmocka_unit_test(an_open_quote_names_its_line),
                cmocka_unit_test(limits_are_kept),
                cmocka_unit_test(the_separator_is_guessed),
                cmocka_unit_test(formulas_are_disarmed_on_export),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
