/* traffic/archive/archive_reader.h: what the files of the reader share. For archive_*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_ARCHIVE_READER_H
#define CANH_TRAFFIC_ARCHIVE_ARCHIVE_READER_H

#include "traffic/archive/archive_internal.h"
#include "traffic/archive/index_read.h"

enum { READER_DAMAGES_MAX = 4096, READER_DAMAGE_TEXT_MAX = 96 };

struct archive_reader {
        struct folder *folder; /* a view */
        struct manifest manifest;
        struct column_scratch *scratch;
        struct scan *scan;
        struct index **indexes; /* as in the manifest; each NULL until it is asked */
        char (*damages)[READER_DAMAGE_TEXT_MAX];
        size_t damage_count, damages_left_out;
};

/* archive_days.c: the n-th index, opened once; it stays the reader's. */
MUST_USE int reader_index(struct index **out, struct archive_reader *r, size_t n);
/* One byte for each day, as the index counts them: not 0 where the answer may lie. NULL: anywhere.
 * The caller frees it. A damaged index is noted. */
MUST_USE int reader_days(uint8_t **out, struct archive_reader *r, const struct archive_question *q);
/* May the part hold what is asked? */
bool reader_part_overlaps(const struct manifest_part *p, const struct archive_question *q);
/* Notes a fault of a file, once; 0 when reading goes on without it, else the error. */
MUST_USE int reader_note(struct archive_reader *r, const char *name, int err);
/* One part's facts to the sink; a damaged part is noted. `ends` as in part_scan. */
MUST_USE int reader_scan(struct archive_reader *r, uint64_t id, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends);
/* archive_each, with ends. */
MUST_USE int reader_each(struct archive_reader *r, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends);

#endif
