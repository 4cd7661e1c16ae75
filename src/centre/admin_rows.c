/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/admin_rows.h"

#include "base/mem.h"
#include "system/db/db.h"

DB_SQL(find_account, "select id from account where login = $1");
DB_SQL(find_unit, "select id from unit where code = $1");
DB_SQL(count_reports,
    "select count(*) from agent_report join machine on machine.id = agent_report.machine_id");
DB_SQL(count_findings, "select count(*) from finding");
DB_SQL(count_audit, "select count(*) from audit");

static int one_id(char id[ULID_MAX], struct db *db, const char *sql, const char *value)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, value);
        err = db_step(q);
        if (err <= 0)
                return err ? err : ERR_MISSING;
        return text_copy(id, ULID_MAX, db_column_text(q, 0));
}

int admin_rows_account(char id[ULID_MAX], struct db *db, const char *login)
{
        return one_id(id, db, find_account, login);
}

int admin_rows_unit(char id[ULID_MAX], struct db *db, const char *code)
{
        return one_id(id, db, find_unit, code);
}

int admin_rows_integrity(struct db *db)
{
        const char *const all[] = { count_reports, count_findings, count_audit };
        int err = 0;

        for (size_t i = 0; !err && i < ARRAY_LEN(all); i++) {
                AUTO(db_query_done) struct db_query *q = NULL;
                err = db_query_begin(&q, db, all[i]);
                if (!err)
                        err = db_step(q) < 0 ? ERR_IO : 0;
        }
        return err;
}
