/* indicators/lists/list_format_sslbl.c: SSLBL of abuse.ch: SHA-1 of TLS certificates of control
 * servers, with the reason ("AsyncRAT C&C") and the day, American order in some copies.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/csv.h"
#include "indicators/lists/list_format.h"

static int sniff(const struct list_sample *sample)
{
        return list_sample_has(sample, "sha1") && list_sample_has(sample, "listing") ? 97 : 0;
}

struct renaming {
        const struct list_rows *rows;
};

/* A column called SHA1 holds certificates here, not files. */
static int rename_header(void *state, size_t line, const struct text *cells, size_t count)
{
        const struct renaming *r = state;
        struct text copy[LIST_COLUMNS_MAX];

        for (size_t i = 0; i < count; i++)
                copy[i] = text_is_nocase(list_cell_trim(cells[i]), "sha1") ? TEXT("certificate")
                                                                           : cells[i];
        return r->rows->row(r->rows->state, line, copy, count);
}

static int read_sslbl(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct renaming r = { rows };
        struct list_rows through = { .row = rename_header, .state = &r };

        return list_read_separated(bytes, &through, bad);
}

extern const struct list_format list_format_sslbl;
const struct list_format list_format_sslbl = { .id = "sslbl",
        .vi = "SSLBL (mã băm chứng thư, CSV)",
        .en = "SSLBL (certificate hashes, CSV)",
        .sniff = sniff,
        .read = read_sslbl,
        .kind = LIST_KIND_INDICATOR,
        .utc = true,
        .month_first = true };
