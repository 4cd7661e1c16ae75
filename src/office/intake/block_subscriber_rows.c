/* office/intake/block_subscriber_rows.c: see block_subscribers.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/block_subscribers.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum { SHOWN_MAX = BLOCK_SUBSCRIBERS_MAX + 100 };

#define SUBSCRIBER_COLUMNS                                                                         \
        "id, name, target, list_name, least_confidence, answer, created_at, created_by, "          \
        "revoked_at, last_at, last_address, fetched from block_subscriber"
#define SUBSCRIBER_SPEC                                                                            \
        "id:t name:t target:t list_name:t least_confidence:i answer:t created_at:d created_by:t "  \
        "revoked_at:d last_at:d last_address:t fetched:i"

DB_SQL(subscribers_all, "select " SUBSCRIBER_COLUMNS
                        " order by coalesce(revoked_at, 0), created_at desc, id desc limit 600");
DB_SQL(subscriber_one, "select " SUBSCRIBER_COLUMNS " where id = $1");
DB_SQL(subscriber_by_token,
    "select " SUBSCRIBER_COLUMNS " where token_hash = $1 and revoked_at is null");
DB_SQL(subscriber_count, "select count(*) from block_subscriber where revoked_at is null");
DB_SQL(subscriber_new,
    "insert into block_subscriber (id, name, target, list_name, least_confidence, answer, "
    "token_hash, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(subscriber_end,
    "update block_subscriber set revoked_at = $1 where id = $2 and revoked_at is null");
DB_SQL(subscriber_seen, "update block_subscriber set last_at = $1, last_address = $2, fetched = "
                        "fetched + 1 where id = $3");

static int one(json_t **out, struct db *db, const char *sql, const char *value)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, value);
        return db_row_json(out, q, SUBSCRIBER_SPEC);
}

int block_subscribers_json(json_t **out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, subscribers_all);

        return err ? err : db_rows_json(out, q, SUBSCRIBER_SPEC, SHOWN_MAX);
}

int block_subscriber_json(json_t **out, struct db *db, const char *id)
{
        return one(out, db, subscriber_one, id);
}

int block_subscriber_of(json_t **out, struct db *db, const char *token_hash)
{
        return one(out, db, subscriber_by_token, token_hash);
}

static int told(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *id, const char *name, const char *target)
{
        AUTO(json_free_at)
        json_t *detail = json_pack("{s:s,s:s}", "name", name, "target", target);
        int err = detail ? 0 : ERR_MEMORY;

        if (!err)
                err = audit_add(
                    db, clock, scope, act, "block_subscriber", id, scope->unit_id, detail);
        return err ? err : registry_changed(db, clock, "list", id, NULL);
}

static int has_room(struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, subscriber_count);

        if (!err)
                err = db_step(q);
        if (err < 0)
                return err;
        return err && db_column_int(q, 0) >= BLOCK_SUBSCRIBERS_MAX ? ERR_LIMIT : 0;
}

int block_subscriber_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const struct block_subscriber *s)
{
        int err = has_room(db);

        if (!err)
                err = db_run(db, NULL, subscriber_new, "ttttittit", s->id, s->name, s->target,
                    s->list_name, s->least_confidence, s->answer, s->token_hash, clock_now(clock),
                    scope->actor);
        return err ? err : told(db, clock, scope, "block_subscribe", s->id, s->name, s->target);
}

int block_subscriber_revoke(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id)
{
        AUTO(json_free_at) json_t *was = NULL;
        int64_t ended = 0;
        int err = block_subscriber_json(&was, db, id);

        if (!err)
                err = db_run(db, &ended, subscriber_end, "it", clock_now(clock), id);
        if (!err && !ended)
                err = ERR_MISSING;
        return err ? err
                   : told(db, clock, scope, "block_revoke", id, json_get_text(was, "name"),
                         json_get_text(was, "target"));
}

int block_subscriber_fetched(
    struct db *db, const struct clock *clock, const char *id, const char *address)
{
        return db_run(db, NULL, subscriber_seen, "itt", clock_now(clock), address, id);
}
