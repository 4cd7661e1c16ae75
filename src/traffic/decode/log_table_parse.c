/* traffic/decode/log_table_parse.c: rows of cells without quotes, under a header; see log_format.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

void log_table_head(struct log_table *out, struct text line, char separator,
    const struct log_names *names, size_t count)
{
        struct text cell;

        out->count = 0;
        while (out->count < LOG_COLUMNS_MAX && text_split(&cell, &line, separator))
                out->columns[out->count++] = log_field_named(names, count, text_trim(cell));
}

bool log_table_row(
    struct log_record *out, const struct log_table *table, struct text line, char separator)
{
        struct text cell;
        size_t n = 0;

        for (; n < table->count && text_split(&cell, &line, separator); n++)
                if (table->columns[n] != LOG_NONE)
                        log_record_set(out, table->columns[n], text_trim(cell));
        return n == table->count;
}
