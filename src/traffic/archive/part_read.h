/* traffic/archive/part_read.h: a part file, opened. Chunks are read when they are asked for, and
 * checked each time. Layout: docs/formats/flow-archive.md. One thread; for this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_PART_READ_H
#define CANH_TRAFFIC_ARCHIVE_PART_READ_H

#include "model/flow.h"
#include "traffic/archive/part_parse.h"

enum { PART_NAME_MAX = 32, PART_DICTIONARY_MAX = 1 << 24 };

struct folder;

struct part {
        int fd;
        uint32_t version;
        struct part_directory dir;
        struct buffer dir_bytes;
        struct column_scratch *scratch; /* a view */
        struct buffer chunk;
        uint64_t chunk_at;            /* where in the file the bytes in `chunk` stand */
        struct ip_address *addresses; /* all of TABLE_ADDRESSES, after part_load_addresses */
        size_t address_count;
        struct text *texts; /* all of TABLE_TEXTS, after part_load_texts */
        size_t text_count;
        struct buffer text_bytes;
};

/* "0000000000000012.part" */
const char *part_name(char out[PART_NAME_MAX], uint64_t id);
/* MISSING; IO; FORMAT, UNTRUSTED: damaged or foreign; UNSUPPORTED: of a later version. */
MUST_USE int part_open(
    struct part **out, struct folder *folder, uint64_t id, struct column_scratch *scratch);
struct part *part_close(struct part *p);
void part_close_at(struct part **p);

/* Reads the chunks of the columns [first, first + count), which then may be taken, one by one. */
MUST_USE int part_read_columns(
    struct part *p, const struct part_group *group, unsigned first, unsigned count);
/* The wanted rows of a column that was read. values must have room for COLUMN_ROWS_MAX. */
MUST_USE int part_take_column(uint64_t *values, struct part *p, const struct part_group *group,
    unsigned column, struct column_rows wanted);
/* Both: all rows of one column. */
MUST_USE int part_column(
    uint64_t *values, struct part *p, const struct part_group *group, unsigned column);
/* Both: the wanted rows of the columns [first, first + count), each into its own values. */
MUST_USE int part_columns(uint64_t (*values)[COLUMN_ROWS_MAX], struct part *p,
    const struct part_group *group, unsigned first, unsigned count, struct column_rows wanted);
/* Reads the dictionaries, once. */
MUST_USE int part_load_addresses(struct part *p);
MUST_USE int part_load_texts(struct part *p);
/* [*from, *to): the numbers in p->addresses of those within the prefix. Loaded before. */
void part_address_range(size_t *from, size_t *to, const struct part *p, const struct ip_prefix *in);
/* The first group of the table that may hold a row with a key >= `key`: groups before hold none. */
size_t part_first_group(const struct part_table_view *table, struct part_key key);

#endif
