/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/agent_rows.h"

#include "base/mem.h"
#include "system/db/db.h"

DB_SQL(select_unit_name, "select name from unit where id = $1");
DB_SQL(select_last_report, "select report_sequence from machine where id = $1");

int agent_rows_unit_name(const char **out, struct arena *arena, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        const char *copy;
        int err = db_query_begin(&q, db, select_unit_name);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        err = db_step(q);
        if (err <= 0)
                return err ? err : ERR_MISSING;
        copy = arena_text(arena, db_column_text(q, 0));
        if (!copy)
                return ERR_MEMORY;
        *out = copy;
        return 0;
}

int agent_rows_last_report(int64_t *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, select_last_report);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        if (err <= 0)
                return err ? err : ERR_MISSING;
        *out = db_column_int(q, 0);
        return 0;
}
