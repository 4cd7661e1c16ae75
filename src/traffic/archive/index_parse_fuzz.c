/* traffic/archive/index_parse_fuzz.c: any bytes as a page. Days and hosts stay within their limits
 * and rise; each key is written and read again to the same. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/index_parse.h"
#include "traffic/archive/index_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct index_cursor *c, const struct index_header *header)
{
        static struct index_cursor again;
        struct index_header now = *header;
        struct index_skip skip = { .first = c->key };
        struct index_posting p = index_cursor_posting(c);
        struct index_writer w;

        now.version = INDEX_VERSION;
        index_writer_init(&w, c->day_base);
        if (index_writer_add(&w, c->key, &p))
                abort();
        index_cursor_init(&again, (struct text){ w.pages.data, w.pages.len }, &skip, &now);
        if (index_cursor_skip(&again) || again.at != again.end)
                abort();
        index_cursor_init(&again, (struct text){ w.pages.data, w.pages.len }, &skip, &now);
        if (index_cursor_parse(&again) || again.kinds != c->kinds ||
            again.day_count != c->day_count || again.host_count != c->host_count ||
            memcmp(again.days, c->days, c->day_count * sizeof(*c->days)) != 0 ||
            memcmp(again.hosts, c->hosts, c->host_count * sizeof(*c->hosts)) != 0)
                abort();
        index_writer_done(&w);
}

/* The first two bytes choose the version and the numbers that the header would say. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct index_cursor c;
        struct index_header header;

        if (size >= INDEX_HEADER_BYTES && index_header_parse(&header, data, size) == 0 &&
            header.pages_bytes > size)
                abort();
        if (size < 2)
                return 0;
        header = (struct index_header){ .version = data[0] % 2 ? INDEX_VERSION_DAYS : INDEX_VERSION,
                .day_base = data[0] / 2,
                .hosts = (uint32_t)data[1] * 32 };
        index_cursor_init(&c, (struct text){ (const char *)data + 2, size - 2 },
            &(struct index_skip){ 0 }, &header);
        while (index_cursor_parse(&c) == 0)
                if (c.day_count)
                        check_again(&c, &header);
        return 0;
}
