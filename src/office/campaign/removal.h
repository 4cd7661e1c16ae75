/* office/campaign/removal.h: rows of a period. Inside this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_REMOVAL_H
#define CANH_OFFICE_CAMPAIGN_REMOVAL_H

#include "office/campaign/evaluation.h"

/* Calls sink for each machine of the scope with malware seen in the period; `open`: files not dealt
 * with. */
MUST_USE int period_hits_each(struct db *db, const struct scope *scope, time_ms from, time_ms until,
    int (*sink)(void *state, struct text machine_id, int64_t hits, int64_t open), void *state);
MUST_USE int period_incident_count(int64_t *all, int64_t *closed, struct db *db,
    const struct scope *scope, time_ms from, time_ms until);

#endif
