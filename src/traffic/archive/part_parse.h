/* traffic/archive/part_parse.h: the directory of a part file. Pure; takes any bytes: every length,
 * order and place is checked once, here. Layout: docs/formats/flow-archive.md. For this folder
 * only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_PART_PARSE_H
#define CANH_TRAFFIC_ARCHIVE_PART_PARSE_H

#include "base/clock.h"
#include "traffic/archive/part_layout.h"

struct part_table_view {
        uint64_t rows;
        uint32_t groups, columns;
        const uint8_t *entries;
};

/* Lives as long as the bytes it was parsed from. */
struct part_directory {
        uint64_t id;
        time_ms sealed_at, first_at, last_at;
        int day;
        struct part_table_view tables[TABLES];
        const uint8_t *replaced; /* ids, eight bytes each */
        uint32_t replaced_count;
};

struct part_group {
        struct part_key first;
        time_ms begin_least, end_most;
        uint64_t offset;
        uint32_t rows;
        const uint8_t *chunks;
};

struct part_chunk {
        uint64_t offset;
        uint32_t len, checksum;
};

/* The first bytes of the file. FORMAT: not a part; UNSUPPORTED: of a later version. */
MUST_USE int part_header_parse(uint32_t *version, const uint8_t header[PART_HEADER_BYTES]);
/* Where the directory stands in a file of file_bytes. */
MUST_USE int part_trailer_parse(uint64_t *offset, uint64_t *len, uint64_t *checksum,
    const uint8_t trailer[PART_TRAILER_BYTES], uint64_t file_bytes, uint32_t version);
/* data_end: where the directory begins, and all chunks must have ended. */
MUST_USE int part_directory_parse(struct part_directory *out, struct text bytes, uint64_t data_end);
void part_group_at(struct part_group *out, const struct part_table_view *table, size_t n);
struct part_chunk part_group_chunk(const struct part_group *group, unsigned column);

#endif
