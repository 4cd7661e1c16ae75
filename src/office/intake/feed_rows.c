/* office/intake/feed_rows.c: see feeds.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/feeds.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum { RETRY_MINUTES = 15 };

#define FEED_COLUMNS                                                                               \
        "id, source, url, format, kind, every_minutes, active, state, why_vi, why_en, tried_at, "  \
        "fetched_at, changed_at, next_at, batch_id, added, gone, expired, bytes, protocol, "       \
        "collection, auth, login, case when sealed = '' then 0 else 1 end, authority, etag, "      \
        "modified, failures, sealed, added_after from feed"
#define FEED_SPEC                                                                                  \
        "id:t source:t url:t format:t kind:t every_minutes:i active:b state:t why.vi:t why.en:t "  \
        "tried_at:d fetched_at:d changed_at:d next_at:d batch:t added:i gone:i expired:i bytes:i " \
        "protocol:t collection:t auth:t login:t has_secret:b authority:t"
#define FEED_WHOLE FEED_SPEC " etag:t modified:t failures:i sealed:t added_after:t"

DB_SQL(feeds_all, "select " FEED_COLUMNS " order by source limit 500");
DB_SQL(feed_by_id, "select " FEED_COLUMNS " where id = $1");
DB_SQL(feed_first_due,
    "select " FEED_COLUMNS " where active = 1 and next_at <= $1 order by next_at, id limit 1");
DB_SQL(feed_count, "select count(*) from feed");
DB_SQL(feed_insert,
    "insert into feed (id, source, url, format, kind, every_minutes, active, next_at, created_at, "
    "protocol, collection, auth, login, sealed, authority) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)");
DB_SQL(feed_update,
    "update feed set source = $1, url = $2, format = $3, kind = $4, every_minutes = $5, "
    "active = $6, next_at = $7, protocol = $8, collection = $9, auth = $10, login = $11, "
    "sealed = $12, authority = $13, etag = '', modified = '', added_after = '' where id = $14");
DB_SQL(feed_delete, "delete from feed where id = $1");
DB_SQL(feed_now, "update feed set next_at = $1 where id = $2");
DB_SQL(feed_good,
    "update feed set tried_at = $1, fetched_at = $2, next_at = $3, state = $4, etag = $5, "
    "modified = $6, added_after = $7, expired = $8, failures = 0, why_vi = '', why_en = '' "
    "where id = $9");
DB_SQL(feed_new_version, "update feed set changed_at = $1, batch_id = $2, added = $3, gone = $4, "
                         "bytes = $5 where id = $6");
DB_SQL(feed_store, "select store from list_batch where id = $1");
DB_SQL(feed_bad, "update feed set tried_at = $1, next_at = $2, state = 'failed', failures = $3, "
                 "why_vi = $4, why_en = $5 where id = $6");

static int told(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *id, const struct feed_wish *wish)
{
        AUTO(json_free_at)
        json_t *detail = wish ? json_pack("{s:s,s:s,s:s,s:s,s:I}", "source", wish->source, "url",
                                    wish->url, "protocol", wish->protocol, "auth", wish->auth,
                                    "every_minutes", (json_int_t)wish->every_minutes)
                              : NULL;
        int err = wish && !detail ? ERR_MEMORY : 0;

        if (!err)
                err = audit_add(db, clock, scope, act, "feed", id, "", detail);
        return err ? err : registry_changed(db, clock, "list", id, NULL);
}

static int has_room(struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, feed_count);

        if (!err)
                err = db_step(q);
        if (err < 0)
                return err;
        return err && db_column_int(q, 0) >= FEEDS_MAX ? ERR_LIMIT : 0;
}

int feed_add(struct db *db, const struct clock *clock, const struct scope *scope, const char *id,
    const struct feed_wish *w)
{
        time_ms now = clock_now(clock);
        int err = has_room(db);

        if (!err)
                err = db_run(db, NULL, feed_insert, "tttttiiiitttttt", id, w->source, w->url,
                    w->format, w->kind, w->every_minutes, (int64_t)w->active, now, now, w->protocol,
                    w->collection, w->auth, w->login, w->sealed, w->authority);
        return err ? err : told(db, clock, scope, "feed_add", id, w);
}

static int changed_one(int err, int64_t changed)
{
        return err ? err : changed ? 0 : ERR_MISSING;
}

int feed_change(struct db *db, const struct clock *clock, const struct scope *scope, const char *id,
    const struct feed_wish *w)
{
        int64_t changed = 0;
        int err = db_run(db, &changed, feed_update, "ttttiiittttttt", w->source, w->url, w->format,
            w->kind, w->every_minutes, (int64_t)w->active, clock_now(clock), w->protocol,
            w->collection, w->auth, w->login, w->sealed, w->authority, id);

        err = changed_one(err, changed);
        return err ? err : told(db, clock, scope, "feed_change", id, w);
}

int feed_remove(struct db *db, const struct clock *clock, const struct scope *scope, const char *id)
{
        int64_t changed = 0;
        int err = db_run(db, &changed, feed_delete, "t", id);

        err = changed_one(err, changed);
        return err ? err : told(db, clock, scope, "feed_remove", id, NULL);
}

int feed_hurry(struct db *db, const struct clock *clock, const char *id)
{
        int64_t changed = 0;
        int err = db_run(db, &changed, feed_now, "it", clock_now(clock), id);

        return changed_one(err, changed);
}

int feed_due(json_t **out, struct db *db, const struct clock *clock)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, feed_first_due);

        if (err)
                return err;
        db_bind_int(q, 1, clock_now(clock));
        return db_row_json(out, q, FEED_WHOLE);
}

/* Fifteen minutes, half an hour, an hour … but never seldomer than it would be anyway. */
static time_ms retry_at(time_ms now, int64_t failures, int64_t every_minutes)
{
        int64_t minutes = RETRY_MINUTES;

        for (int64_t i = 1; i < failures && minutes < every_minutes; i++)
                minutes *= 2;
        return now + (minutes < every_minutes ? minutes : every_minutes) * MINUTE_MS;
}

