/* model/machine_fact.h: what is known of one machine at a moment: the facts that measures read.
 * From: office/intake. To: office/evidence. Times are 0 when the thing never happened.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_MODEL_MACHINE_FACT_H
#define CANH_MODEL_MACHINE_FACT_H

#include "base/clock.h"
#include "base/text.h"

struct machine_fact {
        struct text id, unit_id, name, kind, os_id, os_version, os_name;
        time_ms enrolled_at, last_seen_at, last_inventory_at;
        time_ms last_sweep_at; /* end of the newest complete sweep */
        struct text last_sweep_id;
        struct text last_sweep_generation; /* "rules/set" generation it used */
        int64_t last_sweep_files;
        int64_t open_hits;    /* malware files not yet quarantined or gone */
        int64_t open_victims; /* victim rows attributed to it, not yet verified */
        time_ms listed_at;    /* first time it was put first because of a list; 0 = never */
        time_ms
            swept_after_listing_at; /* end of the first complete sweep after that; 0 = not yet */
        bool expected_only;         /* declared in the registry, no agent has ever reported */
};

/* Victim rows of a unit that could not be brought to a machine count against the unit. */
struct victim_fact {
        struct text finding_id, unit_id, machine_id, src_ip, malware, state;
        time_ms first_at, last_at;
        time_ms received_at; /* when the newest list that names it came in */
};

#endif
