/* codec/csv_fuzz.c: rows come from inside the input, in its order, and what csv_add_exact_cell
 * writes is read back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/csv.h"

#include <stdlib.h>

enum { ROOM = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(struct text cell)
{
        struct buffer out = BUFFER(1 << 20);
        struct text back[ROOM];
        struct csv again;
        size_t n = 0;

        if (cell.len == 0 || cell.data[0] == ' ' || csv_add_exact_cell(&out, cell, ','))
                goto done; /* blanks before a quote are no part of a cell */
        csv_init(&again, (struct text){ out.data, out.len }, ',', 1 << 20);
        if (csv_next(&n, back, ROOM, &again, NULL) || n != 1 || back[0].len != cell.len ||
            memcmp(back[0].data, cell.data, cell.len) != 0)
                abort();
        csv_done(&again);
done:
        buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct csv csv;
        struct text cells[ROOM];
        size_t n;

        csv_init(&csv, (struct text){ (const char *)data, size }, ',', 4096);
        while (csv_next(&n, cells, ROOM, &csv, NULL) == 0)
                for (size_t i = 0; i < n; i++)
                        round_trip(cells[i]);
        csv_done(&csv);
        return 0;
}
