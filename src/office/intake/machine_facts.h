/* office/intake/machine_facts.h: reads the facts of machines and victim rows, unit by unit, for
 * measures. One pass over all machines of the scope (1,500 machines: a few ms). Views live during
 * the call of sink.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_MACHINE_FACTS_H
#define CANH_OFFICE_INTAKE_MACHINE_FACTS_H

#include "model/machine_fact.h"
#include "model/scope.h"

struct db;

/* Calls sink for each machine (state expected or active), ordered by unit; stops at its first error
 * and returns that. */
MUST_USE int machine_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct machine_fact *fact), void *state);
/* The same for victim findings that are not not_ours. */
MUST_USE int victim_facts_each(struct db *db, const struct scope *scope,
    int (*sink)(void *state, const struct victim_fact *fact), void *state);

/* Each machine of the scope with malware seen in the period: files
 * found, and those not dealt with. */
MUST_USE int machine_hits_each(struct db *db, const struct scope *scope, time_ms from,
    time_ms until, int (*sink)(void *state, struct text machine_id, int64_t hits, int64_t open),
    void *state);

#endif
