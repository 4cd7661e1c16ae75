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
        uint8_t *skips;
        struct part_key *hosts; /* NULL: not read yet */
        struct buffer page;
        size_t page_number; /* in `page`; SIZE_MAX: none */
        struct index_cursor cursor;
};

const char *index_name(char out[INDEX_NAME_MAX], uint64_t id);
MUST_USE int index_open(struct index **out, struct folder *folder, uint64_t id);
struct index *index_close(struct index *x);
void index_close_at(struct index **x);

/* The filter, piece by piece: hashes are asked in any order, but sorted into pieces first, so that
 * the filter is read once, from front to back, and never stands in memory. Keeps those of
 * numbers[0..count) whose hashes[number] the index may have, in no order; *kept is how many. */
MUST_USE int index_pass_filter(
    size_t *kept, uint32_t *numbers, size_t count, const uint64_t *hashes, const struct index *x);

/* Reads the addresses of all hosts into x->hosts, once. */
MUST_USE int index_load_hosts(struct index *x);
/* Reads the table of hosts; *out stands before the first and belongs to the caller. */
MUST_USE int index_read_hosts(struct index_cursor **out, const struct index *x);
struct index_cursor *index_cursor_free(struct index_cursor *c); /* one of index_read_hosts */
void index_cursor_free_at(struct index_cursor **c);

/* Sets the cursor before the first key that is not below `key`. */
MUST_USE int index_seek(struct index *x, struct part_key key);
/* The next key into x->cursor, page after page. MISSING: no more. */
MUST_USE int index_next(struct index *x);

#endif
