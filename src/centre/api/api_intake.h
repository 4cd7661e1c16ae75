/* centre/api/api_intake.h: the tables of what comes in and what is done about it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_API_API_INTAKE_H
#define CANH_CENTRE_API_API_INTAKE_H

#include "centre/web/route.h"

extern const struct route_table api_captures;
extern const struct route_table api_findings;
extern const struct route_table api_incidents;
extern const struct route_table api_lists;
extern const struct route_table api_orders;
extern const struct route_table api_results;

/* The `proof` of a machine's page (docs/api.md) out of its detail with findings; NULL without memory. */
json_t *machine_proof_json(const json_t *machine);

#endif
