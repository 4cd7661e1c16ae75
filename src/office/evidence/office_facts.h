/* office/evidence/office_facts.h: the facts of all units of a scope, read in one pass and laid out
 * unit by unit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_EVIDENCE_OFFICE_FACTS_H
#define CANH_OFFICE_EVIDENCE_OFFICE_FACTS_H

#include "base/arena.h"
#include "model/scope.h"
#include "office/evidence/measure.h"

struct db;

enum { OFFICE_MACHINES_MAX = 200000 };

/* For whom a unit's machines count: an index below owner_count, or -1 (nobody). */
struct fact_owners {
        int (*owner_of)(void *state, struct text unit_id);
        void *state;
        size_t owner_count;
};

/* Reads machines and victim rows of the scope. out[owner_count] gets each owner's slices;
 * everything lives in the arena. Attestations and declared numbers are the caller's to fill in.
 * LIMIT above OFFICE_MACHINES_MAX. */
MUST_USE int office_facts_read(struct unit_facts *out, struct arena *arena, struct db *db,
    const struct scope *scope, const struct fact_owners *owners);

#endif
