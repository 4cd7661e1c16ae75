/* SPDX-License-Identifier: Apache-2.0 */
#include "system/db/db_engine.h"
#include "system/db/schema.h"

static int execute_script(struct db *db, const struct schema_script *script)
{
        struct text rest = text_of(script->sql), statement;

        while (schema_next_statement(&statement, &rest)) {
                int err = db_engine_execute(db, statement);

                if (err)
                        return err;
        }
        return db_engine_set_schema(db, script->number);
}

/* Another process may have migrated between our look and our lock: look again under the lock. */
static int migrate_one(struct db *db, const struct schema_script *script)
{
        int64_t now;
        int err = db_begin(db);

        if (err)
                return err;
        err = db_engine_schema(db, &now);
        if (!err && now < script->number)
                err = execute_script(db, script);
        if (!err)
                return db_commit(db);
        db_rollback(db);
        return err;
}

int db_migrate(struct db *db, int64_t *found)
{
        int64_t number;
        int err = db_engine_schema(db, &number);

        if (err)
                return err;
        if (found)
                *found = number;
        if (number > (int64_t)schema_scripts_count)
                return ERR_UNSUPPORTED;
        for (size_t i = (size_t)number; i < schema_scripts_count; i++) {
                err = migrate_one(db, &schema_scripts[i]);
                if (err)
                        return err;
        }
        return 0;
}
