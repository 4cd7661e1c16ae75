/* traffic/archive/index_read.c: see index_read.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_read.h"
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/read_at.h"

#include <inttypes.h>
#include <sys/stat.h>

const char *index_name(char out[INDEX_NAME_MAX], uint64_t id)
{
        (void)snprintf(out, INDEX_NAME_MAX, "%016" PRIu64 ".index", id);
        return out;
}

static int read_tables(struct index *x)
{
        uint8_t header[INDEX_HEADER_BYTES];
        size_t filter, skips;
        struct stat st;
        int err;

        if (fstat(x->fd, &st) != 0)
                return ERR_IO;
        err = read_at(x->fd, header, sizeof(header), 0);
        if (!err)
                err = index_header_parse(&x->header, header, (uint64_t)st.st_size);
        if (err)
                return err;
        filter = (size_t)x->header.blocks * INDEX_BLOCK_BYTES;
        skips = (size_t)x->header.pages * INDEX_SKIP_BYTES;
        x->tables = mem_grow(NULL, filter + skips + 1, 1);
        if (!x->tables)
                return ERR_MEMORY;
        x->skips = x->tables + filter;
        err = read_at(x->fd, x->tables, filter + skips, INDEX_HEADER_BYTES);
        if (err)
                return err;
        if (checksum_of(x->tables, filter) != x->header.filter_checksum ||
            checksum_of(x->skips, skips) != x->header.skip_checksum)
                return ERR_UNTRUSTED;
        return index_skips_parse(x->skips, &x->header);
}

int index_open(struct index **out, struct folder *folder, uint64_t id)
{
        AUTO(index_close_at) struct index *x = mem_zero(1, sizeof(*x));
        char name[INDEX_NAME_MAX];
        int err;

        if (!x)
                return ERR_MEMORY;
        x->fd = -1;
        x->page_number = SIZE_MAX;
        buffer_init(&x->page, INDEX_PAGE_BYTES_MAX + 1);
        err = file_open_read(&x->fd, folder, index_name(name, id));
        if (!err)
                err = read_tables(x);
        if (!err)
                *out = MOVE(x);
        return err;
}

struct index *index_close(struct index *x)
{
        if (!x)
                return NULL;
        file_close_at(&x->fd);
        buffer_done(&x->page);
        mem_free(x->tables);
        mem_free(x);
        return NULL;
}

void index_close_at(struct index **x)
{
        *x = index_close(*x);
}

/* Reads page n, unless it is there, and sets the cursor before its first key. */
static int load_page(struct index *x, size_t n)
{
        struct index_skip s = index_skip_at(x->skips, n);
        uint64_t end = n + 1 < x->header.pages ? index_skip_at(x->skips, n + 1).offset
                                               : x->header.pages_bytes;
        size_t len = (size_t)(end - s.offset);
        int err = 0;

        if (x->page_number != n) {
                x->page_number = SIZE_MAX;
                buffer_clear(&x->page);
                err = buffer_reserve(&x->page, len + 1);
                if (!err)
                        err = read_at(x->fd, x->page.data, len,
                            INDEX_HEADER_BYTES + (uint64_t)x->header.blocks * INDEX_BLOCK_BYTES +
                                (uint64_t)x->header.pages * INDEX_SKIP_BYTES + s.offset);
                if (!err && (uint32_t)checksum_of(x->page.data, len) != s.checksum)
                        err = ERR_UNTRUSTED;
                if (err)
                        return err;
                x->page.len = len;
                x->page_number = n;
        }
        index_cursor_init(&x->cursor, (struct text){ x->page.data, len }, &s, x->header.day_base);
        return 0;
}

int index_seek(struct index *x, struct part_key key)
{
        size_t low = 0, high = x->header.pages;
        const uint8_t *before;
        int err;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (part_key_compare(index_skip_at(x->skips, middle).first, key) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (x->header.pages == 0)
                return 0;
        err = load_page(x, low ? low - 1 : 0);
        while (!err) {
                struct part_key last = x->cursor.key;

                before = x->cursor.at;
                err = index_cursor_parse(&x->cursor);
                if (!err && part_key_compare(x->cursor.key, key) >= 0) {
                        x->cursor.at = before;
                        x->cursor.key = last;
                        return 0;
                }
        }
        return err == ERR_MISSING ? 0 : err;
}

int index_next(struct index *x)
{
        int err;

        if (x->header.pages == 0)
                return ERR_MISSING;
        if (x->page_number == SIZE_MAX) {
                err = load_page(x, 0);
                if (err)
                        return err;
        }
        err = index_cursor_parse(&x->cursor);
        if (err != ERR_MISSING)
                return err;
        if (x->page_number + 1 >= x->header.pages)
                return ERR_MISSING;
        err = load_page(x, x->page_number + 1);
        return err ? err : index_cursor_parse(&x->cursor);
}
