/* workstation/sweep/engine.h: what looks at a file and says what it is: hash lists, YARA rules,
 * another scanner on the machine. One engine = one file engine_<name>.c with a constructor here.
 * An engine looks by parts (verdict_state.h); of content that was clean by some of them it asks
 * only the others. From: sweep. One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_ENGINE_H
#define CANH_WORKSTATION_SWEEP_ENGINE_H

#include "workstation/sweep/hash_list.h"
#include "workstation/sweep/rule_set.h"
#include "workstation/sweep/verdict_state.h"

#include <sys/stat.h>

enum { ENGINE_GENERATION_MAX = 128, ENGINE_PARTS_MAX = RULE_FILES_MAX };

/* What an engine must be given to judge content that was clean before. */
enum engine_need { ENGINE_NEED_NOTHING, ENGINE_NEED_CONTENT /* its SHA-256 */, ENGINE_NEED_BYTES };

/* How far content is known: clean by a generation of `state` (GENERATION_NONE: it is not known),
 * under another name than this one or not. */
struct held {
        const struct verdict_state *state;
        unsigned generation;
        bool other_name;
        bool vouched; /* a package vouches for it now: some engines are not asked */
};

struct engine_file {
        const char *name; /* in its folder or archive; any bytes */
        const char *path;
        const struct stat *st;
        struct text bytes; /* {NULL, 0} when only the content is known */
        const struct sha256 *content;
};

struct engine_sink {
        void (*hit)(void *state, const char *rule); /* a view for the call */
        void *state;
};

struct engine {
        const char *name;                       /* the word of reports: "yara" */
        char generation[ENGINE_GENERATION_MAX]; /* of its rules or lists, in its own words */
        /* Adds its parts to the table; their numbers go into `out`, `*count` of them. LIMIT. */
        int (*parts)(struct engine *e, struct part_table *t, int *out, size_t *count);
        enum engine_need (*need)(struct engine *e, const struct held *held);
        /* BUSY: out of time. Another error than MEMORY is the file's; what was found before it
         * counts. */
        int (*match)(struct engine *e, const struct held *held, const struct engine_file *file,
            const struct engine_sink *sink);
        void (*free)(struct engine *e);
        bool skips_vouched;  /* it is not asked about files that a package vouches for */
        bool opens_archives; /* itself: it is not asked about their members */
};

/* Whoever speaks to another scanner for us: adds its answer. MISSING: it is not there; BUSY: out of
 * time. */
enum engine_ask { ENGINE_ASK_VERSION, ENGINE_ASK_STREAM };
struct engine_peer {
        int (*ask)(void *state, struct buffer *answer, enum engine_ask what, struct text bytes);
        void *state;
};

/* Each belongs to the caller; what is handed in outlives it. */
MUST_USE int engine_hash_new(struct engine **out, const struct hash_list *list);
MUST_USE int engine_yara_new(struct engine **out, struct rule_set *rules, int seconds_max);
/* Asks the peer for its version; its error, FORMAT when it is no clamd. */
MUST_USE int engine_clamd_new(struct engine **out, const struct engine_peer *peer);
struct engine *engine_free(struct engine *e);
void engine_free_at(struct engine **e);

#endif