int feed_tried(
    struct db *db, const struct clock *clock, const json_t *feed, const struct feed_try *t)
{
        const char *id = json_get_text(feed, "id");
        int64_t every = json_get_int(feed, "every_minutes"), failures;
        time_ms now = clock_now(clock);
        int err;

        if (t->err) {
                failures = json_get_int(feed, "failures") + 1;
                err = db_run(db, NULL, feed_bad, "iiittt", now, retry_at(now, failures, every),
                    failures, t->why_vi, t->why_en, id);
                return err ? err : registry_changed(db, clock, "list", id, NULL);
        }
        err = db_run(db, NULL, feed_good, "iiittttit", now, now, now + every * MINUTE_MS,
            t->unchanged ? "unchanged" : "ok", t->etag, t->modified, t->added_after, t->expired,
            id);
        if (!err && !t->unchanged)
                err = db_run(db, NULL, feed_new_version, "itiiit", now, t->batch_id, t->added,
                    t->gone, t->bytes, id);
        return err ? err : registry_changed(db, clock, "list", id, NULL);
}

int feed_batch_store(char store[FEED_STORE_MAX], struct db *db, const char *batch_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, feed_store);

        store[0] = '\0';
        if (err)
                return err;
        db_bind_string(q, 1, batch_id);
        err = db_step(q);
        return err == 1 ? text_copy(store, FEED_STORE_MAX, db_column_text(q, 0)) : err;
}

int feeds_json(json_t **out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, feeds_all);

        return err ? err : db_rows_json(out, q, FEED_SPEC, FEEDS_MAX);
}

static int one_feed(json_t **out, struct db *db, const char *id, const char *spec)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, feed_by_id);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        return db_row_json(out, q, spec);
}

int feed_json(json_t **out, struct db *db, const char *id)
{
        return one_feed(out, db, id, FEED_SPEC);
}

int feed_whole(json_t **out, struct db *db, const char *id)
{
        return one_feed(out, db, id, FEED_WHOLE);
}
