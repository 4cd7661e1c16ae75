/* system/db/db_json.h: the rows of a query as JSON, for pages that show what is stored.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_DB_DB_JSON_H
#define CANH_SYSTEM_DB_DB_JSON_H

#include "base/clock.h"
#include "system/db/db.h"

#include <jansson.h>

/* Steps q to its end; each row becomes an object of *out (an array, the caller's). spec names the
 * columns in their order, "name:kind" each, parted by blanks: t text, i number, b truth, d time
 * (RFC 3339, NULL or 0 becomes null), j JSON text; a '?' behind the kind leaves the name out when
 * the column is NULL. "unit.id:t unit.name:t" makes an object, null (with '?': left out) when its
 * first column is NULL. LIMIT with more than max_rows rows. */
MUST_USE int db_rows_json(json_t **out, struct db_query *q, const char *spec, size_t max_rows);
/* The same for one row: MISSING when there is none. */
MUST_USE int db_row_json(json_t **out, struct db_query *q, const char *spec);
/* Reading back: "" and 0 when absent. Views live as long as the object. */
const char *json_get_text(const json_t *object, const char *name);
int64_t json_get_int(const json_t *object, const char *name);
/* Adds a time as RFC 3339, 0 as null. */
json_t *json_time(time_ms at);

#endif
