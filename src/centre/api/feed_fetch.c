/* centre/api/feed_fetch.c: see feed_fetch.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/api/feed_fetch.h"
#include "base/mem.h"
#include "centre/api/list_import.h"
#include "centre/api/list_shelf.h"
#include "centre/fetch_messages.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_set.h"
#include "office/intake/feeds.h"
#include "office/registry/units.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <stdio.h>
#include <string.h>

enum { SHRINK_MOST = 10 }; /* a version with less than a tenth of the last one is an accident */

struct fetching {
        struct office *office;
        struct db *db;
        const json_t *feed;
        char root[ULID_MAX], before[ULID_MAX]; /* the batch of the last version */
        char old_store[FEED_STORE_MAX];
        struct indicator_set *old;
};

static const struct {
        int err;
        const char *vi, *en;
} whys[] = {
        { ERR_CLOSED, "không kết nối được máy chủ của nguồn (đường truyền, tên miền hoặc cổng)",
            "the feed's server cannot be reached (line, name or port)" },
        { ERR_UNTRUSTED, "chứng thư của máy chủ nguồn không đáng tin",
            "the certificate of the feed's server does not hold" },
        { ERR_BUSY, "máy chủ của nguồn không trả lời kịp",
            "the feed's server did not answer in time" },
        { ERR_LIMIT, "danh sách lớn hơn 64 MiB", "the list is larger than 64 MiB" },
        { ERR_FORMAT, "địa chỉ của nguồn không hợp lệ", "the feed's address is not valid" },
};

static void say_fetch(struct parse_error *bad, const struct fetch_result *got)
{
        char vi[PARSE_WHY_MAX], en[PARSE_WHY_MAX];

        for (size_t i = 0; i < ARRAY_LEN(whys) && got->err; i++)
                if (whys[i].err == got->err) {
                        (void)parse_error_set(bad, 0, whys[i].vi, whys[i].en);
                        return;
                }
        (void)snprintf(vi, sizeof(vi), "máy chủ của nguồn trả lời %d", got->status);
        (void)snprintf(en, sizeof(en), "the feed's server answered %d", got->status);
        (void)parse_error_set(bad, 0, vi, en);
}

static int choices_of(json_t **out, const json_t *feed)
{
        const char *format = json_get_text(feed, "format"), *url = json_get_text(feed, "url");
        const char *slash = strrchr(url, '/');

        *out = json_pack("{s:s,s:s,s:s}", "source", json_get_text(feed, "source"), "kind",
            json_get_text(feed, "kind"), "file_name", slash ? slash + 1 : url);
        if (!*out)
                return ERR_MEMORY;
        return format[0] && json_object_set_new(*out, "as", json_string(format)) ? ERR_MEMORY : 0;
}

static int load_before(struct fetching *f)
{
        int err = text_copy(f->before, sizeof(f->before), text_of(json_get_text(f->feed, "batch")));

        if (!err)
                err = feed_batch_store(f->old_store, f->db, f->before);
        if (!err && f->old_store[0] && shelf_load_set(&f->old, f->office, f->old_store))
                f->old = NULL; /* lost or damaged: there is nothing to compare with */
        return err;
}

static int64_t least_good(const struct fetching *f)
{
        struct indicator_counts c = { 0 };

        if (f->old)
                indicator_set_count(&c, f->old);
        return f->old ? (int64_t)(c.total / SHRINK_MOST) + 1 : 1;
}

/* What is new, what is gone; then the last version is taken out of use. */
static int compare(struct feed_try *t, struct fetching *f, const struct list_outcome *outcome)
{
        AUTO(indicator_set_free_at) struct indicator_set *now = NULL;
        const struct scope scope = office_own_scope(f->root);
        char store[FEED_STORE_MAX];
        struct indicator_counts c;
        int err = feed_batch_store(store, f->db, outcome->filed.batch_id);

        t->added = (int64_t)outcome->filed.rows;
        t->gone = (int64_t)outcome->filed.gone;
        if (err || !store[0])
                return err;
        err = shelf_load_set(&now, f->office, store);
        if (err)
                return err;
        indicator_set_count(&c, now);
        t->added = (int64_t)(f->old ? indicator_set_lacking(now, f->old) : c.total);
        t->gone = (int64_t)(f->old ? indicator_set_lacking(f->old, now) : 0);
        if (!f->before[0] || strcmp(f->before, outcome->filed.batch_id) == 0)
                return 0;
        err = list_batch_withdraw(f->db, f->office->clock, &scope, f->before);
        if (err == ERR_MISSING)
                return 0; /* somebody took it out already */
        return err ? err : shelf_publish(NULL, f->office, f->db, f->office->clock);
}

