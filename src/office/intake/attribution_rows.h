/* office/intake/attribution_rows.h: what the office knows of an address at a time. Only
 * attribution.c uses it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_ATTRIBUTION_ROWS_H
#define CANH_OFFICE_INTAKE_ATTRIBUTION_ROWS_H

#include "office/intake/attribution.h"

/* [{"id","name"}] of the unit's machines (and of those below it without a range of their own). */
MUST_USE int attribution_machines(json_t **out, struct db *db, const char *unit_id);
MUST_USE int attribution_machine_count(size_t *out, struct db *db, const char *unit_id);
MUST_USE int attribution_by_name(
    json_t **out, struct db *db, const char *unit_id, const char *folded);
/* Those that spoke to the remote within `window` of the time. */
MUST_USE int attribution_by_contact(json_t **out, struct db *db, const char *unit_id,
    const struct ip_address *remote, time_ms at, time_ms window);

#endif
