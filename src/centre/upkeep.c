/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/upkeep.h"

#include "base/log.h"
#include "centre/office.h"
#include "office/campaign/campaign.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

/* Deadlines that pass, waivers that end, machines that fall silent change the matrix though nothing
 * was filed: looked at this often. */
enum { CAMPAIGNS_OLD_MS = 15 * 60000 };

static void told(const char *what, int err)
{
        if (err)
                log_line(LOG_LEVEL_WARNING, "centre upkeep", "%s: %s", what, err_text(err));
}

void upkeep(struct office *office)
{
        struct db *db = db_pool_take(office->pool);

        told("old sessions", sessions_sweep(db, office->clock));
        told("campaigns", campaign_refresh(db, office->clock, CAMPAIGNS_OLD_MS));
        db_pool_give(office->pool, db);
        office_notify_change(office);
        told("rules for agents", office_publish_if_changed(office));
}
