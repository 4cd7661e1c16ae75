/* The table of tables. SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/api_routes.h"
#include "centre/web/router.h"

const struct route_table *const api_tables[] = {
        &api_accounts,
        &api_block_lists,
        &api_captures,
        &api_changes,
        &api_directives,
        &api_enrolment,
        &api_feed_bundles,
        &api_feeds,
        &api_findings,
        &api_incidents,
        &api_lists,
        &api_machines,
        &api_matrix,
        &api_quiets,
        &api_reports,
        &api_results,
        &api_session,
        &api_status,
        &api_traffic,
        &api_trail,
        &api_transfer,
        &api_units,
        &api_waivers,
        NULL,
};
