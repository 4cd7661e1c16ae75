/* office/campaign/evaluation.h: the facts of the office laid out for one campaign. Inside this
 * folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_EVALUATION_H
#define CANH_OFFICE_CAMPAIGN_EVALUATION_H

#include "office/campaign/campaign_rows.h"
#include "office/evidence/office_facts.h"

/* Everything lives in the arena. facts[i] belongs to units[i]. */
struct evaluation {
        struct arena *arena;
        const struct campaign *campaign;
        time_ms now;
        struct unit_row *units;
        struct unit_row **by_id;
        size_t unit_count;
        struct unit_facts *facts;
        struct attestation_fact *attestations;
        size_t attestation_count;
        struct waiver_row *waivers;
        size_t waiver_count;
};

/* Reads the units of the scope (their tree decides for whom machines count) and their facts. */
MUST_USE int evaluation_read(struct evaluation *e, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct campaign *c);
/* Index in units, or -1. */
int evaluation_unit_index(const struct evaluation *e, struct text unit_id);
bool evaluation_owes(const struct evaluation *e, size_t unit, const struct pack_clause *clause);
/* The waiver that runs, or NULL. */
const struct waiver_row *evaluation_waiver(
    const struct evaluation *e, struct text unit_id, struct text clause);
/* results: room for PACK_MEASURES_MAX. */
MUST_USE int evaluation_cell(struct cell_result *out, struct measure_result *results,
    const struct evaluation *e, size_t unit, const struct pack_clause *clause);

/* cells are ordered by unit and clause; NULL when there is none. */
const struct cell_row *cell_row_find(
    const struct cell_row *cells, size_t count, struct text unit_id, struct text clause);
/* As memcmp, then by length. */
int text_compare(struct text a, struct text b);
/* Whole days overdue, counted from the first hour; 0 when the cell is met, waived, not applicable
 * or in time, and when the campaign has ended: then nobody is late any more. */
int64_t late_days(const struct pack *pack, enum cell_state state, time_ms due_at, time_ms now);

#endif
