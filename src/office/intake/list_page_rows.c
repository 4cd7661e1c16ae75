/* office/intake/list_page_rows.c: lists as pages show them. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/list_batches.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum {
        BATCHES_MAX = 2000,
        SOURCES_MAX = 2000,
        ROWS_SHOWN_MAX = 20000,
        RANGES_MAX = 100000,
        VERSIONS_MAX = 20000
};

#define BATCH_COLUMNS                                                                              \
        "b.id, s.name, b.kind, b.file_name, b.format, b.period, b.letter, b.received_at,"          \
        " b.received_by, b.active, b.rows_read, b.rows_good, b.rows_duplicate, b.rows_refused,"    \
        " b.rows_warned, b.rows_outside from list_batch b join list_source s on s.id = "           \
        "b.source_id"
#define BATCH_SPEC                                                                                 \
        "id:t source:t kind:t file_name:t format:t period:t letter:t received_at:d received_by:t"  \
        " active:b counts.read:i counts.good:i counts.duplicate:i counts.refused:i"                \
        " counts.warned:i counts.outside:i"

DB_SQL(batches_all, "select " BATCH_COLUMNS " order by b.received_at desc, b.id desc limit 2000");
DB_SQL(batch_by_id, "select " BATCH_COLUMNS " where b.id = $1");
DB_SQL(batch_by_file,
    "select " BATCH_COLUMNS
    " where b.file_sha256 = $1 and b.active = 1 order by b.received_at desc limit 1");
DB_SQL(sources_all,
    "select id, name, kind, format, zone_minutes, column_map from list_source order by name");
DB_SQL(source_named,
    "select id, name, kind, format, zone_minutes, column_map from list_source where name = $1");
DB_SQL(batch_seen,
    "select o.line, o.src_ip, o.malware, o.seen_at, f.unit_id, u.name, m.id, m.name, f.id, "
    "coalesce(f.state, ''),"
    " coalesce(f.delta, '') from observation o left join finding f on f.id = o.finding_id"
    " left join unit u on u.id = f.unit_id left join machine m on m.id = f.machine_id where "
    "o.batch_id = $1"
    " and (f.unit_id in (select below_id from unit_closure where above_id = $2)"
    " or (f.unit_id is null and exists (select 1 from unit where id = $3 and parent_id is null)))"
    " order by o.line limit 20000");
DB_SQL(batch_refused, "select line, raw, why_vi, why_en, kind from list_refused where batch_id = "
                      "$1 and kind = $2 order by line limit 20000");
DB_SQL(batch_withdraw,
    "update list_batch set active = 0 where id = $1 and kind = 'indicator' and active = 1");
DB_SQL(ours, "select distinct prefix from address_range order by prefix");
DB_SQL(stores, "select store from list_batch where kind = 'indicator' and active = 1 and store <> "
               "'' order by received_at");

DB_SQL(versions, "select s.name, b.id, b.store, b.received_at, b.active from list_batch b join "
                 "list_source s on s.id = b.source_id where b.kind = 'indicator' and b.store <> '' "
                 "order by b.received_at, b.id limit 20000");

static int with_text(
    json_t **out, struct db *db, const char *sql, const char *value, const char *spec)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, value);
        return db_row_json(out, q, spec);
}

static int without(json_t **out, struct db *db, const char *sql, const char *spec, size_t max)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        return err ? err : db_rows_json(out, q, spec, max);
}

int list_batches_json(json_t **out, struct db *db)
{
        return without(out, db, batches_all, BATCH_SPEC, BATCHES_MAX);
}

int list_sources_json(json_t **out, struct db *db)
{
        return without(
            out, db, sources_all, "id:t name:t kind:t format:t zone_minutes:i map:j", SOURCES_MAX);
}

int list_source_json(json_t **out, struct db *db, const char *name)
{
        return with_text(
            out, db, source_named, name, "id:t name:t kind:t format:t zone_minutes:i map:j");
}

int list_batch_of_file(json_t **out, struct db *db, const char *sha256)
{
        return with_text(out, db, batch_by_file, sha256, BATCH_SPEC);
}

int list_stores_json(json_t **out, struct db *db)
{
        return without(out, db, stores, "store:t", BATCHES_MAX);
}

int list_versions_json(json_t **out, struct db *db)
{
        return without(
            out, db, versions, "source:t list:t store:t received_at:d active:b", VERSIONS_MAX);
}

static int seen_rows(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, batch_seen);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, scope->unit_id);
        db_bind_string(q, 3, scope->unit_id);
        return db_rows_json(out, q,
            "line:i address:t malware:t seen_at:d unit.id:t unit.name:t machine.id:t machine.name:t"
            " finding:t state:t delta:t",
            ROWS_SHOWN_MAX);
}

static int reasons(json_t **out, struct db *db, const char *id, const char *kind)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, batch_refused);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, kind);
        return db_rows_json(out, q, "line:i raw:t why.vi:t why.en:t kind:t", ROWS_SHOWN_MAX);
}

int list_batch_json(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        AUTO(json_free_at) json_t *batch = NULL;
        json_t *rows = NULL, *refused = NULL, *warned = NULL;
        int err;

        if ((err = with_text(&batch, db, batch_by_id, id, BATCH_SPEC)) ||
            (err = seen_rows(&rows, db, scope, id)))
                return err;
        if (json_object_set_new(batch, "rows", rows))
                return ERR_MEMORY;
        /* refused rows have no unit: what they hold is for the office alone */
        if (scope->role >= ROLE_OFFICE) {
                if ((err = reasons(&refused, db, id, "refused")))
                        return err;
                if (json_object_set_new(batch, "refused", refused))
                        return ERR_MEMORY;
                if ((err = reasons(&warned, db, id, "warned")))
                        return err;
        } else {
                refused = json_array();
                warned = json_array();
                if (json_object_set_new(batch, "refused", refused))
                        return ERR_MEMORY;
        }
        if (json_object_set_new(batch, "warned", warned))
                return ERR_MEMORY;
        *out = MOVE(batch);
        return 0;
}

int list_batch_withdraw_within(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id)
{
        int64_t changed = 0;
        int err = db_run(db, &changed, batch_withdraw, "t", id);

        if (!err && !changed)
                err = ERR_MISSING;
        return err ? err
                   : audit_add(db, clock, scope, "withdraw", "list", id, scope->unit_id, NULL);
}

int list_batch_withdraw(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id)
{
        AUTO(json_free_at) json_t *batch = NULL;
        int err = with_text(&batch, db, batch_by_id, id, BATCH_SPEC);

        if (err)
                return err;
        if (strcmp(json_get_text(batch, "kind"), "indicator") != 0)
                return ERR_UNSUPPORTED;
        err = db_begin(db);
        if (!err)
                err = list_batch_withdraw_within(db, clock, scope, id);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

int list_ours_json(json_t **out, struct db *db)
{
        AUTO(json_free_at) json_t *rows = NULL;
        AUTO(json_free_at) json_t *flat = json_array();
        json_t *row;
        size_t i;
        int err = flat ? without(&rows, db, ours, "prefix:t", RANGES_MAX) : ERR_MEMORY;

        if (err)
                return err;
        json_array_foreach(rows, i,
            row) if (json_array_append(flat, json_object_get(row, "prefix"))) return ERR_MEMORY;
        *out = MOVE(flat);
        return 0;
}
