/* workstation/sweep/rule_set.h: YARA rules, compiled once and matched against bytes in memory
 * (libyara). Every source file is judged by itself: one that does not compile is reported with its
 * line and left out, the others work. Each file is its own namespace. `include` is refused: a rule
 * file cannot open files. The external variables filename, filepath, extension, filetype and owner
 * are defined as rule writers expect. Limit: RULE_BYTES_MAX of source. A finished set never
 * changes; one rule_scanner per thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_RULE_SET_H
#define CANH_WORKSTATION_SWEEP_RULE_SET_H

#include "base/text.h"
#include "codec/digest.h"

struct rule_set;
struct rule_scanner;

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

MUST_USE int rule_set_new(struct rule_set **out);
struct rule_set *rule_set_free(struct rule_set *r); /* its scanners first */
void rule_set_free_at(struct rule_set **r);
/* Keeps a copy of the source under the name `file`. LIMIT. */
MUST_USE int rule_set_add(struct rule_set *r, const char *file, struct text source);
/* Compiles; `problem` is told of each file left out (may be NULL). MEMORY, BUG. */
MUST_USE int rule_set_finish(
    struct rule_set *r, void (*problem)(void *state, const struct rule_problem *p), void *state);
size_t rule_set_rules(const struct rule_set *r);
size_t rule_set_bad_files(const struct rule_set *r);
/* Over the names and sources that compiled: the same digest finds the same. */
struct sha256 rule_set_digest(const struct rule_set *r);
/* Whether any rule may look at the facts, so that equal bytes under two names may differ. */
bool rule_set_asks_facts(const struct rule_set *r);

MUST_USE int rule_scanner_new(struct rule_scanner **out, const struct rule_set *r, int seconds_max);
struct rule_scanner *rule_scanner_free(struct rule_scanner *s);
void rule_scanner_free_at(struct rule_scanner **s);
/* Calls `match` for every matching rule that is not private. BUSY when the time for one file
 * passed; FORMAT when libyara gave up for another reason. */
MUST_USE int rule_scanner_scan(struct rule_scanner *s, struct text bytes,
    const struct rule_facts *facts, void (*match)(void *state, const char *rule), void *state);

#endif
