/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/upkeep.h"

#include "base/log.h"
#include "centre/office.h"
#include "office/campaign/campaign.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

enum { MATRIX_OLDER_MS = 5 * MINUTE_MS };

static void told(const char *what, int err)
{
        if (err)
                log_line(LOG_LEVEL_WARNING, "centre upkeep", "%s: %s", what, err_text(err));
}

void upkeep(struct office *office)
{
        struct db *db = db_pool_take(office->pool);

        told("old sessions", sessions_sweep(db, office->clock));
        /* what the clock alone turns: silent machines, waivers that end, a campaign that is over */
        told("matrix", campaign_refresh(db, office->clock, MATRIX_OLDER_MS));
        db_pool_give(office->pool, db);
        told("rules for agents", office_publish_if_changed(office));
}
