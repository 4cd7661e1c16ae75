/* indicators/lists/list_format_ipsum.c: github.com/stamparm/ipsum: an address, a tab, and on how
 * many public block lists it stands.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_format.h"

enum { SNIFF_LINES = 50, CONFIDENCE_PER_LIST = 10 };

static int sniff(const struct list_sample *sample)
{
        struct line_scan scan = { sample->head, 0 };
        size_t lines = 0;
        struct text line;

        while (lines < SNIFF_LINES && line_scan_next(&line, &scan)) {
                size_t tab = text_find(line, '\t');
                struct ip_address a;
                uint64_t n;
                if (tab == line.len || ip_address_parse(&a, (struct text){ line.data, tab }) ||
                    text_to_u64(&n, (struct text){ line.data + tab + 1, line.len - tab - 1 }, 100))
                        return 0;
                lines++;
        }
        return lines ? (list_sample_has(sample, "ipsum") ? 100 : 88) : 0;
}

static int read_ipsum(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct line_scan scan = { bytes, 0 };
        struct text line;

        (void)bad;
        while (line_scan_next(&line, &scan)) {
                size_t tab = text_find(line, '\t');
                struct text cells[2] = { { line.data, tab }, { line.data + line.len, 0 } };
                int err;
                if (tab < line.len)
                        cells[1] = (struct text){ line.data + tab + 1, line.len - tab - 1 };
                err = rows->row(rows->state, scan.line, cells, 2);
                if (err)
                        return err;
        }
        return 0;
}

static const enum list_field fields[] = { FIELD_VALUE, FIELD_CONFIDENCE };

extern const struct list_format list_format_ipsum;
const struct list_format list_format_ipsum = { .id = "ipsum",
        .vi = "IPsum (địa chỉ và số danh sách chặn)",
        .en = "IPsum (address and number of block lists)",
        .sniff = sniff,
        .read = read_ipsum,
        .kind = LIST_KIND_INDICATOR,
        .fields = fields,
        .field_count = 2,
        .confidence_factor = CONFIDENCE_PER_LIST };
