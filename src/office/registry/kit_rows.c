/* office/registry/kit_rows.c: a kit is a token that enrols nobody: its certificate speaks for it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/kits.h"
#include "base/mem.h"
#include "system/db/db_json.h"

enum { KIT_NAME_MAX = 40 };

DB_SQL(kit_new, "insert into enrol_token (token_hash, unit_id, uses_left, until_at, kind, "
                "created_by, created_at)"
                " select $1, below_id, 0, $2, 'kit', $3, $4 from unit_closure where above_id = $5 "
                "and below_id = $6");
DB_SQL(kit_find, "select unit_id from enrol_token where token_hash = $1 and kind = 'kit'");
DB_SQL(kit_machine, "select id, name, unit_id from machine where id = $1");

static const char *kit_name(char out[KIT_NAME_MAX], const char *kit_id)
{
        (void)snprintf(out, KIT_NAME_MAX, "kit:%s", kit_id);
        return out;
}

int kit_add(struct db *db, const struct clock *clock, const struct scope *scope, const char *kit_id,
    const char *unit_id, time_ms until)
{
        char name[KIT_NAME_MAX];
        int64_t added = 0;
        int err = db_run(db, &added, kit_new, "tititt", kit_name(name, kit_id), until, scope->actor,
            clock_now(clock), scope->unit_id, unit_id);

        return err ? err : (added ? 0 : ERR_MISSING);
}

int kit_unit(char unit_id[ULID_MAX], struct db *db, const char *kit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char name[KIT_NAME_MAX];
        int err = db_query_begin(&q, db, kit_find);

        if (err)
                return err;
        db_bind_string(q, 1, kit_name(name, kit_id));
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(unit_id, ULID_MAX, db_column_text(q, 0));
}

int kit_machine_json(json_t **out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, kit_machine);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        return db_row_json(out, q, "id:t name:t unit_id:t");
}

json_t *kit_json(const char *kit_id, const char *certificate_pem, const char *key_pem,
    const char *authority_pem, time_ms until)
{
        return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "format", "canh-kit/1", "kit", kit_id,
            "certificate", certificate_pem, "key", key_pem, "authority", authority_pem, "until",
            json_time(until));
}
