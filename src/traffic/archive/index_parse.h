/* traffic/archive/index_parse.h: reads the pieces of an index file. Pure; takes any bytes. For this
 * folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_PARSE_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_PARSE_H

#include "traffic/archive/index_layout.h"

struct index_header {
        uint64_t keys, filter_checksum, skip_checksum, pages_bytes;
        uint32_t day_base, pages, blocks;
};

/* FORMAT; UNTRUSTED; UNSUPPORTED: of a later version. */
MUST_USE int index_header_parse(
    struct index_header *out, const uint8_t header[INDEX_HEADER_BYTES], uint64_t file_bytes);

struct index_skip {
        struct part_key first;
        uint32_t offset, checksum;
};

struct index_skip index_skip_at(const uint8_t *skips, size_t n);
/* Do they rise, and lie within the pages? */
MUST_USE int index_skips_parse(const uint8_t *skips, const struct index_header *header);

/* Walks over a page. */
struct index_cursor {
        const uint8_t *at, *end;
        uint32_t day_base;
        struct part_key key;
        uint32_t days[INDEX_DAYS_MAX]; /* rising */
        size_t day_count;
};

void index_cursor_init(
    struct index_cursor *c, struct text page, const struct index_skip *skip, uint32_t day_base);
/* The next key with its days. MISSING: the page is at its end; FORMAT. */
MUST_USE int index_cursor_parse(struct index_cursor *c);

#endif
