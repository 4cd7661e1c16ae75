/* codec/docx_fuzz.c: no row is wider, no cell longer than was allowed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/docx.h"
#include "base/mem.h"

#include <stdlib.h>

enum { COLUMNS = 16, CELL = 256, ROWS = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_table(void *state)
{
        (void)state;
        return 0;
}

static int on_row(void *state, size_t line, const struct text *cells, size_t count)
{
        (void)state;
        (void)line;
        if (count > COLUMNS)
                abort();
        for (size_t i = 0; i < count; i++)
                if (cells[i].len > CELL)
                        abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct docx_sink sink = { .table = on_table,
                .row = on_row,
                .columns_max = COLUMNS,
                .cell_max = CELL,
                .rows_max = ROWS };
        AUTO(buffer_done) struct buffer words = BUFFER(1 << 16);
        struct parse_error bad = { 0 };

        if (docx_read(&words, (struct text){ (const char *)data, size }, &sink, &bad) &&
            !bad.why_vi[0])
                abort(); /* a refusal always says why */
        return 0;
}
