/* indicators/lists/list_read.h: a list file of whatever kind becomes indicators or victim rows.
 * Bytes come in whole (an upload, a file, pasted text); rows leave through the sink in the order of
 * the file. Each row that was read ends as good, duplicate, refused or warned, and the counts say
 * so: read = good + duplicate + refused + warned. Pure: no files, no clock. Limits: LIST_*_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_READ_H
#define CANH_INDICATORS_LISTS_LIST_READ_H

#include "codec/ip_address.h"
#include "indicators/lists/list_field.h"
#include "model/indicator.h"
#include "model/victim.h"

enum {
        LIST_BYTES_MAX = 64 << 20,
        LIST_ROWS_MAX = 4 << 20,
        LIST_CELL_MAX = 32 << 10,
        LIST_COLUMNS_MAX = 128,
        LIST_SAMPLES_MAX = 3,
        LIST_FIRST_ROWS_MAX = 8,
        LIST_NAME_MAX = 256
};

enum list_kind { LIST_KIND_UNKNOWN, LIST_KIND_INDICATOR, LIST_KIND_VICTIM };

struct warning_list;

/* field is a column of the file, counted from 0. */
struct list_mapping {
        enum list_field field;
        size_t column;
};

struct list_options {
        struct text file_name; /* helps to guess the format; may be empty */
        struct text as;        /* id of a format; empty = guess */
        struct text source;    /* name of the list; empty = the file's name */
        enum list_kind kind;   /* UNKNOWN = decide by format, else by columns */
        const struct list_mapping *map;
        size_t map_count;             /* 0 = by headers and samples */
        enum indicator_origin origin; /* of all rows that do not say it themselves */
        int zone_minutes; /* of times without zone; formats that state their zone keep it */
        const struct ip_prefix *ours;
        size_t ours_count;
        const struct warning_list *const *warnings;
        size_t warnings_count;
};

struct list_reason {
        size_t line, column; /* from 1; column 0 = the whole row */
        struct text read;    /* what stood there, at most 200 bytes */
        struct text raw;     /* the whole row, cells joined by ';' */
        struct text list;    /* warned: which list or rule keeps it out */
        const char *vi, *en; /* whole sentences */
};

/* Any may be NULL. What they return other than 0 ends the reading with that value. */
struct list_sink {
        int (*indicator)(void *state, const struct indicator *indicator);
        int (*victim)(void *state, const struct victim *victim);
        int (*refused)(void *state, const struct list_reason *reason);
        int (*warned)(void *state, const struct list_reason *reason);
        void *state;
};

struct list_counts {
        size_t read, good, duplicate, refused, warned;
};

struct list_column {
        char name[LIST_NAME_MAX];
        enum list_field field;
        bool sure;
        char samples[LIST_SAMPLES_MAX][LIST_NAME_MAX];
        size_t sample_count;
};

struct list_first_row {
        size_t line;
        size_t cell_count;
        char *cells[LIST_COLUMNS_MAX];
};

/* What was found out about the file. Belongs to the caller: list_summary_free. */
struct list_summary {
        const char *format;   /* id */
        const char *encoding; /* "UTF-8", "UTF-16LE", "windows-1258" … */
        enum list_kind kind;
        bool kind_sure;
        size_t header_line; /* 0 = none */
        struct list_counts counts;
        size_t column_count;
        struct list_column columns[LIST_COLUMNS_MAX];
        size_t first_row_count;
        struct list_first_row first_rows[LIST_FIRST_ROWS_MAX];
};

MUST_USE int list_summary_new(struct list_summary **out);
void list_summary_free_at(struct list_summary **summary);

/* Reads all of bytes. FORMAT, LIMIT or UNSUPPORTED with *bad when the file as a whole cannot be
 * read: rows that went to the sink before are then to be thrown away. */
MUST_USE int list_read(struct list_summary *out, struct text bytes,
    const struct list_options *options, const struct list_sink *sink, struct parse_error *bad);

/* The formats, for menus: id and labels; NULL behind the last. */
const char *list_format_id(size_t n);
const char *list_format_label(size_t n, bool vietnamese);
const char *list_kind_name(enum list_kind kind); /* "indicator", "victim", "unknown" */

#endif
