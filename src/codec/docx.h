/* codec/docx.h: the words of a text document (ECMA-376, WordprocessingML): its tables row by row,
 * or, where it has none, its paragraphs. No macros, no links, no entities. Pure (libarchive and
 * expat over memory).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_DOCX_H
#define CANH_CODEC_DOCX_H

#include "base/buffer.h"
#include "base/text.h"

enum { DOCX_DEPTH_MAX = 128, DOCX_TABLES_MAX = 64 };

/* Either returns other than 0 to end the reading. The cells live for the call. A cell that spans
 * columns is followed by empty ones; the paragraphs of a cell are parted by line feeds. A table
 * inside a cell is read as text of that cell. */
struct docx_sink {
        int (*table)(void *state);
        int (*row)(void *state, size_t row, const struct text *cells, size_t count);
        void *state;
        size_t columns_max, cell_max, rows_max; /* LIMIT beyond */
};

bool docx_is_document(struct text bytes);
/* The tables; *words (may be NULL) takes the paragraphs outside of tables, a line each. FORMAT when
 * it is no document or its XML is broken, LIMIT, UNSUPPORTED for one with a password. */
MUST_USE int docx_read(
    struct buffer *words, struct text bytes, const struct docx_sink *sink, struct parse_error *bad);

#endif
