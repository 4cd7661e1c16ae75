/* centre/api/api_routes.h: the tables of the api_*.c files. A new topic: its file, a line here, a
 * line in api_routes.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_ROUTES_H
#define CANH_CENTRE_API_API_ROUTES_H

#include "centre/web/route.h"

extern const struct route_table api_accounts;
extern const struct route_table api_block_lists;
extern const struct route_table api_captures;
extern const struct route_table api_changes;
extern const struct route_table api_directives;
extern const struct route_table api_enrolment;
extern const struct route_table api_feed_bundles;
extern const struct route_table api_feeds;
extern const struct route_table api_findings;
extern const struct route_table api_incidents;
extern const struct route_table api_lists;
extern const struct route_table api_machines;
extern const struct route_table api_matrix;
extern const struct route_table api_quiets;
extern const struct route_table api_reports;
extern const struct route_table api_results;
extern const struct route_table api_session;
extern const struct route_table api_status;
extern const struct route_table api_traffic;
extern const struct route_table api_trail;
extern const struct route_table api_transfer;
extern const struct route_table api_units;
extern const struct route_table api_waivers;

#endif
