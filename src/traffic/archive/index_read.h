/* traffic/archive/index_read.h: an index file, opened: the filter and the skip table are in memory,
 * pages are read when they are asked for. One thread; for this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_READ_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_READ_H

#include "traffic/archive/index_parse.h"

enum { INDEX_NAME_MAX = 32 };

struct folder;

struct index {
        int fd;
        struct index_header header;
        uint8_t *tables; /* filter, then skips */
        const uint8_t *skips;
        struct buffer page;
        size_t page_number; /* in `page`; SIZE_MAX: none */
        struct index_cursor cursor;
};

const char *index_name(char out[INDEX_NAME_MAX], uint64_t id);
MUST_USE int index_open(struct index **out, struct folder *folder, uint64_t id);
struct index *index_close(struct index *x);
void index_close_at(struct index **x);

static inline bool index_may_have(const struct index *x, uint64_t hash)
{
        const uint8_t *block = x->tables + index_block(hash, x->header.blocks) * INDEX_BLOCK_BYTES;

        for (unsigned n = 0; n < 8; n++)
                if (!(get_u32(block + 4 * n) & index_bit(hash, n)))
                        return false;
        return true;
}

/* Sets the cursor before the first key that is not below `key`. */
MUST_USE int index_seek(struct index *x, struct part_key key);
/* The next key into x->cursor, page after page. MISSING: no more. */
MUST_USE int index_next(struct index *x);

#endif
