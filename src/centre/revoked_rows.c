/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/revoked_rows.h"

#include "base/mem.h"
#include "system/db/db.h"

DB_SQL(find_revoked, "select 1 from revoked_certificate where serial = $1");

int revoked_rows_has(bool *out, struct db *db, const char *serial)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, find_revoked);

        if (err)
                return err;
        db_bind_string(q, 1, serial);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1;
        return 0;
}
