/* traffic/archive/column.h: up to COLUMN_ROWS_MAX numbers of one meaning as few bytes ("a chunk").
 * From: part_write. To: part_read. Layout: docs/formats/flow-archive.md, "Chunks". column_parse is
 * pure and takes any bytes. One thread for each scratch. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_COLUMN_H
#define CANH_TRAFFIC_ARCHIVE_COLUMN_H

#include "base/buffer.h"
#include "base/text.h"

enum {
        COLUMN_ROWS_MAX = 8192,
        COLUMN_STREAMS_MAX = 8,
        COLUMN_HEADER_BYTES = 10, /* form, number of streams, base */
        COLUMN_STREAM_HEADER_BYTES = 3,
        COLUMN_FORM_DIFFERENCES = 1, /* each value less the one before, as zigzag */
        COLUMN_FORM_AMOUNTS = 2,     /* size class and mantissa bits */
        COLUMN_STREAM_RAW = 0,
        COLUMN_STREAM_ZSTD = 1,
        COLUMN_STREAM_SAME = 2,
        BLOB_BYTES_MAX = 8 << 20
};

/* What the writer knows of a column, so that it need not try every form. */
enum column_nature {
        COLUMN_CODE,   /* few frequent values: protocol, port, flags */
        COLUMN_AMOUNT, /* spread over many sizes: bytes, packets, milliseconds */
        COLUMN_ORDERED /* mostly rising: keys, times */
};

struct column_scratch;

MUST_USE int column_scratch_new(struct column_scratch **out);
struct column_scratch *column_scratch_free(struct column_scratch *s);
void column_scratch_free_at(struct column_scratch **s);

/* Adds the chunk of values[0..n), 1 <= n <= COLUMN_ROWS_MAX. */
MUST_USE int column_write(struct buffer *out, struct column_scratch *s, const uint64_t *values,
    size_t n, enum column_nature nature);
/* Which rows are wanted: the others' values are undefined. A few rows cost far less than all. */
struct column_rows {
        size_t from, to;
        const uint16_t *list; /* NULL: all of [from, to); else these, rising, within it */
        size_t count;         /* of list */
};
/* A chunk of n rows. FORMAT, and then values are undefined. */
MUST_USE int column_parse(uint64_t *values, size_t n, struct column_rows wanted,
    struct column_scratch *s, struct text chunk);
/* Text of any kind as one chunk: its length and a zstd frame. */
MUST_USE int blob_write(struct buffer *out, struct column_scratch *s, struct text bytes);
MUST_USE int blob_parse(struct buffer *out, struct column_scratch *s, struct text chunk);

#endif
