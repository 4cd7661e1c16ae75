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

/* A piece of the file as memory that the caller frees. */
static int read_piece(
    uint8_t **out, const struct index *x, uint64_t offset, size_t len, uint64_t checksum)
{
        AUTO(mem_free_at) uint8_t *bytes = mem_grow(NULL, len + 1, 1);
        int err = bytes ? read_at(x->fd, bytes, len, offset) : ERR_MEMORY;

        if (err)
                return err;
        if (checksum_of(bytes, len, x->header.version) != checksum)
                return ERR_UNTRUSTED;
        *out = MOVE(bytes);
        return 0;
}

static int read_tables(struct index *x)
{
        uint8_t header[INDEX_HEADER_BYTES] = { 0 };
        struct stat st;
        size_t len = INDEX_HEADER_BYTES;
        int err;

        if (fstat(x->fd, &st) != 0)
                return ERR_IO;
        if (st.st_size < INDEX_HEADER_BYTES_DAYS)
                return ERR_FORMAT;
        len = st.st_size < INDEX_HEADER_BYTES ? (size_t)st.st_size : len;
        err = read_at(x->fd, header, len, 0);
        if (!err)
                err = index_header_parse(&x->header, header, (uint64_t)st.st_size);
        if (!err)
                err = read_piece(&x->skips, x, index_skips_at(&x->header),
                    (size_t)x->header.pages * INDEX_SKIP_BYTES, x->header.skip_checksum);
        return err ? err : index_skips_parse(x->skips, &x->header);
}

enum { PIECE_BLOCKS = 2048 }; /* 64 KiB: they stay in the processor's cache */

static size_t piece_of(const struct index *x, uint64_t hash)
{
        return index_block(hash, x->header.blocks) / PIECE_BLOCKS;
}

/* numbers, each piece's behind those of the piece before; ends[p] is where those of piece p end. */
static int sort_into_pieces(size_t **ends, uint32_t **sorted, const uint32_t *numbers, size_t count,
    const uint64_t *hashes, const struct index *x)
{
        size_t pieces = x->header.blocks / PIECE_BLOCKS + 1, sum = 0;

        *ends = mem_zero(pieces, sizeof(**ends));
        *sorted = mem_grow(NULL, count + 1, sizeof(**sorted));
        if (!*ends || !*sorted)
                return ERR_MEMORY;
        for (size_t i = 0; i < count; i++)
                (*ends)[piece_of(x, hashes[numbers[i]])]++;
        for (size_t p = 0; p < pieces; p++) {
                size_t here = (*ends)[p];

                (*ends)[p] = sum;
                sum += here;
        }
        for (size_t i = 0; i < count; i++)
                (*sorted)[(*ends)[piece_of(x, hashes[numbers[i]])]++] = numbers[i];
        return 0;
}

static bool block_has(const uint8_t *block, uint64_t hash)
{
        for (unsigned n = 0; n < 8; n++)
                if (!(get_u32(block + 4 * n) & index_bit(hash, n)))
                        return false;
        return true;
}

int index_pass_filter(
    size_t *kept, uint32_t *numbers, size_t count, const uint64_t *hashes, const struct index *x)
{
        AUTO(mem_free_at) uint8_t *piece = mem_grow(NULL, PIECE_BLOCKS, INDEX_BLOCK_BYTES);
        AUTO(mem_free_at) size_t *ends = NULL;
        AUTO(mem_free_at) uint32_t *sorted = NULL;
        AUTO(checksum_free_at) struct checksum *sum = NULL;
        size_t blocks = x->header.blocks, n = 0, at = 0;
        int err = piece ? sort_into_pieces(&ends, &sorted, numbers, count, hashes, x) : ERR_MEMORY;

        if (!err)
                err = checksum_new(&sum, x->header.version);
        for (size_t from = 0; from < blocks && !err; from += PIECE_BLOCKS) {
                size_t len = blocks - from < PIECE_BLOCKS ? blocks - from : PIECE_BLOCKS;

                err = read_at(x->fd, piece, len * INDEX_BLOCK_BYTES,
                    index_filter_at(&x->header) + from * INDEX_BLOCK_BYTES);
                if (err)
                        return err;
                checksum_add(sum, piece, len * INDEX_BLOCK_BYTES);
                for (; at < ends[from / PIECE_BLOCKS]; at++) {
                        uint64_t hash = hashes[sorted[at]];
                        size_t block = index_block(hash, x->header.blocks) - from;

                        if (block_has(piece + block * INDEX_BLOCK_BYTES, hash))
                                numbers[n++] = sorted[at];
                }
        }
        if (!err && checksum_value(sum) != x->header.filter_checksum)
                err = ERR_UNTRUSTED;
        if (!err)
                *kept = n;
        return err;
}

/* The bytes that it walks over stand behind the cursor. */
int index_read_hosts(struct index_cursor **out, const struct index *x)
{
        size_t len = x->header.hosts_bytes;
        AUTO(mem_free_at) struct index_cursor *c = mem_grow(NULL, sizeof(*c) + len, 1);
        uint8_t *bytes = (uint8_t *)(c + 1);
        int err = c ? read_at(x->fd, bytes, len, index_hosts_at(&x->header)) : ERR_MEMORY;

        if (err)
                return err;
        if (checksum_of(bytes, len, x->header.version) != x->header.hosts_checksum)
                return ERR_UNTRUSTED;
        index_cursor_init(
            c, (struct text){ (const char *)bytes, len }, &(struct index_skip){ 0 }, &x->header);
        *out = MOVE(c);
        return 0;
}

struct index_cursor *index_cursor_free(struct index_cursor *c)
{
        mem_free(c);
        return NULL;
}

void index_cursor_free_at(struct index_cursor **c)
{
        *c = index_cursor_free(*c);
}

int index_load_hosts(struct index *x)
{
        AUTO(index_cursor_free_at) struct index_cursor *c = NULL;
        AUTO(mem_free_at) struct part_key *hosts = NULL;
        uint32_t n = 0;
        int err = x->hosts ? 0 : index_read_hosts(&c, x);

        if (err || x->hosts)
                return err;
        hosts = mem_zero((size_t)x->header.hosts + 1, sizeof(*hosts));
        if (!hosts)
                return ERR_MEMORY;
        while (n < x->header.hosts && (err = index_cursor_parse(c)) == 0)
                hosts[n++] = c->key;
        if (err || c->at != c->end)
                return err && err != ERR_MISSING ? err : ERR_FORMAT;
        x->hosts = MOVE(hosts);
        return 0;
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
        mem_free(x->skips);
        mem_free(x->hosts);
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
                        err = read_at(
                            x->fd, x->page.data, len, index_pages_at(&x->header) + s.offset);
                if (!err &&
                    (uint32_t)checksum_of(x->page.data, len, x->header.version) != s.checksum)
                        err = ERR_UNTRUSTED;
                if (err)
                        return err;
                x->page.len = len;
                x->page_number = n;
        }
        index_cursor_init(&x->cursor, (struct text){ x->page.data, len }, &s, &x->header);
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
                err = index_cursor_skip(&x->cursor);
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
