/* traffic/archive/index_parse_fuzz.c: any bytes as a page. Days stay within their limits and rise;
 * each key is written and read again to the same days. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/index_parse.h"
#include "traffic/archive/index_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct index_cursor *c)
{
        static struct index_cursor again;
        struct index_skip skip = { .first = c->key };
        struct index_writer w;

        index_writer_init(&w, c->day_base);
        if (index_writer_add(&w, c->key, c->days, c->day_count))
                abort();
        index_cursor_init(&again, (struct text){ w.pages.data, w.pages.len }, &skip, c->day_base);
        if (index_cursor_parse(&again) || again.day_count != c->day_count ||
            memcmp(again.days, c->days, c->day_count * sizeof(*c->days)) != 0)
                abort();
        index_writer_done(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct index_cursor c;
        struct index_header header;

        if (size >= INDEX_HEADER_BYTES && index_header_parse(&header, data, size) == 0 &&
            header.pages_bytes > size)
                abort();
        index_cursor_init(&c, (struct text){ (const char *)data, size }, &(struct index_skip){ 0 },
            size ? data[0] : 0);
        while (index_cursor_parse(&c) == 0)
                if (c.day_count)
                        check_again(&c);
        return 0;
}
