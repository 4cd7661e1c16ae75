/* centre/lists/feed_bundle_take.c: see feed_bundles.h. All lists are read first; then they are
 * filed in one transaction with the signer's new number, so that a bundle counts whole or not at
 * all. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/lists/feed_bundles.h"
#include "centre/lists/list_import.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/bundle/feed_bundle.h"
#include "indicators/set/indicator_set.h"
#include "office/intake/feed_signers.h"
#include "office/intake/feeds.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <string.h>

enum { DESCRIPTION_MAX = 4 << 20, SHRINK_MOST = 10 };

/* One list on its way in. */
struct taking {
        struct list_import what;
        struct list_read_rows rows;
        struct list_outcome outcome;
        json_t *choices;
        struct indicator_set *old;
        char before[ULID_MAX];
        bool unchanged;
};

struct bundle {
        struct office *office;
        struct db *db;
        const struct scope *scope;
        struct text bytes;
        json_t *said;
        struct taking *lists;
        size_t count;
};

static void bundle_done(struct bundle *b)
{
        for (size_t i = 0; b->lists && i < b->count; i++) {
                list_read_rows_done(&b->lists[i].rows);
                json_decref(b->lists[i].choices);
                (void)indicator_set_free(b->lists[i].old);
        }
        mem_free(b->lists);
        json_decref(b->said);
}

static int describe(json_t **out, struct office *office, struct text bytes, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer json = BUFFER(DESCRIPTION_MAX);
        int err = office_reader_run(office, &json, "feed-bundle", "{}", bytes, bad);

        return err ? err : json_read(out, (struct text){ json.data, json.len }, bad);
}

int feed_bundle_look(
    json_t **out, struct office *office, struct db *db, struct text bytes, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *said = NULL;
        AUTO(json_free_at) json_t *signer = NULL;
        json_t *file;
        size_t i;
        int err = describe(&said, office, bytes, bad);

        if (!err)
                err = feed_signer_json(&signer, db, json_get_text(said, "fingerprint"));
        if (err && err != ERR_MISSING)
                return err;
        if (json_object_set_new(said, "signer", json_string(err ? "new" : "known")) ||
            json_object_set_new(said, "newer",
                json_boolean(
                    err || json_get_int(said, "sequence") > json_get_int(signer, "sequence"))))
                return ERR_MEMORY;
        (void)json_object_del(said, "sequence");
        json_array_foreach(json_object_get(said, "files"), i, file)
        {
                (void)json_object_del(file, "at");
                (void)json_object_del(file, "sha256");
        }
        *out = MOVE(said);
        return 0;
}

static int check_signer(const struct bundle *b, const char *confirmed)
{
        AUTO(json_free_at) json_t *signer = NULL;
        const char *fingerprint = json_get_text(b->said, "fingerprint");
        int err = feed_signer_json(&signer, b->db, fingerprint);

        if (err == ERR_MISSING)
                return strcmp(confirmed, fingerprint) == 0 ? 0 : ERR_DENIED;
        if (err)
                return err;
        return json_get_int(b->said, "sequence") > json_get_int(signer, "sequence") ? 0
                                                                                    : ERR_EXISTS;
}

/* A feed of ours is the only one to feed its source. */
static int check_sources(const struct bundle *b, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *feeds = NULL;
        const json_t *feed, *file;
        size_t i, j;
        int err = feeds_json(&feeds, b->db);

        if (err)
                return err;
        json_array_foreach(feeds, i, feed)
            json_array_foreach(json_object_get(b->said, "files"), j, file)
        {
                const char *source = json_get_text(file, "source");

                if (strcmp(source, json_get_text(feed, "source")) == 0)
                        return parse_error_quote(bad, 0,
                            "nguồn \"%s\" đã được tải thẳng ở đây: hãy bỏ nguồn tự động đó trước",
                            "the source \"%s\" is fetched here directly: remove that feed first",
                            source, strlen(source));
        }
        return 0;
}

static int load_before(struct taking *t, struct bundle *b)
{
        char store[FEED_STORE_MAX] = "";
        struct indicator_counts c = { 0 };
        int err = list_batch_newest(t->before, b->db, json_get_text(t->choices, "source"));

        if (!err && t->before[0])
                err = feed_batch_store(store, b->db, t->before);
        if (!err && store[0] && shelf_load_set(&t->old, b->office, store))
                t->old = NULL; /* lost or damaged: there is nothing to compare with */
        if (t->old)
                indicator_set_count(&c, t->old);
        t->what.least_good = t->old ? (int64_t)(c.total / SHRINK_MOST) + 1 : 1;
        return err;
}

static int read_one(struct taking *t, struct bundle *b, const json_t *file, struct parse_error *bad)
{
        const char *format = json_get_text(file, "format");
        int64_t at = json_get_int(file, "at"), len = json_get_int(file, "bytes");
        int err;

        if (at < 0 || len < 0 || (uint64_t)at > b->bytes.len ||
            (uint64_t)len > b->bytes.len - (uint64_t)at)
                return ERR_UNTRUSTED;
        t->choices = json_pack("{s:s,s:s,s:s}", "source", json_get_text(file, "source"), "kind",
            "indicator", "file_name", json_get_text(file, "file_name"));
        if (!t->choices ||
            (format[0] && json_object_set_new(t->choices, "as", json_string(format))))
                return ERR_MEMORY;
        t->what = (struct list_import){ .office = b->office,
                .db = b->db,
                .clock = b->office->clock,
                .scope = b->scope,
                .sha256 = json_get_text(file, "sha256"),
                .choices = t->choices };
        err = load_before(t, b);
        return err ? err
                   : list_import_read(
                         &t->rows, &t->what, (struct text){ b->bytes.data + at, (size_t)len }, bad);
}

