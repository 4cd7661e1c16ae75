/* traffic/archive/index_write.h: keys and their days -> the bytes of an index file. Limit:
 * INDEX_BYTES_MAX. For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_WRITE_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_WRITE_H

#include "traffic/archive/index_layout.h"

struct index_writer {
        struct buffer pages, skips;
        uint64_t *hashes;
        size_t count, room; /* of keys */
        size_t page_at;     /* where the page that is being written begins */
        struct part_key last;
        uint32_t day_base;
};

/* day_base: below the least day but 0 that will come. */
void index_writer_init(struct index_writer *w, uint32_t day_base);
void index_writer_done(struct index_writer *w);
/* Keys rise, days rise, 1 <= n <= INDEX_DAYS_MAX. */
MUST_USE int index_writer_add(
    struct index_writer *w, struct part_key key, const uint32_t *days, size_t n);
MUST_USE int index_writer_finish(struct buffer *out, struct index_writer *w);

/* Keys of one day each, in any order, as they come while parts are written. */
struct index_entry {
        struct part_key key;
        uint32_t day;
};

struct index_entries {
        struct index_entry *all;
        size_t count, room;
};

void index_entries_done(struct index_entries *e);
/* The same key and day twice in a row is kept once. */
MUST_USE int index_entries_add(struct index_entries *e, struct part_key key, uint32_t day);
/* Sorts and writes them. */
MUST_USE int index_entries_write(struct buffer *out, struct index_entries *e);

#endif
