/* traffic/archive/manifest.h: which files make up the archive. Rewritten as a whole whenever that
 * changes, so that a change of many files happens at once. Layout: docs/formats/flow-archive.md.
 * For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_MANIFEST_H
#define CANH_TRAFFIC_ARCHIVE_MANIFEST_H

#include "base/buffer.h"
#include "traffic/archive/facts.h"

#define MANIFEST_NAME "archive.manifest"
#define MANIFEST_MAGIC "CANHFLOW"

enum {
        MANIFEST_VERSION = 1,
        MANIFEST_HEAD_BYTES = 40,
        MANIFEST_PART_BYTES = 72,
        MANIFEST_INDEX_BYTES = 16,
        MANIFEST_FILES_MAX = 1 << 16,
        MANIFEST_BYTES_MAX = 8 << 20
};

struct manifest_part {
        uint64_t id, bytes;
        time_ms first_at, last_at; /* least begin, greatest end that was said */
        uint64_t count[FACT_KINDS];
        int day;
};

struct manifest_index {
        uint64_t id, bytes;
};

struct manifest {
        uint64_t next_id, journal; /* the number of the journal in use */
        struct manifest_part *parts;
        struct manifest_index *indexes;
        size_t part_count, index_count;
        bool is_indexed; /* the indexes speak of all parts */
};

void manifest_done(struct manifest *m);
/* Pure. UNSUPPORTED: of a later version; UNTRUSTED, FORMAT. */
MUST_USE int manifest_parse(struct manifest *out, struct text bytes);
MUST_USE int manifest_write(struct buffer *out, const struct manifest *m);
/* With room for more_parts and one index. */
MUST_USE int manifest_copy(struct manifest *out, const struct manifest *m, size_t more_parts);

/* Forgets the indexes and makes room for so many. */
MUST_USE int manifest_room_for_indexes(struct manifest *m, size_t count);

struct archive_counts;
void manifest_count(struct archive_counts *out, const struct manifest *m);

#endif
