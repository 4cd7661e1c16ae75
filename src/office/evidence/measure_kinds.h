/* office/evidence/measure_kinds.h: the kinds that the table of measure.c joins. A new kind is one
 * entry in one measure_*.c and one line in that table.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_EVIDENCE_MEASURE_KINDS_H
#define CANH_OFFICE_EVIDENCE_MEASURE_KINDS_H

#include "office/evidence/measure.h"

extern const struct measure_kind measure_machines_reporting, measure_machines_swept,
    measure_sweep_clean, measure_rules_fresh, measure_inventory_fresh, measure_system_supported,
    measure_advisories_reviewed, measure_listed_swept_first, measure_victim_rows_closed,
    measure_attested;

/* The earliest moment that counts for the rule: the later of `since` and `within_days` before now.
 */
time_ms measure_bound(const struct measure_rule *rule, const struct measure_context *context);
/* Fills kind and at: which of the machine's rows answered. */
void measure_proof_of_machine(struct measure_proof *proof, const struct measure_kind *kind);

#endif
