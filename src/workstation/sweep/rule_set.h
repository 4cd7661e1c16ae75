/* workstation/sweep/rule_set.h: YARA rules (libyara): source files, and what is compiled of them
 * when a file has to be matched. Every source file is judged by itself: one that does not compile
 * is reported with its line and left out, the others work. Each file is its own namespace, so that
 * any choice of files finds what they find among all. `include` is refused: a rule file cannot open
 * files. The external variables filename, filepath, extension, filetype and owner are defined as
 * rule writers expect. Limit: RULE_BYTES_MAX of source. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_RULE_SET_H
#define CANH_WORKSTATION_SWEEP_RULE_SET_H

#include "base/text.h"
#include "codec/digest.h"

struct rule_set;
struct rule_matcher;

enum { RULE_BYTES_MAX = 64 << 20, RULE_FILES_MAX = 20000 };

/* A rule file that was left out. */
struct rule_problem {
        const char *file;
        int line;
        const char *why; /* libyara's words: English */
};

/* What a rule may ask of a file besides its bytes; all texts zero-ended, none NULL. */
struct rule_facts {
        const char *filename, *filepath, *extension, *filetype, *owner;
};

/* What compiling a file says of it. */
struct rule_file_facts {
        size_t rules;
        int line;        /* where it is bad; 0: it compiles */
        const char *why; /* "" when it compiles */
        bool asks_facts; /* whether a rule may look at the facts of a file */
};

MUST_USE int rule_set_new(struct rule_set **out);
struct rule_set *rule_set_free(struct rule_set *r); /* its matchers first */
void rule_set_free_at(struct rule_set **r);
/* Keeps a copy of the source under the name `file`; the same bytes are kept once. LIMIT. */
MUST_USE int rule_set_add(struct rule_set *r, const char *file, struct text source);
size_t rule_set_files(const struct rule_set *r);
/* Over the source and libyara's version: the same digest finds the same. */
const struct sha256 *rule_file_digest(const struct rule_set *r, size_t file);
/* What a compilation of this digest said before; then rule_set_finish need not ask again. */
MUST_USE int rule_file_know(struct rule_set *r, size_t file, const struct rule_file_facts *facts);
/* Compiles what is not known, all of it at once where it can; `problem` is told of each file left
 * out, known or not (may be NULL). MEMORY, BUG. Nothing may be added any more. */
MUST_USE int rule_set_finish(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state);
/* After rule_set_finish. */
struct rule_file_facts rule_file_facts(const struct rule_set *r, size_t file);
size_t rule_file_bytes(const struct rule_set *r, size_t file);
size_t rule_set_rules(const struct rule_set *r);
size_t rule_set_bad_files(const struct rule_set *r);
/* Over all files that compile. */
struct sha256 rule_set_digest(const struct rule_set *r);
/* Whether any rule may look at the facts, so that equal bytes under two names may differ. */
bool rule_set_asks_facts(const struct rule_set *r);

/* `chosen` says for each file whether it takes part; NULL: all do, and that is compiled once for
 * the life of the set. Bad files never take part. */
MUST_USE int rule_matcher_new(
    struct rule_matcher **out, struct rule_set *r, const bool *chosen, int seconds_max);
struct rule_matcher *rule_matcher_free(struct rule_matcher *m);
void rule_matcher_free_at(struct rule_matcher **m);
/* Calls `match` for every matching rule that is not private. BUSY when the time for one file
 * passed; FORMAT when libyara gave up for another reason. */
MUST_USE int rule_matcher_match(struct rule_matcher *m, struct text bytes,
    const struct rule_facts *facts, void (*match)(void *state, const char *rule), void *state);

#endif
