/* workstation/sweep/finding.h: what engines say of one file: copies, so that they outlive the
 * engine's own words. Limit: FINDINGS_MAX of a file; more are counted, and the sweep
 * says so. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_FINDING_H
#define CANH_WORKSTATION_SWEEP_FINDING_H

#include "codec/digest.h"

enum { FINDINGS_MAX = 10000 };

struct engine;

struct finding {
        const struct engine *engine;
        char *rule;
        char *member; /* way inside an archive, "a.zip!b"; NULL: the file itself */
        struct sha256 content;
        uint64_t bytes;
};

struct finding_list {
        struct finding *at;
        size_t count, room, left_out;
};

void finding_list_done(struct finding_list *l);
/* Empty again, keeps its memory. */
void finding_list_clear(struct finding_list *l);
/* Copies rule and member. */
MUST_USE int finding_add(struct finding_list *l, const struct finding *f);

#endif
