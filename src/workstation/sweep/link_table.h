/* workstation/sweep/link_table.h: what was found in files that have several names, so that each is
 * matched once a sweep and reported under every name. Limit: LINKS_MAX files; beyond, a file is
 * matched under each name. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_LINK_TABLE_H
#define CANH_WORKSTATION_SWEEP_LINK_TABLE_H

#include "workstation/sweep/finding.h"

enum { LINKS_MAX = 1 << 16 };

struct link_table;

MUST_USE int link_table_new(struct link_table **out);
struct link_table *link_table_free(struct link_table *t);
/* Keeps a copy; at the limit it keeps nothing and returns 0. */
MUST_USE int link_table_add(struct link_table *t, uint64_t dev, uint64_t ino, uint64_t bytes,
    const struct finding_list *found);
/* What was found in the file when it had so many bytes; NULL: nothing. A view until the next add.
 */
const struct finding_list *link_table_find(
    const struct link_table *t, uint64_t dev, uint64_t ino, uint64_t bytes);

#endif
