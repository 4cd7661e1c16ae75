/* traffic/archive/index_write.c: see index_write.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_write.h"
#include "base/mem.h"

enum {
        FIRST_ROOM = 4096,
        RECORD_BYTES = 64 + INDEX_DAYS_MAX * 3 + INDEX_HOSTS_MAX * 4 /* numbers below 2^28 */
};

void index_writer_init(struct index_writer *w, uint32_t day_base)
{
        *w = (struct index_writer){ .pages = BUFFER(INDEX_BYTES_MAX),
                .skips = BUFFER(INDEX_BYTES_MAX),
                .hosts = BUFFER(INDEX_BYTES_MAX),
                .day_base = day_base };
}

void index_writer_done(struct index_writer *w)
{
        buffer_done(&w->pages);
        buffer_done(&w->skips);
        buffer_done(&w->hosts);
        mem_free(MOVE(w->hashes));
}

static uint8_t *put_number(uint8_t *at, uint64_t value)
{
        for (; value >= 128; value >>= 7)
                *at++ = (uint8_t)(value | 128);
        *at++ = (uint8_t)value;
        return at;
}

/* The checksum of the page that ends here goes into its skip entry. */
static void page_end(struct index_writer *w)
{
        if (w->count)
                put_u32((uint8_t *)w->skips.data + w->skips.len - INDEX_SKIP_BYTES + 20,
                    (uint32_t)checksum_xxh3(w->pages.data + w->page_at, w->pages.len - w->page_at));
}

static int page_begin(struct index_writer *w, struct part_key key)
{
        uint8_t skip[INDEX_SKIP_BYTES] = { 0 };

        page_end(w);
        w->page_at = w->pages.len;
        put_u64(skip, key.high);
        put_u64(skip + 8, key.low);
        put_u32(skip + 16, (uint32_t)w->page_at);
        return buffer_add(&w->skips, skip, sizeof(skip));
}

static uint8_t *put_key(uint8_t *at, struct part_key key, struct part_key last)
{
        if (key.high == last.high && key.low - last.low <= INT64_MAX)
                return put_number(at, (key.low - last.low) << 1);
        at = put_number(at, 1);
        put_u64(at, key.high);
        put_u64(at + 8, key.low);
        return at + 16;
}

/* Rising numbers: a list of steps, or one bit for each from the first to the last, whatever is
 * shorter. `tag` stands beside the form. */
static uint8_t *put_rising(
    uint8_t *at, const uint32_t *numbers, size_t n, uint64_t tag, uint64_t tags)
{
        uint32_t first = numbers[0], last = first;
        size_t span = (size_t)(numbers[n - 1] - first) + 1;

        if (span / 8 + 1 < n) {
                size_t len = (span + 7) / 8;

                at = put_number(at, ((uint64_t)len << 1 | 1) * tags + tag);
                at = put_number(at, first);
                memset(at, 0, len);
                for (size_t i = 0; i < n; i++)
                        at[(numbers[i] - first) / 8] |= (uint8_t)(1 << (numbers[i] - first) % 8);
                return at + len;
        }
        at = put_number(at, ((uint64_t)n << 1) * tags + tag);
        at = put_number(at, first);
        for (size_t i = 1; i < n; i++) {
                at = put_number(at, numbers[i] - last);
                last = numbers[i];
        }
        return at;
}

static uint8_t *put_days(uint8_t *at, const struct index_posting *p, uint32_t base)
{
        uint32_t days[INDEX_DAYS_MAX];

        for (size_t i = 0; i < p->day_count; i++)
                days[i] = p->days[i] ? p->days[i] - base : 0;
        return put_rising(at, days, p->day_count, p->kinds, INDEX_KINDS);
}

static int grow(struct index_writer *w)
{
        size_t room = w->room ? w->room * 2 : FIRST_ROOM;
        uint64_t *hashes = mem_grow(w->hashes, room, sizeof(*hashes));

        if (!hashes)
                return ERR_MEMORY;
        w->hashes = hashes;
        w->room = room;
        return 0;
}

int index_writer_add(
    struct index_writer *w, struct part_key key, const struct index_posting *posting)
{
        uint8_t record[RECORD_BYTES], *at;
        int err = w->count == w->room ? grow(w) : 0;

