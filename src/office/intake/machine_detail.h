/* office/intake/machine_detail.h: what was filed of one machine, as JSON for its page (docs/api.md,
 * Registry). Every call is bound to the scope: MISSING for a machine outside of it. Results belong
 * to the caller.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_MACHINE_DETAIL_H
#define CANH_OFFICE_INTAKE_MACHINE_DETAIL_H

#include "base/clock.h"
#include "base/err.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

/* Machine[] of docs/api.md. unit, q (folded), state: NULL or "" = any. */
MUST_USE int machines_json(json_t **out, struct db *db, const struct scope *scope, time_ms now,
    const char *unit, const char *q, const char *state);
/* Machine with inventory, sweeps, hits, connections and orders. Findings and proof are added by the
 * caller. */
MUST_USE int machine_detail_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *machine_id);
/* One Machine as in the list of all. MISSING. */
MUST_USE int machine_brief_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *machine_id);
/* {"quarantine_id","path","state","finding_id"} of a hit; MISSING. */
MUST_USE int machine_hit_json(json_t **out, struct db *db, const struct scope *scope,
    const char *machine_id, const char *hit_id);
/* The machine that has this address in its newest inventory: {"id","name","unit_id"}; MISSING. */
MUST_USE int machine_by_address_json(
    json_t **out, struct db *db, const struct scope *scope, const char *address);
/* What the sweeps of the machine prove (sweep_proof.h) when no hit is open, else 0: whatever came
 * in before is clean. */
MUST_USE int machine_clean_since(
    time_ms *out, char *sweep_id, struct db *db, const char *machine_id);
/* The earliest of that over all machines of the unit and below that are in use; 0 if one has none.
 */
MUST_USE int unit_clean_since(time_ms *out, struct db *db, const char *unit_id);

/* [{"id"}]: the unit and those above it that have open rows without a machine. */
MUST_USE int units_above_json(json_t **out, struct db *db, const char *unit_id);
/* [{"id"}] of the machines that can stand behind the unit's address, without limit. */
MUST_USE int unit_machines_json(json_t **out, struct db *db, const char *unit_id);

#endif
