/* office/incident/findings.h: what we do about what was seen: a victim row, a malware file, a
 * contact. Observations never change; a finding does. new → attributed → cleaning → verified →
 * confirmed → closed; seen again after that → cleaning; waived and not_ours by a person with a
 * reason. All calls run inside the caller's transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INCIDENT_FINDINGS_H
#define CANH_OFFICE_INCIDENT_FINDINGS_H

#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

/* One sighting. key says when two sightings are the same finding. */
struct finding_sighting {
        const char *kind; /* "victim", "hit", "contact" */
        const char *key;
        const char *unit_id, *machine_id; /* "" = not known */
        struct text title, malware, src_ip, remote;
        const char *severity; /* "critical", "high", "medium", "low" */
        const char *state;    /* of a new one */
        time_ms seen_at;      /* by the observer */
        time_ms received_at;  /* by us */
        int confidence;
        const json_t *reason; /* {"vi","en"} or NULL */
        bool listed_before;   /* the list before had it */
};

struct finding_filed {
        char id[ULID_MAX], incident_id[ULID_MAX];
        bool created, reopened;
        bool open;         /* something is still to be done about it */
        const char *delta; /* "new", "still", "returned" */
};

/* Deadlines of incidents: data of a pack, see incidents.h. */
struct incident_rules;

/* Makes it or brings it up to date; a new or reopened one with a unit opens or joins an incident.
 */
MUST_USE int finding_see(struct finding_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct finding_sighting *s);
/* Verified by a sweep: those of a machine received before `clean_since` (victims, contacts; hits
 * whose file is no longer open are named by hit_key prefix). *changed may be NULL. */
MUST_USE int findings_verify_machine(struct db *db, const struct clock *clock,
    const char *machine_id, time_ms clean_since, const char *sweep_id, int64_t *changed);
/* The same for rows of a unit that no machine was found for. */
MUST_USE int findings_verify_unit(struct db *db, const struct clock *clock, const char *unit_id,
    time_ms clean_since, const char *sweep_id, int64_t *changed);
/* The next list of the source is silent about it: verified → confirmed. */
MUST_USE int finding_gone(
    struct db *db, const struct clock *clock, const char *finding_id, const char *batch_id);

/* Another unit answers now for all that is still open at this one: findings and incidents. */
MUST_USE int findings_hand_over(
    struct db *db, const struct clock *clock, const char *from_unit_id, const char *to_unit_id);

/* JSON for pages; filters NULL or "" = any, state "open" = not yet verified, waived, closed. */
struct finding_filter {
        const char *state, *unit_id, *kind, *machine_id, *incident_id;
};
MUST_USE int findings_json(
    json_t **out, struct db *db, const struct scope *scope, const struct finding_filter *filter);
/* A person's decision: to not_ours, waived, attributed (with unit and or machine). FORMAT: move not
 * allowed or no reason; MISSING outside of scope. Opens its own transaction. */
MUST_USE int finding_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, const char *unit_id,
    const char *machine_id);

#endif
