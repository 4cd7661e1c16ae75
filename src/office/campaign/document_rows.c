/* office/campaign/document_rows.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/document_rows.h"
#include "office/campaign/campaign_rows.h"
#include "office/registry/trail.h"
#include "system/db/db.h"

#define DOCUMENT_COLUMNS                                                                           \
        "select d.id, d.kind, coalesce(d.directive_id, ''), d.frozen, d.frozen_sha256, d.state, "  \
        "d.number, d.signer,"                                                                      \
        " d.fields, d.made_by, d.from_at, d.until_at, d.signed_on, d.made_at from document d"      \
        " join unit_closure c on c.below_id = d.unit_id and c.above_id = $1"

enum { DOCUMENTS_SHOWN = 500 };

/* Only who may see the report learns that it changed. */
DB_SQL(document_add,
    "insert into document (id, kind, directive_id, unit_id, from_at, until_at, frozen, "
    "frozen_sha256,"
    " made_at, made_by, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9)");
DB_SQL(document_one, DOCUMENT_COLUMNS " where d.id = $2");
DB_SQL(document_all, DOCUMENT_COLUMNS " order by d.made_at desc, d.id desc limit 500");
DB_SQL(document_edit,
    "update document set number = $1, signer = $2, signed_on = $3, fields = $4, updated_at = $5"
    " where id = $6 and state in ('draft', 'submitted')");
DB_SQL(
    document_move, "update document set state = $1, updated_at = $2 where id = $3 and state = $4");

static struct text kept(struct arena *arena, struct db_query *q, int column, int *err)
{
        struct text t = db_column_text(q, column);
        const char *copy = arena_text(arena, t);

        if (!copy)
                *err = ERR_LIMIT;
        return (struct text){ copy ? copy : "", copy ? t.len : 0 };
}

static int read_document(struct document_row *d, struct arena *arena, struct db_query *q)
{
        struct text *const texts[] = { &d->id, &d->kind, &d->directive_id, &d->frozen, &d->sha256,
                &d->state, &d->number, &d->signer, &d->fields, &d->made_by };
        int err = 0;

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                *texts[i] = kept(arena, q, (int)i, &err);
        d->from = db_column_int(q, 10);
        d->until = db_column_int(q, 11);
        d->signed_on = db_column_int(q, 12);
        d->made_at = db_column_int(q, 13);
        return err;
}

int document_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *kind, const char *directive_id, time_ms from,
    time_ms until, struct text frozen)
{
        struct sha256 digest = sha256_of(frozen.data, frozen.len);
        char hex[SHA256_HEX_MAX];
        int err = db_begin(db);

        if (err)
                return err;
        err = db_run(db, NULL, document_add, "ttttiittit", ulid_make(id, clock), kind, directive_id,
            scope->unit_id, (int64_t)from, (int64_t)until, frozen.data, sha256_write(hex, &digest),
            (int64_t)clock_now(clock), scope->actor);
        if (!err)
                err = audit_add(
                    db, clock, scope, "make_report", "document", id, scope->unit_id, NULL);
        if (!err)
                err = registry_changed(db, clock, "report", id, scope->unit_id);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

int document_row_read(struct document_row *out, struct arena *arena, struct db *db,
    const struct scope *scope, struct text id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        struct sha256 digest;
        char hex[SHA256_HEX_MAX];
        int err = db_query_begin(&q, db, document_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_text(q, 2, id);
        err = db_step(q);
        if (err != 1)
                return err < 0 ? err : ERR_MISSING;
        err = read_document(out, arena, q);
        if (err)
                return err;
        digest = sha256_of(out->frozen.data, out->frozen.len);
        return text_is(out->sha256, sha256_write(hex, &digest)) ? 0 : ERR_UNTRUSTED;
}

int document_rows_read(struct document_row **out, size_t *count, struct arena *arena, struct db *db,
    const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        struct document_row *rows = arena_zero(arena, DOCUMENTS_SHOWN, sizeof(*rows));
        size_t n = 0;
        int step, err = rows ? db_query_begin(&q, db, document_all) : ERR_LIMIT;

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        while (!err && n < DOCUMENTS_SHOWN && (step = db_step(q)) != 0)
                err = step < 0 ? step : read_document(&rows[n++], arena, q);
        *out = rows;
        *count = n;
        return err;
}

/* The act is told in its own transaction. */
static int finish(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *id, int err)
{
        if (!err)
                err = audit_add(db, clock, scope, act, "document", id, scope->unit_id, NULL);
        if (!err)
                err = registry_changed(db, clock, "report", id, scope->unit_id);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

static int edit_inside(struct db *db, const struct clock *clock, const char *id, struct text number,
    struct text signer, time_ms signed_on, struct text fields)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, document_edit);

        (void)clock;
        if (err)
                return err;
        db_bind_text(q, 1, number);
        db_bind_text(q, 2, signer);
        if (signed_on)
                db_bind_int(q, 3, signed_on);
        else
                db_bind_null(q, 3);
        db_bind_text(q, 4, fields);
        db_bind_int(q, 5, clock_now(clock));
        db_bind_string(q, 6, id);
        return db_step(q);
}

int document_row_edit(struct db *db, const struct clock *clock, const struct scope *scope,
    struct text id, struct text number, struct text signer, time_ms signed_on, struct text fields)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct document_row now;
        int err = arena_new(&arena, 16 << 20);

        if (!err)
                err = document_row_read(&now, arena, db, scope, id);
        if (!err && !text_is(now.state, "draft") && !text_is(now.state, "submitted"))
                err = ERR_DENIED;
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        return finish(db, clock, scope, "edit_report", now.id.data,
            edit_inside(db, clock, now.id.data, number, signer, signed_on, fields));
}

static bool may_move(const struct document_row *d, struct text to)
{
        static const char *const moves[][2] = { { "draft", "submitted" }, { "submitted", "draft" },
                { "submitted", "signed" }, { "signed", "issued" }, { "draft", "withdrawn" },
                { "submitted", "withdrawn" }, { "signed", "withdrawn" },
                { "issued", "withdrawn" } };
        bool listed = false;

        for (size_t i = 0; i < ARRAY_LEN(moves) && !listed; i++)
                listed = text_is(d->state, moves[i][0]) && text_is(to, moves[i][1]);
        if (text_is(to, "signed") || text_is(to, "issued"))
                listed = listed && d->number.len && d->signer.len && d->signed_on;
        return listed;
}

int document_row_move(struct db *db, const struct clock *clock, const struct scope *scope,
    struct text id, struct text to)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct document_row now;
        int64_t changed = 0;
        char word[16], act[32];
        int err = arena_new(&arena, 16 << 20);

        if (!err)
                err = document_row_read(&now, arena, db, scope, id);
        if (!err && (!may_move(&now, to) || text_copy(word, sizeof(word), to)))
                err = ERR_FORMAT;
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = db_run(db, &changed, document_move, "titt", word, (int64_t)clock_now(clock),
            now.id.data, now.state.data);
        if (!err && !changed)
                err = ERR_BUSY; /* somebody else moved it in between */
        (void)snprintf(act, sizeof(act), "%s_report", word);
        return finish(db, clock, scope, act, now.id.data, err);
}