static int import(struct feed_try *t, struct fetching *f, struct list_outcome *outcome,
    struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *choices = NULL;
        const struct scope scope = office_own_scope(f->root);
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        char sha256[SHA256_HEX_MAX];
        struct list_import what = { .office = f->office,
                .db = f->db,
                .clock = f->office->clock,
                .scope = &scope,
                .sha256 = sha256_write(sha256, &digest) };
        int err = choices_of(&choices, f->feed);

        if (!err)
                err = load_before(f);
        what.choices = choices;
        what.least_good = least_good(f);
        if (!err)
                err = list_import(outcome, &what, bytes, bad);
        t->bytes = (int64_t)bytes.len;
        if (err == ERR_EXISTS) {
                t->unchanged = true;
                return 0;
        }
        return err ? err : compare(t, f, outcome);
}

static int note(struct fetching *f, const struct feed_try *t)
{
        int err = db_begin(f->db);

        if (!err)
                err = feed_tried(f->db, f->office->clock, f->feed, t);
        if (!err)
                return db_commit(f->db);
        db_rollback(f->db);
        return err;
}

static int fetch_one(struct fetching *f)
{
        AUTO(buffer_done) struct buffer body = BUFFER(FETCH_BYTES_MAX);
        struct fetch_wish wish = { 0 };
        struct fetch_result got;
        struct list_outcome outcome = { 0 };
        struct parse_error bad = { 0 };
        struct feed_try t = { .etag = got.etag, .modified = got.modified };
        int err;

        (void)snprintf(wish.url, sizeof(wish.url), "%s", json_get_text(f->feed, "url"));
        (void)snprintf(wish.etag, sizeof(wish.etag), "%s", json_get_text(f->feed, "etag"));
        (void)snprintf(
            wish.modified, sizeof(wish.modified), "%s", json_get_text(f->feed, "modified"));
        err = office_fetch(&got, &body, f->office, &wish);
        if (err)
                return err;
        t.unchanged = !got.err && got.status == 304;
        if (got.err || (got.status != 200 && got.status != 304)) {
                t.err = got.err ? got.err : ERR_CLOSED;
                say_fetch(&bad, &got);
        } else if (!t.unchanged) {
                t.err = import(&t, f, &outcome, (struct text){ body.data, body.len }, &bad);
        }
        if (t.unchanged && got.status == 304) { /* the publisher need not repeat them */
                t.etag = wish.etag;
                t.modified = wish.modified;
        }
        if (t.err && !bad.why_vi[0])
                (void)parse_error_set(
                    &bad, 0, "không ghi được danh sách", "the list could not be filed");
        t.why_vi = bad.why_vi;
        t.why_en = bad.why_en;
        t.batch_id = outcome.filed.batch_id;
        return note(f, &t);
}

int feeds_fetch_due(struct office *office)
{
        struct db *db = db_pool_take(office->pool);
        int err = 0;

        for (int i = 0; !err && i < FEEDS_AT_ONCE; i++) {
                AUTO(json_free_at) json_t *feed = NULL;
                struct fetching f = { .office = office, .db = db };

                err = feed_due(&feed, db, office->clock);
                if (!err)
                        err = unit_root(f.root, db);
                f.feed = feed;
                if (!err)
                        err = fetch_one(&f);
                f.old = indicator_set_free(f.old);
                if (!err)
                        office_notify_change(office);
        }
        db_pool_give(office->pool, db);
        return err == ERR_MISSING ? 0 : err;
}
