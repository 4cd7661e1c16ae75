/* codec/xlsx.h: the cells of a workbook (ECMA-376), every sheet, row by row, as text. Shared,
 * inline and formula strings, numbers as they are stored (a date is its serial day). No macros, no
 * links, no entities. Pure (libarchive and expat over memory).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_CODEC_XLSX_H
#define CANH_CODEC_XLSX_H

#include "base/text.h"

enum { XLSX_SHEETS_MAX = 64, XLSX_DEPTH_MAX = 24 };

/* Either returns other than 0 to end the reading. The cells live for the call. */
struct xlsx_sink {
        int (*sheet)(void *state);
        int (*row)(void *state, size_t line, const struct text *cells, size_t count);
        void *state;
        size_t columns_max; /* cells behind are left out: LIMIT */
        size_t cell_max;
        size_t rows_max;
};

/* FORMAT when it is no workbook or its XML is broken, LIMIT, UNSUPPORTED for an encrypted one. */
MUST_USE int xlsx_read(struct text bytes, const struct xlsx_sink *sink, struct parse_error *bad);
/* A ZIP archive that holds a workbook. */
bool xlsx_is_workbook(struct text bytes);

#endif
