/* traffic/archive/day_split.h: which facts begin on which day (UTC), so that each day becomes a
 * part. Limit: DAYS_AT_ONCE_MAX days; facts of more days, and of days that cannot be, go together
 * into the odd one. For archive_seal only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_DAY_SPLIT_H
#define CANH_TRAFFIC_ARCHIVE_DAY_SPLIT_H

#include "traffic/archive/part_write.h"

enum { DAYS_AT_ONCE_MAX = 400 };

struct day_split {
        struct day_share {
                int day; /* PART_DAY_ODD: the last */
                struct part_choice choice;
        } days[DAYS_AT_ONCE_MAX + 1];
        size_t count;
        uint32_t *rows[FACT_KINDS]; /* all choices' rows lie in here */
};

/* A day is believed from 2000 to two days after `now`. */
MUST_USE int day_split_init(struct day_split *split, const struct facts *facts, time_ms now);
void day_split_done(struct day_split *split);

#endif
