/* office/evidence/cell.h: the measures of one clause, for one unit, joined into one cell of the
 * matrix. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_EVIDENCE_CELL_H
#define CANH_OFFICE_EVIDENCE_CELL_H

#include "office/evidence/measure.h"

enum cell_state { CELL_MET, CELL_NOT_MET, CELL_WAIVED, CELL_NOT_APPLICABLE, CELL_UNKNOWN };

struct cell_result {
        enum cell_state state;
        enum proved_by proved_by;
        int64_t met, total;     /* of the measure that decided the state */
        int64_t seen, expected; /* machines with data, of those that should have some */
};

/* Joins `count` results: any not met → not met; else any unknown → unknown; else met; a clause
 * whose measures are all not applicable is not applicable. A cell without a measure is unknown:
 * nobody looked. */
void cell_combine(struct cell_result *out, const struct measure_result *results, size_t count);
/* A waiver that still runs stands above what was measured, except above "met". */
void cell_waive(struct cell_result *cell, time_ms until, time_ms now);

const char *cell_state_name(enum cell_state state);
/* FORMAT for an unknown word. */
MUST_USE int cell_state_parse(enum cell_state *out, struct text name);

#endif
