/* office/intake/list_rows.h: the rows of sources, batches and observations. Only list_batches.c and
 * list_preview.c use it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_LIST_ROWS_H
#define CANH_OFFICE_INTAKE_LIST_ROWS_H

#include "office/intake/list_batches.h"

/* Makes or brings up to date; *id has room ULID_MAX. DENIED when the source is of the other kind.
 */
MUST_USE int list_source_put(
    char *id, struct db *db, const struct clock *clock, const struct list_filing *f);
/* {"id","active"} of the source's batch of this file; MISSING. */
MUST_USE int list_batch_same(
    json_t **out, struct db *db, const char *source_id, const char *sha256);
MUST_USE int list_batch_reactivate(struct db *db, const char *id);
/* The newest batch of the source, "" when there is none. */
MUST_USE int list_batch_previous(char *id, struct db *db, const char *source_id);
MUST_USE int list_batch_add(
    struct db *db, const char *id, const char *source_id, const struct list_filing *f, time_ms now);
MUST_USE int list_batch_count(struct db *db, const struct list_filed *filed);
MUST_USE int list_refused_add(struct db *db, const char *batch_id, int64_t line, const char *raw,
    const char *vi, const char *en, const char *kind);
/* *added is false for a row that this batch has already. */
MUST_USE int observation_add(bool *added, struct db *db, const char *id, const char *batch_id,
    const struct victim *row, const char *extra);
MUST_USE int observation_finding(struct db *db, const char *id, const char *finding_id);
MUST_USE int observation_was(
    bool *out, struct db *db, const char *batch_id, const struct victim *row);
/* Any batch of the source but `except` had it. */
MUST_USE int observation_ever(
    bool *out, struct db *db, const char *source_id, const char *except, const struct victim *row);
/* [{"finding_id"}] in batch `before` and not in `now`. */
MUST_USE int observations_gone(json_t **out, struct db *db, const char *before, const char *now);
/* [{"address","malware","unit"?}] of a batch: distinct. */
MUST_USE int observations_of(json_t **out, struct db *db, const char *batch_id);

#endif
