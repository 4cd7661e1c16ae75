/* traffic/archive/column_parse_fuzz.c: any bytes as a chunk. What parses is written and parsed
 * again to the same numbers, in each nature; a few rows are the same as in all.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/column.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every third row by a list: is it what it is among all? */
static bool listed_differ(
    struct column_scratch *s, const uint64_t *values, size_t n, struct text chunk)
{
        static uint64_t again[COLUMN_ROWS_MAX];
        static uint16_t list[COLUMN_ROWS_MAX];
        struct column_rows some = { 0, n, list, 0 };

        for (size_t i = n % 3; i < n; i += 3)
                list[some.count++] = (uint16_t)i;
        if (column_parse(again, n, some, s, chunk))
                return true;
        for (size_t k = 0; k < some.count; k++)
                if (again[list[k]] != values[list[k]])
                        return true;
        return false;
}

static void check_again(
    struct column_scratch *s, const uint64_t *values, size_t n, enum column_nature nature)
{
        static uint64_t again[COLUMN_ROWS_MAX];
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct column_rows some = { n / 3, n / 2, NULL, 0 }, all = { 0, n, NULL, 0 };

        if (column_write(&out, s, values, n, nature) ||
            column_parse(again, n, some, s, (struct text){ out.data, out.len }) ||
            memcmp(again + some.from, values + some.from, (some.to - some.from) * 8) != 0 ||
            listed_differ(s, values, n, (struct text){ out.data, out.len }) ||
            column_parse(again, n, all, s, (struct text){ out.data, out.len }) ||
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
        if (column_parse(values, n, (struct column_rows){ 0, n, NULL, 0 }, s, chunk) == 0)
                for (unsigned nature = COLUMN_CODE; nature <= COLUMN_ORDERED; nature++)
                        check_again(s, values, n, (enum column_nature)nature);
        return 0;
}
