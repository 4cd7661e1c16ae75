/* indicators/lists/list_format_xlsx.c: Excel workbooks, every sheet a table of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/xlsx.h"
#include "indicators/lists/list_format.h"

static int sniff(const struct list_sample *sample)
{
        return xlsx_is_workbook(sample->raw) ? 100 : 0;
}

static int read_workbook(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct xlsx_sink sink = { .sheet = rows->sheet,
                .row = rows->row,
                .state = rows->state,
                .columns_max = LIST_COLUMNS_MAX,
                .cell_max = LIST_CELL_MAX,
                .rows_max = LIST_ROWS_MAX };

        return xlsx_read(bytes, &sink, bad);
}

extern const struct list_format list_format_xlsx;
const struct list_format list_format_xlsx = { .id = "xlsx",
        .vi = "Bảng Excel (.xlsx)",
        .en = "Excel workbook (.xlsx)",
        .sniff = sniff,
        .read = read_workbook,
        .binary = true };
