/* workstation/sweep/sweep.h: a malware check of files and folders by engines: hash lists, rules,
 * another scanner.
 * From: rule_set, hash_list, the disk. To: a sink (report, screen), the quarantine, the verdict
 * state. Files are read, never mapped: one that is cut short under us only gives fewer bytes.
 * Content that was clean is only asked for what is new since then (verdict_state.h). What is found
 * in a file with several names (hard links) is found once and reported under each. Archives are
 * opened in memory, with limits. Limits: bytes of a file (larger ones are left out and counted),
 * depth, time in all and for a file. One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_SWEEP_H
#define CANH_WORKSTATION_SWEEP_SWEEP_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "workstation/sweep/container.h"
#include "workstation/sweep/engine.h"
#include "workstation/sweep/walk.h"

struct folder;

enum {
        SWEEP_FILE_BYTES_DEFAULT = 64 << 20,
        SWEEP_DEPTH_DEFAULT = WALK_DEPTH_MAX,
        SWEEP_FILE_SECONDS_DEFAULT = 120,
        SWEEP_ENGINES_MAX = 4
};

struct sweep_hit {
        const char *path; /* any bytes; of a member "archive!member" */
        const struct sha256 *content;
        uint64_t bytes;
        const char *engine;            /* "yara", "hash", "clamav" */
        const char *engine_generation; /* of its rules or lists */
        const char *rule;
        bool quarantined;
        const char *quarantine_id; /* "" unless quarantined */
        int quarantine_err;        /* why it could not be, 0 */
};

struct sweep_counts {
        uint64_t files, bytes;            /* looked at: matched, or known to be clean */
        uint64_t unchanged;               /* of these, not read again */
        uint64_t vouched;                 /* of these, as a package brought them (trust_packages) */
        uint64_t matched;                 /* of these, their bytes were given to an engine */
        uint64_t members;                 /* of archives, looked at in this sweep */
        uint64_t limited[CONTAINER_ENDS]; /* archives that were not opened to their end */
        uint64_t failed, hits, skipped[SKIP_WHYS];
        bool complete;
        const char *stopped_why; /* "" or the reason, in English: "time" … */
};

struct sweep_sink {
        void (*hit)(void *state, const struct sweep_hit *hit);
        void (*failed)(void *state, int err, const char *path);
        /* After each file; false ends the sweep. */
        bool (*progress)(void *state, const struct sweep_counts *so_far, const char *path);
        /* A rule file is left out (called by sweep_new). */
        void (*bad_rule)(void *state, const struct rule_problem *p);
        void *state;
};

struct sweep_options {
        struct rule_set *rules;         /* not finished yet: sweep_new does; NULL = none */
        const struct hash_list *hashes; /* NULL = none */
        struct engine *other;           /* one more engine, the caller's; NULL = none */
        uint64_t file_bytes_max;
        int depth_max, file_seconds_max;
        time_ms time_max; /* 0 = as long as it takes */
        bool cross_mounts;
        bool open_archives;  /* their members are looked at too, as "archive!member" */
        bool trust_packages; /* files that are as a package brought them are not matched */
        const char *root;    /* where dpkg's lists are looked for: "" or a test's folder */
        const struct folder *quarantine; /* NULL: report only */
        /* Keeps verdicts in the file sweep.state, also those of a sweep that ended early; NULL:
         * everything is matched. */
        const struct folder *state;
        const struct clock *clock;
};

struct sweep;

/* Options and what they point to outlive the sweep. Loads the verdicts (a damaged file is as good
 * as none); compiles only rules that they do not know. */
MUST_USE int sweep_new(
    struct sweep **out, const struct sweep_options *options, const struct sweep_sink *sink);
struct sweep *sweep_free(struct sweep *s);
void sweep_free_at(struct sweep **s);
/* One root after the other. An error is only what concerns the root itself (MISSING, DENIED) or us
 * (MEMORY). */
MUST_USE int sweep_root(struct sweep *s, const char *root);
/* Saves the verdicts (IO, LIMIT: the sweep is good all the same); the counts are final now. */
MUST_USE int sweep_finish(struct sweep *s);
const struct sweep_counts *sweep_count(const struct sweep *s);
/* Over rules and hashes in use. */
struct sha256 sweep_generation(const struct sweep *s);
/* The engines that take part, 0 …; NULL behind the last. */
const struct engine *sweep_engine(const struct sweep *s, size_t number);

#endif
