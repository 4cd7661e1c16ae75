/* centre/api/api_routes.h: the tables of the api_*.c files. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_ROUTES_H
#define CANH_CENTRE_API_API_ROUTES_H

#include "centre/web/route.h"

extern const struct route_table api_changes;
extern const struct route_table api_status;
extern const struct route_table api_session;
extern const struct route_table api_accounts;
extern const struct route_table api_units;
extern const struct route_table api_transfer;
extern const struct route_table api_machines;
extern const struct route_table api_trail;

#endif
