/* workstation/sweep/verdict_state.h: which files were clean, by which rules, so that an unchanged
 * file is not read again. Only clean verdicts are kept: what was found is looked at each time.
 * Layout: docs/formats/sweep-state.md. Limit: VERDICTS_MAX files; more are swept every time. One
 * thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_VERDICT_STATE_H
#define CANH_WORKSTATION_SWEEP_VERDICT_STATE_H

#include "base/buffer.h"
#include "codec/digest.h"

enum { VERDICTS_MAX = 8 << 20 };

struct verdict {
        uint64_t dev, ino, bytes;
        int64_t modified_ns, changed_ns;
        uint64_t path_key; /* verdict_path_key: rules may look at names */
        struct sha256 content;
};

struct verdict_state;

uint64_t verdict_path_key(const char *path);
/* `rules` is the digest of rules and hashes with which the verdicts hold. */
MUST_USE int verdict_state_new(struct verdict_state **out, const struct sha256 *rules);
struct verdict_state *verdict_state_free(struct verdict_state *s);
void verdict_state_free_at(struct verdict_state **s);
/* LIMIT above VERDICTS_MAX. */
MUST_USE int verdict_state_add(struct verdict_state *s, const struct verdict *v);
/* Before the first question. */
void verdict_state_sort(struct verdict_state *s);
size_t verdict_state_count(const struct verdict_state *s);
const struct sha256 *verdict_state_rules(const struct verdict_state *s);
/* The verdict of this very file, unchanged in every field but content; NULL when there is none.
 * With any_path the name does not count. */
const struct verdict *verdict_state_find(
    const struct verdict_state *s, const struct verdict *file, bool any_path);
/* Whether this content was clean (under this path, unless any_path). */
bool verdict_state_knows(
    const struct verdict_state *s, const struct sha256 *content, uint64_t path_key, bool any_path);
/* All of them, as a view. */
const struct verdict *verdict_state_all(const struct verdict_state *s);
MUST_USE int verdict_state_write(struct buffer *out, const struct verdict_state *s);
/* FORMAT or UNTRUSTED for anything but a whole file of this version. *out is sorted. */
MUST_USE int verdict_state_parse(struct verdict_state **out, struct text bytes);

#endif
