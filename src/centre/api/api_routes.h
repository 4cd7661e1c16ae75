/* centre/api/api_routes.h: the tables of the api_*.c files. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_ROUTES_H
#define CANH_CENTRE_API_API_ROUTES_H

#include "centre/web/route.h"

extern const struct route_table api_changes;
extern const struct route_table api_status;

#endif
