/* indicators/lists/list_survey.h: the first of two readings of a list: where the header is, what
 * the columns mean, how dates are written, whose addresses these are. Nothing is guessed row by
 * row: the second reading follows one plan per sheet. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_SURVEY_H
#define CANH_INDICATORS_LISTS_LIST_SURVEY_H

#include "indicators/lists/list_format.h"

enum { SURVEY_SHEETS_MAX = 64, SURVEY_HEAD_ROWS = 30, SURVEY_STATS_ROWS = 500 };

/* What the sink returns when the rest of the file cannot tell more: the format says what its cells
 * are. */
enum { SURVEY_ENOUGH = 1 };

struct list_plan {
        size_t header_line; /* 0 = none: all rows are data */
        size_t header_rows; /* the header is the last of so many rows; those before are titles */
        size_t column_count;
        enum list_field fields[LIST_COLUMNS_MAX];
        bool sure[LIST_COLUMNS_MAX];
        enum date_order dates;
        enum list_kind kind;
        bool kind_sure;
        size_t rows;
};

struct list_survey;

MUST_USE int list_survey_new(
    struct list_survey **out, const struct list_format *format, const struct list_options *options);
void list_survey_free_at(struct list_survey **survey);
/* The sink of the first reading. */
struct list_rows list_survey_rows(struct list_survey *survey);
/* After the reading: makes the plans and fills columns, header_line, first_rows and kind of *out.
 */
MUST_USE int list_survey_finish(struct list_summary *out, struct list_survey *survey);
size_t list_survey_plan_count(const struct list_survey *survey);
const struct list_plan *list_survey_plan(const struct list_survey *survey, size_t sheet);

/* list_kind.c */
/* What IntelMQ's classification.type says; UNKNOWN for an empty text. */
enum list_kind list_kind_of_class(struct text class_type);
void list_plan_decide_kind(struct list_plan *plan, const struct list_format *format);
bool list_plan_has(const struct list_plan *plan, enum list_field field);
/* Whether the cells of this field are the indicators of a row, when the file holds indicators. */
bool list_plan_is_value(const struct list_plan *plan, enum list_field field);

#endif
