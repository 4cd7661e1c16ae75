/* traffic/archive/index_write.c: see index_write.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_write.h"
#include "base/mem.h"

enum { NUMBER_BYTES = 10, RECORD_BYTES = 64 + INDEX_DAYS_MAX * 3, FIRST_ROOM = 4096 };

void index_writer_init(struct index_writer *w, uint32_t day_base)
{
        *w = (struct index_writer){ .pages = BUFFER(INDEX_BYTES_MAX),
                .skips = BUFFER(INDEX_BYTES_MAX),
                .day_base = day_base };
}

void index_writer_done(struct index_writer *w)
{
        buffer_done(&w->pages);
        buffer_done(&w->skips);
        mem_free_at(&w->hashes);
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
                    (uint32_t)checksum_of(w->pages.data + w->page_at, w->pages.len - w->page_at));
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

/* A list of steps, or one bit for each day from the first to the last: whatever is shorter. */
static uint8_t *put_days(uint8_t *at, const uint32_t *days, size_t n, uint32_t base)
{
        uint32_t first = days[0] ? days[0] - base : 0, last = first;
        size_t span = (days[n - 1] ? days[n - 1] - base : 0) - first + 1;

        if (span / 8 + 1 < n) {
                size_t len = (span + 7) / 8;

                at = put_number(at, len << 1 | 1);
                at = put_number(at, first);
                memset(at, 0, len);
                for (size_t i = 0; i < n; i++) {
                        uint32_t bit = (days[i] ? days[i] - base : 0) - first;

                        at[bit / 8] |= (uint8_t)(1 << bit % 8);
                }
                return at + len;
        }
        at = put_number(at, (uint64_t)n << 1);
        at = put_number(at, first);
        for (size_t i = 1; i < n; i++) {
                at = put_number(at, days[i] - base - last);
                last = days[i] - base;
        }
        return at;
}

int index_writer_add(struct index_writer *w, struct part_key key, const uint32_t *days, size_t n)
{
        uint8_t record[RECORD_BYTES], *at;
        int err = 0;

        if (n > INDEX_DAYS_MAX)
                return ERR_LIMIT;
        if (w->count == w->room) {
                size_t room = w->room ? w->room * 2 : FIRST_ROOM;
                uint64_t *hashes = mem_grow(w->hashes, room, sizeof(*hashes));

                if (!hashes)
                        return ERR_MEMORY;
                w->hashes = hashes;
                w->room = room;
        }
        if (w->count % INDEX_PAGE_KEYS == 0) {
                err = page_begin(w, key);
                w->last = key;
        }
        if (err)
                return err;
        at = put_key(record, key, w->last);
        at = put_days(at, days, n, w->day_base);
        w->last = key;
        w->hashes[w->count++] = index_hash(key);
        return buffer_add(&w->pages, record, (size_t)(at - record));
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

int index_writer_finish(struct buffer *out, struct index_writer *w)
{
        uint32_t blocks = (uint32_t)(w->count * INDEX_FILTER_BITS / (8 * INDEX_BLOCK_BYTES) + 1);
        uint8_t header[INDEX_HEADER_BYTES] = INDEX_MAGIC;
        size_t before = out->len, filter_bytes = (size_t)blocks * INDEX_BLOCK_BYTES;
        int err = buffer_add(out, header, sizeof(header));

        page_end(w);
        if (!err)
                err = add_filter(out, w, blocks);
        if (!err)
                err = buffer_add(out, w->skips.data, w->skips.len);
        if (!err)
                err = buffer_add(out, w->pages.data, w->pages.len);
        if (err)
                return err;
        put_u32(header + 8, INDEX_VERSION);
        put_u32(header + 12, w->day_base);
        put_u64(header + 16, w->count);
        put_u32(header + 24, (uint32_t)(w->skips.len / INDEX_SKIP_BYTES));
        put_u32(header + 28, blocks);
        put_u64(header + 32, checksum_of(out->data + before + sizeof(header), filter_bytes));
        put_u64(header + 40,
            checksum_of(out->data + before + sizeof(header) + filter_bytes, w->skips.len));
        put_u64(header + 48, w->pages.len);
        put_u64(header + 56, checksum_of(header, 56));
        memcpy(out->data + before, header, sizeof(header));
        return 0;
}

void index_entries_done(struct index_entries *e)
{
        mem_free_at(&e->all);
}

int index_entries_add(struct index_entries *e, struct part_key key, uint32_t day)
{
        const struct index_entry *last = e->count ? &e->all[e->count - 1] : NULL;

        if (last && last->day == day && part_key_compare(last->key, key) == 0)
                return 0;
        if (e->count == e->room) {
                size_t room = e->room ? e->room * 2 : FIRST_ROOM;
                struct index_entry *all = mem_grow(e->all, room, sizeof(*all));

                if (!all)
                        return ERR_MEMORY;
                e->all = all;
                e->room = room;
        }
        e->all[e->count++] = (struct index_entry){ key, day };
        return 0;
}

static int compare_entries(const struct index_entry *a, const struct index_entry *b)
{
        int order = part_key_compare(a->key, b->key);

        return order ? order : (a->day > b->day) - (a->day < b->day);
}

/* Where the rising run that begins at `at` ends. */
static size_t run_end(const struct index_entry *all, size_t at, size_t count)
{
        for (at++; at < count && compare_entries(&all[at - 1], &all[at]) <= 0; at++)
                continue;
        return at;
}

static void merge_runs(struct index_entry *to, const struct index_entry *a, size_t a_count,
    const struct index_entry *b, size_t b_count)
{
        while (a_count && b_count) {
                if (compare_entries(a, b) <= 0) {
                        *to++ = *a++;
                        a_count--;
                } else {
                        *to++ = *b++;
                        b_count--;
                }
        }
        memcpy(to, a_count ? a : b, (a_count + b_count) * sizeof(*to));
}

/* Most entries come in rising runs, one for each day: pairs of runs are merged until one is left.
 */
static int sort_entries(struct index_entries *e)
{
        AUTO(mem_free_at) struct index_entry *other = mem_zero(e->room + 1, sizeof(*other));

        if (!other)
                return ERR_MEMORY;
        while (e->count && run_end(e->all, 0, e->count) < e->count) {
                struct index_entry *swap = e->all;

                for (size_t at = 0; at < e->count;) {
                        size_t middle = run_end(e->all, at, e->count);
                        size_t end = middle < e->count ? run_end(e->all, middle, e->count) : middle;

                        merge_runs(
                            other + at, e->all + at, middle - at, e->all + middle, end - middle);
                        at = end;
                }
                e->all = other;
                other = swap;
        }
        return 0;
}

int index_entries_write(struct buffer *out, struct index_entries *e)
{
        struct index_writer w;
        uint32_t base = UINT32_MAX, days[INDEX_DAYS_MAX];
        int err = sort_entries(e);

        for (size_t i = 0; i < e->count; i++)
                if (e->all[i].day && e->all[i].day < base)
                        base = e->all[i].day;
        index_writer_init(&w, base == UINT32_MAX ? 0 : base - 1);
        for (size_t i = 0; i < e->count && !err;) {
                struct part_key key = e->all[i].key;
                size_t n = 0;

                for (; i < e->count && part_key_compare(e->all[i].key, key) == 0; i++)
                        if (n == 0 || days[n - 1] != e->all[i].day) {
                                if (n == INDEX_DAYS_MAX)
                                        break;
                                days[n++] = e->all[i].day;
                        }
                err = index_writer_add(&w, key, days, n);
        }
        if (!err)
                err = index_writer_finish(out, &w);
        index_writer_done(&w);
        return err;
}