        if (posting->day_count == 0 || posting->day_count > INDEX_DAYS_MAX ||
            posting->host_count > INDEX_HOSTS_MAX)
                return ERR_LIMIT;
        if (!err && w->count % INDEX_PAGE_KEYS == 0) {
                err = page_begin(w, key);
                w->last = key;
        }
        if (err)
                return err;
        at = put_key(record, key, w->last);
        at = put_days(at, posting, w->day_base);
        at = posting->host_count ? put_rising(at, posting->hosts, posting->host_count, 0, 1)
                                 : put_number(at, 0);
        w->last = key;
        w->hashes[w->count++] = index_hash(key, INDEX_VERSION);
        return buffer_add(&w->pages, record, (size_t)(at - record));
}

int index_writer_add_host(
    struct index_writer *w, struct part_key address, const struct index_posting *posting)
{
        uint8_t record[RECORD_BYTES], *at;

        if (posting->day_count == 0 || posting->day_count > INDEX_DAYS_MAX ||
            w->host_count == INDEX_HOSTS_ALL_MAX)
                return ERR_LIMIT;
        at = put_key(record, address, w->last_host);
        at = put_days(at, posting, w->day_base);
        at = put_number(at, 0);
        w->last_host = address;
        w->host_count++;
        return buffer_add(&w->hosts, record, (size_t)(at - record));
}

static int add_filter(struct buffer *out, const struct index_writer *w, uint32_t blocks)
{
        uint8_t *filter;
        int err = buffer_reserve(out, (size_t)blocks * INDEX_BLOCK_BYTES);

        if (err)
                return err;
        filter = (uint8_t *)out->data + out->len;
        memset(filter, 0, (size_t)blocks * INDEX_BLOCK_BYTES);
        for (size_t i = 0; i < w->count; i++) {
                uint8_t *block = filter + index_block(w->hashes[i], blocks) * INDEX_BLOCK_BYTES;

                for (unsigned n = 0; n < 8; n++)
                        put_u32(block + 4 * n, get_u32(block + 4 * n) | index_bit(w->hashes[i], n));
        }
        out->len += (size_t)blocks * INDEX_BLOCK_BYTES;
        return 0;
}

static void write_header(
    uint8_t *header, const struct index_writer *w, uint32_t blocks, const char *filter)
{
        memcpy(header, INDEX_MAGIC, 8);
        put_u32(header + 8, INDEX_VERSION);
        put_u32(header + 12, w->day_base);
        put_u64(header + 16, w->count);
        put_u32(header + 24, (uint32_t)(w->skips.len / INDEX_SKIP_BYTES));
        put_u32(header + 28, blocks);
        put_u64(header + 32, checksum_xxh3(filter, (size_t)blocks * INDEX_BLOCK_BYTES));
        put_u64(header + 40, checksum_xxh3(w->skips.data, w->skips.len));
        put_u64(header + 48, w->pages.len);
        put_u32(header + 56, w->host_count);
        put_u32(header + 60, (uint32_t)w->hosts.len);
        put_u64(header + 64, checksum_xxh3(w->hosts.data, w->hosts.len));
        put_u64(header + 72, checksum_xxh3(header, 72));
}

int index_writer_finish(struct buffer *out, struct index_writer *w)
{
        uint32_t blocks = (uint32_t)(w->count * INDEX_FILTER_BITS / (8 * INDEX_BLOCK_BYTES) + 1);
        uint8_t header[INDEX_HEADER_BYTES] = { 0 };
        const struct buffer *pieces[] = { &w->skips, &w->hosts, &w->pages };
        size_t before = out->len;
        int err = buffer_add(out, header, sizeof(header));

        page_end(w);
        if (!err)
                err = add_filter(out, w, blocks);
        for (size_t i = 0; i < ARRAY_LEN(pieces) && !err; i++)
                if (pieces[i]->len)
                        err = buffer_add(out, pieces[i]->data, pieces[i]->len);
        if (err)
                return err;
        write_header(header, w, blocks, out->data + before + sizeof(header));
        memcpy(out->data + before, header, sizeof(header));
        return 0;
}
