/* indicators/lists/list_row.h: the second reading: each row, by its sheet's plan, becomes
 * indicators or victim rows, or is reported. For this folder.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_INDICATORS_LISTS_LIST_ROW_H
#define CANH_INDICATORS_LISTS_LIST_ROW_H

#include "base/buffer.h"
#include "indicators/lists/list_filter.h"
#include "indicators/lists/list_survey.h"

struct list_reading {
        const struct list_options *options;
        const struct list_sink *sink;
        const struct list_format *format;
        const struct list_survey *survey;
        const struct list_plan *plan; /* of the sheet that is being read */
        bool has[FIELDS];             /* the fields its columns hold */
        size_t sheet;                 /* how many have begun */
        size_t row;                   /* of this sheet, from 1 */
        enum list_kind kind;
        struct text source;
        struct list_counts counts;
        struct seen_keys seen;
        struct buffer raw, key;
        char texts[FIELDS][CELL_TEXT_MAX];
};

/* One row under the reader's hands. */
struct list_row {
        size_t line;
        const struct text *cells;
        size_t count;
};

/* The first cell of this field that is not empty; an empty text when there is none. *column from 1.
 */
struct text list_row_cell(const struct list_reading *r, const struct list_row *row,
    enum list_field field, size_t *column);
/* The same in NFC; lives until the next row. */
struct text list_row_text(
    struct list_reading *r, const struct list_row *row, enum list_field field);
/* Time of a field: 0 when empty; FORMAT when there is something that is no time. */
MUST_USE int list_row_time(time_ms *out, const struct list_reading *r, const struct list_row *row,
    enum list_field field, size_t *column);
/* The row as it stood; lives until the next row. */
MUST_USE int list_row_raw(struct text *out, struct list_reading *r, const struct list_row *row);
/* Counts and reports a refused piece of a row. */
MUST_USE int list_row_refuse(struct list_reading *r, const struct list_row *row, size_t column,
    struct text read, const struct list_why *why);

/* list_row_victim.c, list_row_indicator.c */
MUST_USE int list_row_victim(struct list_reading *r, const struct list_row *row);
MUST_USE int list_row_indicator(struct list_reading *r, const struct list_row *row);

#endif
