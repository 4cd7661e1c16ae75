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
        ARCHIVE_MEMORY_MOST = 512 << 20,
        ARCHIVE_DOOMED_MAX = 512,
        ARCHIVE_DOOMED_MS = 10 * MINUTE_MS /* a reader that opened before may still come to it */
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
        struct scan *scan;
        int64_t newest_day; /* that a flow of now began on */
        uint64_t dropped_unsealed_bytes, removed_partitions, refused, damaged;
        struct doomed { /* files that the manifest does not name any more */
                char name[PART_NAME_MAX];
                time_ms since; /* by the steady clock */
        } doomed[ARCHIVE_DOOMED_MAX];
        size_t doomed_count;
        time_ms opened_at,
            opened_steady; /* what the clock was believed to be, see archive_age_now */
};

time_ms archive_now(const struct archive *a);
/* The moment by which parts are too old; with distrust_clock never later than what was believed at
 * the opening and has passed since. */
time_ms archive_age_now(const struct archive *a);
/* Makes `fresh` the archive's state, on disk and here, and leaves it empty. */
MUST_USE int archive_commit(struct archive *a, struct manifest *fresh);
/* archive_doom.c: a file that does not count any more goes after ARCHIVE_DOOMED_MS, or at once when
 * too many wait. Its removal may fail: the next archive_open tries again. */
void archive_doom(struct archive *a, const char *name);
/* Removes what has waited long enough; `all`: all. */
void archive_bury(struct archive *a, bool all);
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
/* Few indexes, each at least twice as large as the next; `eager`: small ones become one. */
MUST_USE int archive_merge_indexes(struct archive *a, bool eager);
/* Was one of the indexes written by an earlier version, which put less into it? */
bool archive_has_old_index(const struct archive *a);
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

/* part_scan.c: what reading a part works in; large, so it is used again and again. */
struct scan;
MUST_USE int scan_new(struct scan **out);
struct scan *scan_free(struct scan *s);
/* Hands the part's facts that answer the question to the sink. *ends (NULL: not asked) is set
 * before each flow. */
enum flow_ends { FLOW_REMOTE_IS_DESTINATION, FLOW_REMOTE_IS_SOURCE, FLOW_IS_BETWEEN };
MUST_USE int part_scan(struct scan *s, struct part *p, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends);
/* The sightings, each once, whose name is one of these (labels reversed) or below, or whose answer
 * is one of the question's addresses. */
MUST_USE int part_scan_names(struct scan *s, struct part *p, const struct archive_question *q,
    const struct text *reversed, size_t count, struct traffic_sink sink);

#endif
