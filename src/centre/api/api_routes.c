/* The table of tables. SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/api_routes.h"
#include "centre/web/router.h"

const struct route_table *const api_tables[] = {
        &api_changes,
        &api_status,
        &api_session,
        &api_accounts,
        &api_units,
        &api_transfer,
        &api_machines,
        &api_trail,
        NULL,
};
