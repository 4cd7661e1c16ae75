/* system/db/db_engine.h: what db_migrate.c asks of an engine beside db.h. Only this folder includes
 * it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_DB_DB_ENGINE_H
#define CANH_SYSTEM_DB_DB_ENGINE_H

#include "system/db/db.h"

/* The number of the newest migration in the database; 0 for an empty one. */
MUST_USE int db_engine_schema(struct db *db, int64_t *out);
MUST_USE int db_engine_set_schema(struct db *db, int64_t number);
/* One statement that is not kept in the cache. */
MUST_USE int db_engine_execute(struct db *db, struct text sql);

#endif
