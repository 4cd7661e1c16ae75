/* centre/agents/agent_rows.h: the little that the agents' door asks the database itself.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_AGENT_ROWS_H
#define CANH_CENTRE_AGENTS_AGENT_ROWS_H

#include "base/arena.h"

struct db;

/* MISSING. The copy lives as long as the arena. */
MUST_USE int agent_rows_unit_name(
    const char **out, struct arena *arena, struct db *db, const char *unit_id);
/* Sequence of the last report that was filed; 0 = none. */
MUST_USE int agent_rows_last_report(int64_t *out, struct db *db, const char *machine_id);

#endif
