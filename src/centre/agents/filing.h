/* centre/agents/filing.h: joins intake and incident: a report or a list is filed, its findings are
 * made, machines are put first, rows that are clean are closed: all in the one transaction of what
 * was filed. From: the agents' door, POST /results, POST /lists.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_FILING_H
#define CANH_CENTRE_AGENTS_FILING_H

#include "office/intake/agent_reports.h"
#include "office/intake/list_batches.h"

struct db;
struct incident_rules;

/* Errors as agent_report_file. machine_id is the certificate's. */
MUST_USE int intake_file_report(struct report_filed *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const char *machine_id, struct text bytes,
    struct parse_error *bad);
/* The same for a report out of a result file: sender as checked by the caller. */
MUST_USE int intake_file_report_of(struct report_filed *out, struct db *db,
    const struct clock *clock, const struct incident_rules *rules,
    const struct report_sender *sender, struct text bytes, struct parse_error *bad);

/* Within the caller's transaction: a machine of ours was seen with a listed address or name, by
 * somebody else than its agent (a capture). machine_id NULL: only the unit is known, by `source`.
 */
MUST_USE int intake_file_contact(bool *created, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct filed_contact *contact);

/* The same, telling which finding it became. */
MUST_USE int intake_file_contact_as(char finding_id[ULID_MAX], struct db *db,
    const struct clock *clock, const struct incident_rules *rules,
    const struct filed_contact *contact);

struct list_outcome {
        struct list_filed filed;
        size_t findings, orders;
};
/* Errors as list_batch_file. */
MUST_USE int intake_file_list(struct list_outcome *out, struct db *db, const struct clock *clock,
    const struct incident_rules *rules, const struct list_filing *filing, struct parse_error *bad);

/* Errors as list_batch_file_within. */
MUST_USE int intake_file_list_within(struct list_outcome *out, struct db *db,
    const struct clock *clock, const struct incident_rules *rules, const struct list_filing *filing,
    struct parse_error *bad);

/* The rules of packs/rules/incident-deadlines.json and packs/lists/malware-severity.tsv, read at
 * the first call and kept; an empty table when there are none. Any thread. */
const struct incident_rules *intake_rules(const char *packs_folder);

#endif
