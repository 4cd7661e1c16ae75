/* office/incident/finding_rows.h: rows of findings. Only findings.c uses it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INCIDENT_FINDING_ROWS_H
#define CANH_OFFICE_INCIDENT_FINDING_ROWS_H

#include "office/incident/findings.h"

/* {"id","unit_id","machine_id","state","received_at","incident_id","updated_at","delta","malware",
 * "kind","title"}; MISSING. */
MUST_USE int finding_by_key(json_t **out, struct db *db, const char *key);
/* The same by identifier within scope. */
MUST_USE int finding_by_id(json_t **out, struct db *db, const struct scope *scope, const char *id);
MUST_USE int finding_add(struct db *db, const char *id, const char *incident_id,
    const struct finding_sighting *s, time_ms now);
struct finding_again {
        const char *id, *state, *delta, *incident_id;
        bool reopened;
};
MUST_USE int finding_again(
    struct db *db, const struct finding_again *a, const struct finding_sighting *s, time_ms now);
MUST_USE int finding_set_incident(struct db *db, const char *id, const char *incident_id);
MUST_USE int finding_set_state(
    struct db *db, const char *id, const char *state, time_ms now, bool closed);
MUST_USE int finding_set_place(
    struct db *db, const char *id, const char *unit_id, const char *machine_id, time_ms now);
MUST_USE int finding_set_gone(struct db *db, const char *id, time_ms now);
/* Those that a clean sweep of the machine (or unit) closes: [{"id","incident_id","unit_id"}]. */
MUST_USE int findings_to_verify(
    json_t **out, struct db *db, const char *machine_id, const char *unit_id, time_ms clean_since);
MUST_USE int finding_verify(struct db *db, const char *id, const char *sweep_id, time_ms now);
/* Its unit; MISSING outside of scope. */
MUST_USE int machine_unit(
    char unit_id[ULID_MAX], struct db *db, const struct scope *scope, const char *machine_id);

#endif