/* The reason with the source's name in front: there are many lists in one file. */
static void name_source(struct parse_error *bad, const char *source)
{
        char vi[2 * PARSE_WHY_MAX], en[2 * PARSE_WHY_MAX];

        if (!bad->why_vi[0])
                return;
        (void)snprintf(vi, sizeof(vi), "%s: %s", source, bad->why_vi);
        (void)snprintf(en, sizeof(en), "%s: %s", source, bad->why_en);
        if (text_is_utf8(text_of(vi)) && text_is_utf8(text_of(en)))
                (void)parse_error_set(bad, 0, vi, en); /* which cuts at a character's edge */
}

static int read_all(struct bundle *b, struct parse_error *bad)
{
        const json_t *files = json_object_get(b->said, "files"), *file;
        size_t i;
        int err = 0;

        b->lists = mem_zero(json_array_size(files), sizeof(*b->lists));
        if (!b->lists)
                return ERR_MEMORY;
        json_array_foreach(files, i, file)
        {
                if (err)
                        break;
                b->count++;
                err = read_one(&b->lists[i], b, file, bad);
                if (err)
                        name_source(bad, json_get_text(file, "source"));
        }
        return err;
}

static int file_one(struct taking *t, struct bundle *b, struct parse_error *bad)
{
        int err = list_import_file_within(&t->outcome, &t->what, &t->rows, bad);

        t->unchanged = err == ERR_EXISTS;
        if (t->unchanged)
                return 0;
        if (!err && t->before[0] && strcmp(t->before, t->outcome.filed.batch_id) != 0)
                err = list_batch_withdraw_within(b->db, b->office->clock, b->scope, t->before);
        return err == ERR_MISSING ? 0 : err;
}

static int file_within(struct bundle *b, struct parse_error *bad)
{
        const struct feed_signer signer = { .fingerprint = json_get_text(b->said, "fingerprint"),
                .office = json_get_text(b->said, "office"),
                .sequence = json_get_int(b->said, "sequence") };
        struct feed_signer took = signer;
        int err = json_field_time(&took.made_at, b->said, "made_at", NULL);

        if (!err)
                err = feed_signer_took(b->db, b->office->clock, b->scope, &took);
        for (size_t i = 0; i < b->count && !err; i++)
                err = file_one(&b->lists[i], b, bad);
        return err;
}

static int file_all(struct bundle *b, struct parse_error *bad)
{
        int err = db_begin(b->db);

        if (err)
                return err;
        err = file_within(b, bad);
        if (!err)
                err = db_commit(b->db);
        if (err) {
                db_rollback(b->db);
                return err;
        }
        err = shelf_publish(NULL, b->office, b->db, b->office->clock);
        for (size_t i = 0; i < b->count && !err; i++)
                if (!b->lists[i].unchanged)
                        list_import_hunt(&b->lists[i].what, b->lists[i].outcome.filed.batch_id);
        return err;
}

static int tell_one(json_t *files, struct taking *t, struct bundle *b)
{
        AUTO(indicator_set_free_at) struct indicator_set *now = NULL;
        struct indicator_counts c = { 0 };
        size_t added = 0, gone = 0, expired = 0;

        if (indicator_set_parse(&now, t->rows.body, NULL) == 0) {
                indicator_set_count(&c, now);
                added = t->old ? indicator_set_lacking(now, t->old) : c.total;
                gone = t->old ? indicator_set_lacking(t->old, now) : 0;
                expired = indicator_set_expired(now, clock_now(b->office->clock));
        }
        return json_array_append_new(files,
                   json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I}", "source",
                       json_get_text(t->choices, "source"), "list", t->outcome.filed.batch_id,
                       "unchanged", t->unchanged, "good", (json_int_t)c.total, "added",
                       (json_int_t)added, "gone", (json_int_t)gone, "still",
                       (json_int_t)(c.total - added), "expired", (json_int_t)expired))
                   ? ERR_MEMORY
                   : 0;
}

int feed_bundle_take(json_t **out, struct office *office, struct db *db, const struct scope *scope,
    struct text bytes, const char *confirmed, struct parse_error *bad)
{
        AUTO(bundle_done)
        struct bundle b = { .office = office, .db = db, .scope = scope, .bytes = bytes };
        AUTO(json_free_at) json_t *files = json_array();
        int err = files ? describe(&b.said, office, bytes, bad) : ERR_MEMORY;

        if (!err)
                err = check_signer(&b, confirmed);
        if (!err)
                err = check_sources(&b, bad);
        if (!err)
                err = read_all(&b, bad);
        if (!err)
                err = file_all(&b, bad);
        for (size_t i = 0; i < b.count && !err; i++)
                err = tell_one(files, &b.lists[i], &b);
        if (err)
                return err;
        *out = json_pack("{s:O}", "files", files);
        return *out ? 0 : ERR_MEMORY;
}
