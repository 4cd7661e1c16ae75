/* workstation/sweep/verdict_state.h: which files were clean, and by what, so that an unchanged file
 * is not read again and new rules alone run over content that was clean by the old ones. Only clean
 * verdicts are kept: what was found is looked at each time. A generation is the set of parts (rule
 * files, lists …) by which verdicts hold; a few live side by side, so that a sweep that ended early
 * goes on where it was. Layout: docs/formats/sweep-state.md. Limit: VERDICTS_MAX files; more are
 * swept every time. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_VERDICT_STATE_H
#define CANH_WORKSTATION_SWEEP_VERDICT_STATE_H

#include "workstation/sweep/part_table.h"

enum {
        VERDICTS_MAX = 8 << 20,
        GENERATIONS_MAX = 8,
        GENERATION_NONE = 0xFFFF, /* no verdict: the entry is not written */
        VERDICT_DAYS_MAX = 40     /* a file not seen for so long is forgotten */
};

struct verdict {
        uint64_t dev, ino, bytes;
        int64_t modified_ns, changed_ns;
        uint64_t path_key; /* verdict_path_key: rules may look at names */
        struct sha256 content;
        uint16_t generation;
        uint16_t seen_day; /* days since 1970 */
        /* Of an archive that was not opened to its end: why. Of a file that a package vouches for:
         * package_md5_first. Else 0. */
        uint32_t note;
};

struct verdict_state;

uint64_t verdict_path_key(const char *path);
MUST_USE int verdict_state_new(struct verdict_state **out);
struct verdict_state *verdict_state_free(struct verdict_state *s);
void verdict_state_free_at(struct verdict_state **s);
struct part_table *verdict_state_parts(struct verdict_state *s);
/* The generation of exactly these parts (numbers of the table, sorted or not), made when missing:
 * then the one with the fewest verdicts may go, with its verdicts. */
MUST_USE int verdict_state_generation(
    unsigned *out, struct verdict_state *s, const int *parts, size_t count);
/* The generation in use is written even when no verdict names it: its rule files stay known. */
void verdict_state_set_current(struct verdict_state *s, unsigned generation);
bool verdict_state_holds(const struct verdict_state *s, unsigned generation, int part);
/* Verdicts that rest on `part` stay only if `keep` says so. */
void verdict_state_sift(struct verdict_state *s, int part,
    bool (*keep)(void *state, const struct verdict *v), void *state);
size_t verdict_state_count(const struct verdict_state *s);
/* All of them, as a view until the next put. */
const struct verdict *verdict_state_all(const struct verdict_state *s);
/* The verdict of this very file, unchanged in every field that says so, under this name or (second
 * choice) another; NULL when there is none. A view until the next put. */
const struct verdict *verdict_state_find(struct verdict_state *s, const struct verdict *file);
/* A verdict for this content: best under this path, else by the generation `best`, else any; NULL.
 * A view until the next put. */
const struct verdict *verdict_state_content(
    struct verdict_state *s, const struct sha256 *content, uint64_t path_key, unsigned best);
/* The file was visited now, and this is its verdict: in place of the one it had. LIMIT above
 * VERDICTS_MAX. */
MUST_USE int verdict_state_put(struct verdict_state *s, const struct verdict *v);
/* The file was visited now, and is not clean. */
void verdict_state_drop(struct verdict_state *s, const struct verdict *file);
/* Whether writing would say something new. */
bool verdict_state_is_changed(const struct verdict_state *s);
/* In the order of the visits, then what was not visited and was seen not long before `today`. */
MUST_USE int verdict_state_write(struct buffer *out, struct verdict_state *s, unsigned today);
/* FORMAT or UNTRUSTED for anything but a whole file of this version. The bytes are taken: the
 * buffer is empty then, whatever is returned. */
MUST_USE int verdict_state_parse_own(struct verdict_state **out, struct buffer *bytes);

#endif
