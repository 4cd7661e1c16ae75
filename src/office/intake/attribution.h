/* office/intake/attribution.h: which unit and which machine stand behind a public address at a
 * time. Unit: the longest prefix valid then, and who answers for that unit now. Machine: inner name
 * in the row; else who spoke to the control server within 10 minutes, then within a day; else
 * nobody in particular: all machines behind that address.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_ATTRIBUTION_H
#define CANH_OFFICE_INTAKE_ATTRIBUTION_H

#include "codec/ulid.h"
#include "model/scope.h"
#include "model/victim.h"

#include <jansson.h>

struct db;

enum { ATTRIBUTION_MACHINES_SHOWN = 50 };

struct attribution {
        char unit_id[ULID_MAX];    /* "" = none of our ranges */
        char machine_id[ULID_MAX]; /* "" = not one in particular */
        json_t *unit;              /* {"id","name"} or NULL */
        json_t *unit_then;         /* whose the address was, when that unit has a successor now */
        json_t *machines;          /* candidates [{"id","name"}], most likely first */
        size_t machine_total;
        char range[IP_PREFIX_TEXT_MAX];
        int confidence; /* 0..5 */
        bool by_name, by_contact;
        json_t *reason; /* {"vi","en"} */
};

/* Outside our ranges is no error: unit_id is empty and confidence 0. Fields belong to *out:
 * attribution_done. */
/* show: with the names of the candidates, for a page; else only how many there are. */
MUST_USE int attribution_find(
    struct attribution *out, struct db *db, const struct victim *row, time_ms now, bool show);
void attribution_done(struct attribution *a);

#endif
