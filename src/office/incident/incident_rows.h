/* office/incident/incident_rows.h: rows of incidents and their timeline. Only incidents.c uses it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INCIDENT_INCIDENT_ROWS_H
#define CANH_OFFICE_INCIDENT_INCIDENT_ROWS_H

#include "office/incident/incidents.h"

/* The open one of this unit and malware; MISSING. */
MUST_USE int incident_find_open(
    char id[ULID_MAX], struct db *db, const char *unit_id, struct text malware);
/* The greatest number of the year that begins with `head` ("SC-2024-"), "" when there is none. */
MUST_USE int incident_last_number(char number[32], struct db *db, const char *head);
struct incident_row {
        const char *id, *number, *unit_id;
        struct text title, malware;
        const char *severity;
        time_ms detected_at, due_at;
};
MUST_USE int incident_add(struct db *db, const struct incident_row *row, time_ms now);
struct incident_entry_row {
        const char *id, *incident_id, *kind, *body, *author, *evidence_kind, *evidence_id,
            *correction_of;
        time_ms at;
};
MUST_USE int incident_entry_add(struct db *db, const struct incident_entry_row *row, time_ms now);
/* {"state","unit_id"} within scope; MISSING. */
MUST_USE int incident_state(json_t **out, struct db *db, const struct scope *scope, const char *id);
MUST_USE int incident_set_state(
    struct db *db, const char *id, const char *state, time_ms now, bool closed);
/* *out: it was closed, and is in triage again. */
MUST_USE int incident_set_reopened(bool *out, struct db *db, const char *id, time_ms now);
MUST_USE int incident_put_owner(struct db *db, const char *id, const char *account_id, time_ms now);
MUST_USE int incident_open_findings(int64_t *out, struct db *db, const char *id);
/* Findings that are verified or confirmed are closed with their incident. */
MUST_USE int incident_close_findings(struct db *db, const char *id, time_ms now);
MUST_USE int incident_has_entry(struct db *db, const char *id, const char *entry_id);
MUST_USE int incident_account(struct db *db, const char *account_id);
MUST_USE int incident_row_json(
    json_t **out, struct db *db, const struct scope *scope, const char *id);
MUST_USE int incident_timeline_json(json_t **out, struct db *db, const char *id);

#endif
