/* indicators/lists/json_rows.h: what the JSON formats share: finding the documents of a file and
 * joining the pieces of a cell. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_JSON_ROWS_H
#define CANH_INDICATORS_LISTS_JSON_ROWS_H

#include "base/buffer.h"
#include "codec/json_fields.h"
#include "indicators/lists/list_format.h"

/* The columns of formats that hold indicators in JSON (MISP, STIX). */
enum json_column {
        JSON_VALUE,
        JSON_CERTIFICATE,
        JSON_FAMILY,
        JSON_FIRST_SEEN,
        JSON_LAST_SEEN,
        JSON_VALID_UNTIL,
        JSON_CONFIDENCE,
        JSON_ORIGIN,
        JSON_NOTE,
        JSON_COLUMNS
};
/* The tail of such a format's entry. */
extern const enum list_field json_column_fields[JSON_COLUMNS];
#define JSON_INDICATOR_FORMAT                                                                      \
        .kind = LIST_KIND_INDICATOR, .fields = json_column_fields, .field_count = JSON_COLUMNS,    \
        .utc = true
/* `score` when it looks like JSON and has one of the words (NULL behind the last); else 0. */
int json_rows_sniff(const struct list_sample *sample, const char *const *words, int score);

/* Hands one document to `take`: all of the file, or each of its lines when the file is JSON lines.
 * `line` is 0 for a document that is the whole file. A line that is no JSON goes to rows as it
 * stands (and is refused there). FORMAT with *bad when already the first line is none. */
MUST_USE int json_rows_each(struct text bytes, const struct list_rows *rows,
    int (*take)(void *state, size_t line, const json_t *document), void *state,
    struct parse_error *bad);
/* The text of a string or number, added to the buffer; nothing for anything else. */
MUST_USE int json_rows_add_scalar(struct buffer *out, const json_t *value);
/* A member's string as a view; empty when missing or of another kind. */
struct text json_rows_text(const json_t *object, const char *name);

#endif
