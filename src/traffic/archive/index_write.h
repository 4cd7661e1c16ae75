/* traffic/archive/index_write.h: keys, their days and hosts -> the bytes of an index file. Limit:
 * INDEX_BYTES_MAX. For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_WRITE_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_WRITE_H

#include "traffic/archive/index_layout.h"

struct index_writer {
        struct buffer pages, skips, hosts;
        uint64_t *hashes;
        size_t count, room; /* of keys */
        size_t page_at;     /* where the page that is being written begins */
        struct part_key last, last_host;
        uint32_t day_base, host_count;
};

/* day_base: below the least day but 0 that will come. */
void index_writer_init(struct index_writer *w, uint32_t day_base);
void index_writer_done(struct index_writer *w);
/* Keys rise, days rise, 1 <= days <= INDEX_DAYS_MAX, hosts rise and are among those of the table.
 */
MUST_USE int index_writer_add(
    struct index_writer *w, struct part_key key, const struct index_posting *posting);
/* The table of hosts: addresses rise; the first has number 0. Their own hosts are not written. */
MUST_USE int index_writer_add_host(
    struct index_writer *w, struct part_key address, const struct index_posting *posting);
MUST_USE int index_writer_finish(struct buffer *out, struct index_writer *w);

#endif
