/* traffic/archive/index_parse.h: reads the pieces of an index file. Pure; takes any bytes. For this
 * folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_PARSE_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_PARSE_H

#include "traffic/archive/index_layout.h"

struct index_header {
        uint64_t keys, filter_checksum, skip_checksum, hosts_checksum, pages_bytes;
        uint32_t version, day_base, pages, blocks, hosts, hosts_bytes;
};

/* header: INDEX_HEADER_BYTES, or fewer when the file is shorter, zeros behind. FORMAT; UNTRUSTED;
 * UNSUPPORTED: of a later version. */
MUST_USE int index_header_parse(
    struct index_header *out, const uint8_t header[INDEX_HEADER_BYTES], uint64_t file_bytes);

/* Where each piece begins. */
static inline uint64_t index_filter_at(const struct index_header *h)
{
        return h->version == INDEX_VERSION_DAYS ? INDEX_HEADER_BYTES_DAYS : INDEX_HEADER_BYTES;
}

static inline uint64_t index_skips_at(const struct index_header *h)
{
        return index_filter_at(h) + (uint64_t)h->blocks * INDEX_BLOCK_BYTES;
}

static inline uint64_t index_hosts_at(const struct index_header *h)
{
        return index_skips_at(h) + (uint64_t)h->pages * INDEX_SKIP_BYTES;
}

static inline uint64_t index_pages_at(const struct index_header *h)
{
        return index_hosts_at(h) + h->hosts_bytes;
}

struct index_skip {
        struct part_key first;
        uint32_t offset, checksum;
};

struct index_skip index_skip_at(const uint8_t *skips, size_t n);
/* Do they rise, and lie within the pages? */
MUST_USE int index_skips_parse(const uint8_t *skips, const struct index_header *header);

/* Walks over a page, or over the table of hosts. */
struct index_cursor {
        const uint8_t *at, *end;
        uint32_t version, day_base, host_count_all;
        struct part_key key;
        uint32_t kinds;
        uint32_t days[INDEX_DAYS_MAX]; /* rising */
        size_t day_count;
        uint32_t hosts[INDEX_HOSTS_MAX]; /* rising */
        size_t host_count;
};

void index_cursor_init(struct index_cursor *c, struct text page, const struct index_skip *skip,
    const struct index_header *header);
/* The next key with what is known of it. MISSING: the page is at its end; FORMAT. */
MUST_USE int index_cursor_parse(struct index_cursor *c);

/* The same, but what is known of the key is stepped over, not looked at. */
MUST_USE int index_cursor_skip(struct index_cursor *c);

static inline struct index_posting index_cursor_posting(const struct index_cursor *c)
{
        return (struct index_posting){ c->kinds, c->days, c->day_count, c->hosts, c->host_count };
}

#endif
