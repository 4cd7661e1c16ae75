/* centre/lists/feed_fetch.c: see feed_fetch.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/feed_fetch.h"
#include "base/mem.h"
#include "centre/lists/feed_secret.h"
#include "centre/lists/fetch_words.h"
#include "centre/lists/list_import.h"
#include "centre/lists/list_shelf.h"
#include "centre/lists/taxii.h"
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

static int choices_of(json_t **out, const json_t *feed)
{
        const char *format = json_get_text(feed, "format"), *url = json_get_text(feed, "url");
        size_t len = strcspn(url, "?#"), at = len; /* behind these there may be somebody's key */

        while (at > 0 && url[at - 1] != '/')
                at--;
        *out = json_pack("{s:s,s:s,s:s%}", "source", json_get_text(feed, "source"), "kind",
            json_get_text(feed, "kind"), "file_name", at < len ? url + at : url,
            at < len ? len - at : len);
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

/* Of what is in use: how many are past their validity by now. */
static int64_t expired_now(struct fetching *f, const char *batch_id)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        char store[FEED_STORE_MAX];

        if (!batch_id || !batch_id[0] || feed_batch_store(store, f->db, batch_id) || !store[0] ||
            shelf_load_set(&set, f->office, store))
                return 0;
        return (int64_t)indicator_set_expired(set, clock_now(f->office->clock));
}

static int ask_of(struct fetch_wish *w, struct fetching *f)
{
        const char *auth = json_get_text(f->feed, "auth");

        (void)snprintf(w->url, sizeof(w->url), "%s", json_get_text(f->feed, "url"));
        (void)snprintf(w->login, sizeof(w->login), "%s", json_get_text(f->feed, "login"));
        (void)snprintf(
            w->authority, sizeof(w->authority), "%s", json_get_text(f->feed, "authority"));
        w->auth = strcmp(auth, "basic") == 0    ? DOWNLOAD_AUTH_BASIC
                  : strcmp(auth, "bearer") == 0 ? DOWNLOAD_AUTH_BEARER
                                                : DOWNLOAD_AUTH_NONE;
        return feed_secret_open(w->secret, sizeof(w->secret), f->office, f->feed);
}

static int file_new(struct feed_try *t, struct fetching *f, struct list_outcome *outcome,
    struct text bytes, struct parse_error *bad)
{
        int err = import(t, f, outcome, bytes, bad);

        return err ? err : shelf_keep_copy(f->office, json_get_text(f->feed, "id"), bytes);
}

/* An error returned is the office's own; the publisher's stands in t->err. */
static int fetch_file(struct feed_try *t, struct fetching *f, struct fetch_wish *ask,
    struct fetch_result *got, struct list_outcome *outcome, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer body = BUFFER(FETCH_BYTES_MAX);
        int err;

        (void)snprintf(ask->etag, sizeof(ask->etag), "%s", json_get_text(f->feed, "etag"));
        (void)snprintf(
            ask->modified, sizeof(ask->modified), "%s", json_get_text(f->feed, "modified"));
        err = office_fetch(got, &body, f->office, ask);
        if (err)
                return err;
        if (!got->err && got->status == 304) { /* the publisher need not repeat the tags */
                t->unchanged = true;
                memcpy(got->etag, ask->etag, sizeof(got->etag));
                memcpy(got->modified, ask->modified, sizeof(got->modified));
        } else if (got->err || got->status != 200) {
                t->err = fetch_explain(bad, got);
        } else {
                t->err = file_new(t, f, outcome, (struct text){ body.data, body.len }, bad);
        }
        t->etag = got->etag;
        t->modified = got->modified;
        return 0;
}

static int fetch_taxii(struct feed_try *t, struct fetching *f, struct fetch_wish *ask,
    struct taxii_got *got, struct list_outcome *outcome, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer before = BUFFER(FETCH_BYTES_MAX);
        struct taxii_wish wish = { .ask = ask,
                .collection = json_get_text(f->feed, "collection"),
                .added_after = json_get_text(f->feed, "added_after") };

        if (wish.added_after[0] &&
            shelf_read_copy(&before, f->office, json_get_text(f->feed, "id")) == 0)
                wish.before = (struct text){ before.data, before.len };
        t->err = taxii_fetch(got, f->office, &wish, bad);
        if (t->err == ERR_BUSY && !bad->why_vi[0])
                return ERR_BUSY;
        t->unchanged = !t->err && got->unchanged;
        if (!t->err && !t->unchanged)
                t->err = file_new(
                    t, f, outcome, (struct text){ got->bundle.data, got->bundle.len }, bad);
        t->added_after = got->added_after;
        return 0;
}

static int fetch_with(struct fetching *f, struct fetch_wish *ask)
{
        struct fetch_result got = { 0 };
        struct taxii_got pages = { .bundle = BUFFER(FETCH_BYTES_MAX) };
        struct list_outcome outcome = { 0 };
        struct parse_error bad = { 0 };
        struct feed_try t = { .etag = "", .modified = "", .added_after = "" };
        bool taxii = strcmp(json_get_text(f->feed, "protocol"), "taxii") == 0;
        int err = taxii ? fetch_taxii(&t, f, ask, &pages, &outcome, &bad)
                        : fetch_file(&t, f, ask, &got, &outcome, &bad);

        buffer_done(&pages.bundle);
        if (err)
                return err;
        if (t.err && !bad.why_vi[0])
                (void)parse_error_set(
                    &bad, 0, "không ghi được danh sách", "the list could not be filed");
        t.why_vi = bad.why_vi;
        t.why_en = bad.why_en;
        t.batch_id = outcome.filed.batch_id;
        if (!t.err)
                t.expired = expired_now(
                    f, t.unchanged ? json_get_text(f->feed, "batch") : t.batch_id);
        return note(f, &t);
}

static int note_lost_secret(struct fetching *f)
{
        const struct feed_try t = { .err = ERR_UNTRUSTED,
                .why_vi = "không mở được mật khẩu đã cất: hãy nhập lại",
                .why_en = "the password that was kept does not open: type it again" };

        return note(f, &t);
}

static int fetch_one(struct fetching *f)
{
        struct fetch_wish *ask = mem_zero(1, sizeof(*ask));
        int err = ask ? ask_of(ask, f) : ERR_MEMORY;

        if (err == ERR_UNTRUSTED)
                err = note_lost_secret(f);
        else if (!err)
                err = fetch_with(f, ask);
        if (ask)
                explicit_bzero(ask, sizeof(*ask));
        mem_free(ask);
        return err;
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
