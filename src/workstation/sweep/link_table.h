/* workstation/sweep/link_table.h: verdicts of files that have several names, so that each is
 * matched once a sweep. Limit: LINKS_MAX files; beyond, a file is matched under each name. One
 * thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_LINK_TABLE_H
#define CANH_WORKSTATION_SWEEP_LINK_TABLE_H

#include "codec/digest.h"

enum { LINKS_MAX = 1 << 20 };

struct link_verdict {
        struct sha256 content;
        uint64_t bytes;
        const char *listed;       /* the name in the hash list, NULL */
        const char *const *rules; /* names that live as long as the rule set */
        size_t rule_count;
};

struct link_table;

MUST_USE int link_table_new(struct link_table **out);
struct link_table *link_table_free(struct link_table *t);
/* Keeps a copy; at the limit it keeps nothing and returns 0. */
MUST_USE int link_table_add(
    struct link_table *t, uint64_t dev, uint64_t ino, const struct link_verdict *v);
/* A view until the next add. */
const struct link_verdict *link_table_find(const struct link_table *t, uint64_t dev, uint64_t ino);

#endif
