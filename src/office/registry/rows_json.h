/* office/registry/rows_json.h: rows of a query as a JSON array of objects, told by a list of
 * columns.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_ROWS_JSON_H
#define CANH_OFFICE_REGISTRY_ROWS_JSON_H

#include "base/err.h"

#include <jansson.h>

struct db_query;

/* spec: words "K:name" in the order of the columns. K: t text, i number, b truth, m time (RFC
 * 3339); after K a '?' leaves NULL out. o takes two columns, {id,name}, left out when the id is
 * NULL. j: a JSON text. Takes at most `max` rows. Errors of the query. */
MUST_USE int rows_json(json_t **out, struct db_query *q, const char *spec, size_t max);
/* The first row only, as an object; MISSING when there is none. */
MUST_USE int row_json(json_t **out, struct db_query *q, const char *spec);

#endif
