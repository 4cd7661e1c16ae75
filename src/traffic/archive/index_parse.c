/* traffic/archive/index_parse.c: see index_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/index_parse.h"

enum { DAY_MOST = PART_DAY_MAX + 1, NUMBER_BYTES = 10 };

static bool pieces_fit(const struct index_header *h, uint64_t file_bytes)
{
        uint64_t pages_at = index_pages_at(h);

        return h->blocks && file_bytes <= 2 * (uint64_t)INDEX_BYTES_MAX && pages_at <= file_bytes &&
               file_bytes - pages_at == h->pages_bytes && h->day_base <= DAY_MOST &&
               h->hosts <= INDEX_HOSTS_ALL_MAX && h->hosts <= h->hosts_bytes;
}

int index_header_parse(
    struct index_header *out, const uint8_t header[INDEX_HEADER_BYTES], uint64_t file_bytes)
{
        struct index_header h = { .version = get_u32(header + 8) };
        size_t summed;

        if (memcmp(header, INDEX_MAGIC, 8) != 0)
                return ERR_FORMAT;
        if (h.version != INDEX_VERSION && h.version != INDEX_VERSION_DAYS)
                return ERR_UNSUPPORTED;
        summed = (size_t)index_filter_at(&h) - 8;
        if (checksum_of(header, summed, h.version) != get_u64(header + summed))
                return ERR_UNTRUSTED;
        h.day_base = get_u32(header + 12);
        h.keys = get_u64(header + 16);
        h.pages = get_u32(header + 24);
        h.blocks = get_u32(header + 28);
        h.filter_checksum = get_u64(header + 32);
        h.skip_checksum = get_u64(header + 40);
        h.pages_bytes = get_u64(header + 48);
        if (h.version != INDEX_VERSION_DAYS) {
                h.hosts = get_u32(header + 56);
                h.hosts_bytes = get_u32(header + 60);
                h.hosts_checksum = get_u64(header + 64);
        }
        if (!pieces_fit(&h, file_bytes))
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

void index_cursor_init(struct index_cursor *c, struct text page, const struct index_skip *skip,
    const struct index_header *header)
{
        c->at = (const uint8_t *)page.data;
        c->end = c->at + page.len;
        c->key = skip->first;
        c->version = header->version;
        c->day_base = header->day_base;
        c->host_count_all = header->hosts;
        c->day_count = c->host_count = 0;
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
        uint64_t counted = day ? day + c->day_base : 0;

        if (counted > DAY_MOST || c->day_count == INDEX_DAYS_MAX ||
            (c->day_count && counted <= c->days[c->day_count - 1]))
                return false;
        c->days[c->day_count++] = (uint32_t)counted;
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
        if (!take_number(&form, c, ((uint64_t)INDEX_DAYS_MAX * 2 + 1) * INDEX_KINDS))
                return false;
        c->kinds = INDEX_KINDS - 1;
        if (c->version != INDEX_VERSION_DAYS) {
                c->kinds = (uint32_t)(form % INDEX_KINDS);
                form /= INDEX_KINDS;
        }
        if (form % 2)
                return take_bitmap(c, form / 2);
        for (uint64_t i = 0; i < form / 2; i++) {
                if (!take_number(&step, c, DAY_MOST) || !add_day(c, day += step))
                        return false;
        }
        return true;
}

static bool add_host(struct index_cursor *c, uint64_t host)
{
        if (host >= c->host_count_all || c->host_count == INDEX_HOSTS_MAX ||
            (c->host_count && host <= c->hosts[c->host_count - 1]))
                return false;
        c->hosts[c->host_count++] = (uint32_t)host;
        return true;
}

static bool take_host_bitmap(struct index_cursor *c, size_t len)
{
        uint64_t first;

        if (!take_number(&first, c, INDEX_HOSTS_ALL_MAX) || (size_t)(c->end - c->at) < len)
                return false;
        for (size_t at = 0; at < len; at++)
                for (unsigned bits = c->at[at]; bits; bits &= bits - 1)
                        if (!add_host(c, first + at * 8 + (unsigned)__builtin_ctz(bits)))
                                return false;
        c->at += len;
        return true;
}

static bool take_hosts(struct index_cursor *c)
{
        uint64_t form, host = 0, step;

        c->host_count = 0;
        if (c->version == INDEX_VERSION_DAYS)
                return true;
        if (!take_number(&form, c, (uint64_t)INDEX_HOSTS_ALL_MAX * 2 + 1))
                return false;
        if (form % 2)
                return take_host_bitmap(c, form / 2);
        for (uint64_t i = 0; i < form / 2; i++)
                if (!take_number(&step, c, INDEX_HOSTS_ALL_MAX) || !add_host(c, host += step))
                        return false;
        return true;
}

int index_cursor_parse(struct index_cursor *c)
{
        if (c->at == c->end)
                return ERR_MISSING;
        return take_key(c) && take_days(c) && take_hosts(c) ? 0 : ERR_FORMAT;
}

/* Steps over rising numbers whose form is `form`. */
static bool skip_rising(struct index_cursor *c, uint64_t form)
{
        uint64_t first, left = form / 2;

        if (form % 2) {
                if (!take_number(&first, c, UINT64_MAX) || left > (uint64_t)(c->end - c->at))
                        return false;
                c->at += left;
                return true;
        }
        for (; left && c->at < c->end; c->at++)
                left -= *c->at < 128;
        return left == 0;
}

int index_cursor_skip(struct index_cursor *c)
{
        bool only_days = c->version == INDEX_VERSION_DAYS;
        uint64_t form;

        if (c->at == c->end)
                return ERR_MISSING;
        if (!take_key(c) || !take_number(&form, c, UINT64_MAX) ||
            !skip_rising(c, only_days ? form : form / INDEX_KINDS))
                return ERR_FORMAT;
        if (only_days)
                return 0;
        return take_number(&form, c, UINT64_MAX) && skip_rising(c, form) ? 0 : ERR_FORMAT;
}
