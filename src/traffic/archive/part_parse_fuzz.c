/* traffic/archive/part_parse_fuzz.c: any bytes as a directory. What parses keeps every chunk within
 * the data and its rows within their sum. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/part_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_table(const struct part_table_view *table, uint64_t data_end)
{
        uint64_t rows = 0;

        for (uint32_t n = 0; n < table->groups; n++) {
                struct part_group g;

                part_group_at(&g, table, n);
                for (unsigned c = 0; c < table->columns; c++) {
                        struct part_chunk chunk = part_group_chunk(&g, c);

                        if (chunk.offset + chunk.len > data_end)
                                abort();
                }
                rows += g.rows;
        }
        if (rows != table->rows)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct part_directory d;
        uint64_t data_end = size ? (uint64_t)data[0] << 16 : 0;
        struct text bytes = { (const char *)data + 1, size ? size - 1 : 0 };

        if (size == 0 || part_directory_parse(&d, bytes, data_end))
                return 0;
        for (unsigned t = 0; t < TABLES; t++)
                check_table(&d.tables[t], data_end);
        return 0;
}
