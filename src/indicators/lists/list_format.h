/* indicators/lists/list_format.h: what a list format gives: rows of cells. A format is one file
 * that ends in a const entry, and one line in list_formats.c. Formats know nothing of indicators or
 * victims. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_FORMAT_H
#define CANH_INDICATORS_LISTS_LIST_FORMAT_H

#include "indicators/lists/list_cell.h"
#include "indicators/lists/list_read.h"

/* Where the rows go. A return other than 0 ends the reading. Empty rows need not be reported. */
struct list_rows {
        int (*row)(void *state, size_t line, const struct text *cells, size_t count);
        int (*sheet)(void *state); /* a new table begins, with a header of its own */
        /* A piece that the format itself knows to be no row of the list, with the reason. */
        int (*refuse)(void *state, size_t line, const struct text *cells, size_t count,
            const struct list_why *why);
        void *state;
};

static inline int list_rows_refuse(const struct list_rows *rows, size_t line,
    const struct text *cells, size_t count, const struct list_why *why)
{
        return rows->refuse ? rows->refuse(rows->state, line, cells, count, why) : 0;
}

struct list_sample {
        struct text file_name;
        struct text raw; /* all bytes */
        struct text
            head; /* UTF-8, the first 64 KiB, cut at a line's end; empty for binary formats */
};

struct list_format {
        const char *id, *vi, *en;
        int (*sniff)(const struct list_sample *sample); /* 0 = surely not … 100 = surely */
        /* bytes are UTF-8 text, or the raw file when `binary`. */
        int (*read)(struct text bytes, const struct list_rows *rows, struct parse_error *bad);
        enum list_kind kind; /* UNKNOWN: by columns */
        /* What the cells of a row are; NULL: a header row or the cells themselves tell. */
        const enum list_field *fields;
        size_t field_count;
        bool binary;
        bool header_first; /* the first row is the header, whether its words are known or not */
        bool utc;          /* times without zone are in UTC, whatever the user's zone */
        bool month_first;  /* unless the file shows otherwise */
        enum indicator_origin origin; /* of all its rows, unless one says something else */
        int confidence_factor; /* for a column of counts: confidence = count times this; 0 = as it
                                  stands */
};

/* NULL behind the last. */
const struct list_format *list_format_at(size_t n);
const struct list_format *list_format_named(struct text id); /* NULL */
const struct list_format *list_format_guess(const struct list_sample *sample);

/* For formats: lines with their numbers; comments (# ; //) are not given. */
struct line_scan {
        struct text rest;
        size_t line;
};
/* The next line that is not empty and no comment, trimmed, cut before " #" and " ;"; false at the
 * end. */
bool line_scan_next(struct text *out, struct line_scan *scan);
bool line_is_comment(struct text line);

/* list_format_csv.c: the reader of all formats with separators. */
int list_read_separated(struct text bytes, const struct list_rows *rows, struct parse_error *bad);
/* True if `word` stands in the head, ASCII case ignored. */
bool list_sample_has(const struct list_sample *sample, const char *word);

#endif
