/* office/incident/incidents.h: a decision to act: number, state, deadline, timeline.
 * new → triage → contained → eradicated → recovered → closed; triage → dismissed; closed → triage
 * when it comes back. Timeline entries are never edited: a correction is a new entry. One open
 * incident per unit and malware.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INCIDENT_INCIDENTS_H
#define CANH_OFFICE_INCIDENT_INCIDENTS_H

#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum {
        INCIDENT_RULES_MAX = 16,
        INCIDENT_TEXT_MAX = 4000,
        SEVERITIES_MAX = 256,
        SEVERITY_WORD_MAX = 40
};

/* When the first report is due, by the date of detection; data of packs/rules. */
struct incident_rule {
        char id[16];
        time_ms from, until; /* 0 = no bound */
        int64_t due_ms;
        char title_vi[PARSE_WHY_MAX], title_en[PARSE_WHY_MAX];
};
/* How urgent malware is whose name holds the word (lower case). */
struct malware_severity {
        const char *severity; /* "critical", "high", "medium", "low" */
        char word[SEVERITY_WORD_MAX];
};
struct incident_rules {
        struct incident_rule rule[INCIDENT_RULES_MAX];
        size_t count;
        struct malware_severity severity[SEVERITIES_MAX];
        size_t severity_count;
};
/* {"rules":[{"id","from"?,"until"?,"due_hours","title":{"vi","en"}}]} */
MUST_USE int incident_rules_parse(
    struct incident_rules *out, struct text bytes, struct parse_error *bad);
/* Lines of "severity TAB word", '#' begins a remark (packs/lists/malware-severity.tsv): fills only
 * the severities. FORMAT with *bad: the table is as it was. */
MUST_USE int malware_severity_parse(
    struct incident_rules *out, struct text bytes, struct parse_error *bad);
/* Of the first line whose word stands in the name, without regard to ASCII case; "high" if none. */
const char *malware_severity(const struct incident_rules *rules, struct text malware);
/* The one in force at that time, or NULL. */
const struct incident_rule *incident_rule_at(
    const struct incident_rules *rules, time_ms detected_at);

/* Inside the caller's transaction: the open incident of this unit and malware, or a new one.
 * *opened may be NULL. */
MUST_USE int incident_open_or_join(char id[ULID_MAX], bool *opened, struct db *db,
    const struct clock *clock, const struct incident_rules *rules, const char *unit_id,
    struct text malware, struct text title, const char *severity, time_ms detected_at);
/* Inside the caller's transaction: one that was closed is in triage again, because what it was
 * about came back; *reopened false and nothing done for any other. */
MUST_USE int incident_reopen(
    bool *reopened, struct db *db, const struct clock *clock, const char *id, const char *unit_id);
/* Inside the caller's transaction: an entry by the program itself. */
MUST_USE int incident_note(struct db *db, const struct clock *clock, const char *incident_id,
    const char *kind, const char *body, const char *evidence_kind, const char *evidence_id);

/* state NULL or "" = any, "open" = neither closed nor dismissed. */
MUST_USE int incidents_json(
    json_t **out, struct db *db, const struct scope *scope, const char *state);
/* Without machines (the caller adds them). MISSING. */
MUST_USE int incident_json(json_t **out, struct db *db, const struct scope *scope,
    const struct incident_rules *rules, const char *id);

/* Persons' acts; each opens its own transaction. FORMAT with *bad when the move is not allowed, a
 * reason is missing, findings are still open (closing without a reason), the time lies in the
 * future; MISSING; DENIED. */
MUST_USE int incident_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *to, const char *reason, struct parse_error *bad);
MUST_USE int incident_add_entry(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *body, time_ms at, const char *correction_of,
    struct parse_error *bad);
MUST_USE int incident_set_owner(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *account_id);

/* Those of the scope detected in the period and not dismissed. */
MUST_USE int incidents_count(int64_t *all, int64_t *closed, struct db *db,
    const struct scope *scope, time_ms from, time_ms until);

#endif
