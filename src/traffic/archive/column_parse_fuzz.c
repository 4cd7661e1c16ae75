/* traffic/archive/column_parse_fuzz.c: any bytes as a chunk. What parses is written and parsed
 * again to the same numbers, in each nature; a few rows are the same as in all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/column.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(
    struct column_scratch *s, const uint64_t *values, size_t n, enum column_nature nature)
{
        static uint64_t again[COLUMN_ROWS_MAX];
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct column_rows some = { n / 3, n / 2 };

        if (column_write(&out, s, values, n, nature) ||
            column_parse(again, n, some, s, (struct text){ out.data, out.len }) ||
            memcmp(again + some.from, values + some.from, (some.to - some.from) * 8) != 0 ||
            column_parse(
                again, n, (struct column_rows){ 0, n }, s, (struct text){ out.data, out.len }) ||
            memcmp(again, values, n * sizeof(*values)) != 0)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static uint64_t values[COLUMN_ROWS_MAX];
        AUTO(column_scratch_free_at) struct column_scratch *s = NULL;
        size_t n = size ? (size_t)data[0] * 32 + 1 : 1;
        struct text chunk = { (const char *)data + 1, size ? size - 1 : 0 };

        if (size == 0 || column_scratch_new(&s))
                return 0;
        if (column_parse(values, n, (struct column_rows){ 0, n }, s, chunk) == 0)
                for (unsigned nature = COLUMN_CODE; nature <= COLUMN_ORDERED; nature++)
                        check_again(s, values, n, (enum column_nature)nature);
        return 0;
}
