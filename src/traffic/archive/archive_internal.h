/* traffic/archive/archive_internal.h: what the files of the writer share. For archive*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_ARCHIVE_INTERNAL_H
#define CANH_TRAFFIC_ARCHIVE_ARCHIVE_INTERNAL_H

#include "traffic/archive/archive.h"
#include "traffic/archive/journal.h"
#include "traffic/archive/manifest.h"
#include "traffic/archive/own_ranges.h"
#include "traffic/archive/part_read.h"

enum {
        ARCHIVE_MEMORY_DEFAULT = 256 << 20,
        ARCHIVE_MEMORY_LEAST = 1 << 20,
        ARCHIVE_MEMORY_MOST = 512 << 20
};

struct archive {
        struct folder *folder; /* a view */
        int lock;
        struct archive_options options; /* own is not kept here */
        struct own_ranges own;
        struct facts facts;
        struct journal journal;
        struct manifest manifest;
        struct column_scratch *scratch;
        uint64_t dropped_unsealed_bytes, removed_partitions, refused, damaged;
};

time_ms archive_now(const struct archive *a);
/* Makes `fresh` the archive's state, on disk and here, and leaves it empty. */
MUST_USE int archive_commit(struct archive *a, struct manifest *fresh);
/* archive_seal.c: memory and journal are empty afterwards. */
MUST_USE int archive_seal_facts(struct archive *a);
/* Writes one more part and enters it in `fresh`, which has room. */
struct part_label;
struct part_choice;
struct index_entries;
MUST_USE int archive_write_part(struct archive *a, struct manifest *fresh,
    struct index_entries *entries, const struct part_label *label,
    const struct part_choice *choice);
/* archive_index.c: writes one more index and enters it in `fresh`. */
MUST_USE int archive_write_index(
    struct archive *a, struct manifest *fresh, struct index_entries *entries);
/* Few indexes, each at least twice as large as the next. */
MUST_USE int archive_merge_indexes(struct archive *a);
/* Indexes anew from all parts. */
MUST_USE int archive_rebuild_indexes(struct archive *a);
/* archive_merge.c: fewer parts of one day; parts that are too old or too many. `eager`: days that
 * are over become one part. */
MUST_USE int archive_merge(struct archive *a, bool eager);
MUST_USE int archive_retain(struct archive *a);
/* Removes parts by their place in the manifest, in memory only; the file goes after the commit. */
void manifest_drop_part(struct manifest *m, size_t n);

/* archive_recover.c: the manifest of a folder, or what can be made of its parts. MISSING: an empty
 * folder; FORMAT: something else. */
MUST_USE int archive_find_manifest(
    struct manifest *out, struct folder *folder, struct column_scratch *scratch);
/* Removes files of ours that the manifest does not name. */
MUST_USE int archive_sweep_folder(const struct archive *a);

/* part_scan.c: hands the part's facts that answer the question to the sink. *ends (NULL: not asked)
 * is set before each flow. */
enum flow_ends { FLOW_REMOTE_IS_DESTINATION, FLOW_REMOTE_IS_SOURCE, FLOW_IS_BETWEEN };
MUST_USE int part_scan(struct part *p, const struct archive_question *q, struct traffic_sink sink,
    enum flow_ends *ends);

#endif
