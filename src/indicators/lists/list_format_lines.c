/* indicators/lists/list_format_lines.c: one address, name, URL or hash per line; # ; // begin a
 * comment.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_format.h"

enum { SNIFF_LINES = 200, SNIFF_BEST = 85 };

static bool is_header(struct text line)
{
        return list_field_of_header(line) != FIELD_NONE;
}

static int sniff(const struct list_sample *sample)
{
        struct line_scan scan = { sample->head, 0 };
        struct text line, rest, piece;
        size_t lines = 0, items = 0;

        while (lines < SNIFF_LINES && line_scan_next(&line, &scan)) {
                struct list_item item;
                struct list_why why;
                bool one = true;

                if (lines == 0 && items == 0 && is_header(line))
                        continue;
                lines++;
                rest = line;
                while (one && list_item_split(&piece, &rest))
                        one = list_item_parse(&item, piece, &why) == 0 || piece.data[0] == '/';
                items += one;
        }
        return lines ? (int)(items * SNIFF_BEST / lines) : 0;
}

static int read_lines(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct line_scan scan = { bytes, 0 };
        struct text line;
        bool first = true;

        (void)bad;
        while (line_scan_next(&line, &scan)) {
                int err = first && is_header(line) ? 0
                                                   : rows->row(rows->state, scan.line, &line, 1);
                if (err)
                        return err;
                first = false;
        }
        return 0;
}

static const enum list_field fields[] = { FIELD_VALUE };

extern const struct list_format list_format_lines;
const struct list_format list_format_lines = { .id = "lines",
        .vi = "Mỗi dòng một địa chỉ, tên miền, URL hoặc mã băm",
        .en = "One address, name, URL or hash per line",
        .sniff = sniff,
        .read = read_lines,
        .fields = fields,
        .field_count = 1 };
