/* traffic/archive/index_parse.c: see index_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_parse.h"

enum { DAY_MOST = PART_DAY_MAX + 1, NUMBER_BYTES = 10 };

int index_header_parse(
    struct index_header *out, const uint8_t header[INDEX_HEADER_BYTES], uint64_t file_bytes)
{
        struct index_header h;
        uint64_t sum;

        if (memcmp(header, INDEX_MAGIC, 8) != 0)
                return ERR_FORMAT;
        if (get_u32(header + 8) != INDEX_VERSION)
                return ERR_UNSUPPORTED;
        if (checksum_of(header, 56) != get_u64(header + 56))
                return ERR_UNTRUSTED;
        h = (struct index_header){ .keys = get_u64(header + 16),
                .filter_checksum = get_u64(header + 32),
                .skip_checksum = get_u64(header + 40),
                .pages_bytes = get_u64(header + 48),
                .day_base = get_u32(header + 12),
                .pages = get_u32(header + 24),
                .blocks = get_u32(header + 28) };
        sum = INDEX_HEADER_BYTES + (uint64_t)h.blocks * INDEX_BLOCK_BYTES +
              (uint64_t)h.pages * INDEX_SKIP_BYTES;
        if (h.blocks == 0 || file_bytes > 2 * (uint64_t)INDEX_BYTES_MAX || sum > file_bytes ||
            file_bytes - sum != h.pages_bytes || h.day_base > DAY_MOST)
                return ERR_FORMAT;
        *out = h;
        return 0;
}

struct index_skip index_skip_at(const uint8_t *skips, size_t n)
{
        const uint8_t *at = skips + n * INDEX_SKIP_BYTES;

        return (struct index_skip){ { get_u64(at), get_u64(at + 8) }, get_u32(at + 16),
                get_u32(at + 20) };
}

int index_skips_parse(const uint8_t *skips, const struct index_header *header)
{
        struct index_skip before = { 0 };

        for (size_t n = 0; n < header->pages; n++) {
                struct index_skip s = index_skip_at(skips, n);

                if (s.offset > header->pages_bytes || s.offset < before.offset ||
                    s.offset - before.offset > INDEX_PAGE_BYTES_MAX || (n == 0 && s.offset) ||
                    part_key_compare(s.first, before.first) < 0)
                        return ERR_FORMAT;
                before = s;
        }
        return header->pages_bytes - before.offset <= INDEX_PAGE_BYTES_MAX ? 0 : ERR_FORMAT;
}

void index_cursor_init(
    struct index_cursor *c, struct text page, const struct index_skip *skip, uint32_t day_base)
{
        c->at = (const uint8_t *)page.data;
        c->end = c->at + page.len;
        c->key = skip->first;
        c->day_base = day_base;
        c->day_count = 0;
}

static bool take_number(uint64_t *out, struct index_cursor *c, uint64_t max)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < NUMBER_BYTES && c->at < c->end; i++) {
                uint8_t byte = *c->at++;

                value |= (uint64_t)(byte & 127) << (7 * i);
                if (byte < 128) {
                        *out = value;
                        return value <= max;
                }
        }
        return false;
}

static bool take_key(struct index_cursor *c)
{
        uint64_t step;

        if (!take_number(&step, c, UINT64_MAX))
                return false;
        if (step % 2 == 0) {
                c->key.low += step / 2;
                return c->key.low >= step / 2;
        }
        if (step != 1 || c->end - c->at < 16)
                return false;
        c->key = (struct part_key){ get_u64(c->at), get_u64(c->at + 8) };
        c->at += 16;
        return true;
}

static bool add_day(struct index_cursor *c, uint64_t day)
{
        if (day > DAY_MOST || c->day_count == INDEX_DAYS_MAX)
                return false;
        c->days[c->day_count++] = (uint32_t)(day ? day + c->day_base : 0);
        return true;
}

static bool take_bitmap(struct index_cursor *c, size_t len)
{
        uint64_t first;

        if (!take_number(&first, c, DAY_MOST) || (size_t)(c->end - c->at) < len)
                return false;
        for (size_t bit = 0; bit < len * 8; bit++)
                if (c->at[bit / 8] >> bit % 8 & 1 && !add_day(c, first + bit))
                        return false;
        c->at += len;
        return true;
}

static bool take_days(struct index_cursor *c)
{
        uint64_t form, day = 0, step;

        c->day_count = 0;
        if (!take_number(&form, c, (uint64_t)INDEX_DAYS_MAX * 2 + 1))
                return false;
        if (form % 2)
                return take_bitmap(c, form / 2);
        for (uint64_t i = 0; i < form / 2; i++) {
                if (!take_number(&step, c, DAY_MOST) || !add_day(c, day += step))
                        return false;
        }
        return true;
}

int index_cursor_parse(struct index_cursor *c)
{
        if (c->at == c->end)
                return ERR_MISSING;
        return take_key(c) && take_days(c) ? 0 : ERR_FORMAT;
}
