/* traffic/decode/log_table_parse_fuzz.c: a line as its own header has as many cells as columns,
 * within the line. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/decode/log_format.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct text part, const char *from, size_t size)
{
        return part.len == 0 || (part.data >= from && part.data + part.len <= from + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct log_names names[] = { { "a", LOG_NAME }, { "b", LOG_URL } };
        const char *bytes = (const char *)data;
        const struct text line = { bytes, size };
        struct log_record r = { .present = 0 };
        struct log_table table;

        log_table_head(&table, line, ',', names, 2);
        assert(table.count >= 1 && table.count <= LOG_COLUMNS_MAX);
        assert(log_table_row(&r, &table, line, ','));
        assert(is_within(r.field[LOG_NAME], bytes, size));
        return 0;
}
