/* workstation/sweep/part_table.h: the parts of what files are looked at by: each rule file, each
 * kind of hash list, another engine's data; known by a digest. A verdict holds for a set of them
 * (verdict_state.h). Beside a rule file stands what compiling it once said, so that it need not be
 * compiled only to be counted. Limit: PARTS_MAX. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_PART_TABLE_H
#define CANH_WORKSTATION_SWEEP_PART_TABLE_H

#include "base/buffer.h"
#include "codec/digest.h"

enum { PARTS_MAX = 1 << 16, PART_NONE = -1 };

struct part {
        struct sha256 digest;
        uint32_t rules;      /* of a rule file that compiles */
        uint32_t line;       /* where a bad rule file is bad; 0: it is not */
        uint32_t why;        /* into the texts; 0 is "" */
        uint32_t asks_facts; /* of a rule file: 1 when it may look at names */
};

struct part_table {
        struct part *at;
        size_t count, room;
        uint32_t *index;     /* by digest: number + 1; twice as many slots as room */
        struct buffer texts; /* zero-ended, one behind the other; begins with "" */
};

MUST_USE int part_table_init(struct part_table *t);
void part_table_done(struct part_table *t);
/* Its number, or PART_NONE. */
int part_find(const struct part_table *t, const struct sha256 *digest);
/* The number of the part, made when missing. LIMIT. */
MUST_USE int part_add(int *out, struct part_table *t, const struct sha256 *digest);
MUST_USE int part_set_why(struct part_table *t, int part, uint32_t line, const char *why);
const char *part_why(const struct part_table *t, int part);

#endif
