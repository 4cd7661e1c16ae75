/* codec/csv.h: rows of comma, semicolon or tab separated text (RFC 4180 and what spreadsheets make
 * of it): quoted cells may hold separators and line ends, "" is a quote, blanks before an opening
 * quote do not count. Pure. Limits are given at birth.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_CSV_H
#define CANH_CODEC_CSV_H

#include "base/buffer.h"
#include "base/text.h"

struct csv {
        struct text rest;
        char separator;
        size_t line;     /* of the next row, from 1 */
        size_t row_line; /* of the row that csv_next gave */
        struct text row; /* its raw bytes without line end */
        size_t cell_max;
        struct buffer plain; /* cells whose quotes were taken off */
};

void csv_init(struct csv *csv, struct text bytes, char separator, size_t cell_max);
void csv_done(struct csv *csv);
/* The next row; the cells live until the next call. MISSING at the end; FORMAT for a quote that
 * never closes; LIMIT for more than `room` cells or a cell over cell_max (then *bad says so). */
MUST_USE int csv_next(
    size_t *out_count, struct text *cells, size_t room, struct csv *csv, struct parse_error *bad);
/* The separator that splits most of the first lines into the same number of cells: , ; TAB or |.
 * '\0' when none does. */
char csv_guess_separator(struct text bytes);
/* Adds one cell, quoted where needed; a leading = + - @ or TAB gets an apostrophe, so that a
 * spreadsheet does not run it. */
MUST_USE int csv_add_cell(struct buffer *out, struct text cell, char separator);
/* The same without the apostrophe, for text that no spreadsheet opens: reads back to the same cell.
 */
MUST_USE int csv_add_exact_cell(struct buffer *out, struct text cell, char separator);

#endif
