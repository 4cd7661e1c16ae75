/* centre/lists/feed_bundle_make.c: see feed_bundles.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"
#include "centre/lists/feed_bundles.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "indicators/bundle/feed_bundle.h"
#include "office/intake/feeds.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <stdio.h>
#include <string.h>

struct making {
        struct feed_bundle bundle;
        struct buffer *contents; /* of each file */
        struct buffer manifest, signature, key;
        size_t bytes;
};

static void making_done(struct making *m)
{
        for (size_t i = 0; m->contents && i < m->bundle.count; i++)
                buffer_done(&m->contents[i]);
        mem_free(m->contents);
        mem_free(m->bundle.files);
        buffer_done(&m->manifest);
        buffer_done(&m->signature);
        buffer_done(&m->key);
}

static void cut(char *out, size_t room, const char *text)
{
        size_t len = strlen(text);

        while (len >= room || (len && ((unsigned char)text[len] & 0xc0) == 0x80))
                len--;
        memcpy(out, text, len);
        out[len] = '\0';
}

/* Of an address only what tells where the list is from: a question behind it may hold a key. */
static void cut_url(char *out, size_t room, const char *url)
{
        cut(out, room, url);
        out[strcspn(out, "?#")] = '\0';
}

static int add_feed(struct making *m, struct office *office, const json_t *feed)
{
        struct feed_bundle_file *f = &m->bundle.files[m->bundle.count];
        struct buffer *content = &m->contents[m->bundle.count];
        const char *url = json_get_text(feed, "url"), *slash;
        int err;

        buffer_init(content, FEED_BUNDLE_BYTES_MAX - m->bytes);
        err = shelf_read_copy(content, office, json_get_text(feed, "id"));
        if (err || !content->len) {
                buffer_done(content);
                return err == ERR_MISSING ? 0 : err;
        }
        m->bytes += content->len;
        cut(f->source, sizeof(f->source), json_get_text(feed, "source"));
        cut(f->format, sizeof(f->format), json_get_text(feed, "format"));
        cut_url(f->url, sizeof(f->url), url);
        slash = strrchr(f->url, '/');
        cut(f->file_name, sizeof(f->file_name), slash && slash[1] ? slash + 1 : f->source);
        if (json_field_time(&f->fetched_at, feed, "fetched_at", NULL))
                f->fetched_at = 0;
        f->content = (struct text){ content->data, content->len };
        m->bundle.count++;
        return 0;
}

static int add_feeds(struct making *m, struct office *office, struct db *db)
{
        AUTO(json_free_at) json_t *feeds = NULL;
        const json_t *feed;
        size_t i;
        int err = feeds_json(&feeds, db);

        if (err)
                return err;
        m->bundle.files = mem_zero(FEED_BUNDLE_FILES_MAX, sizeof(*m->bundle.files));
        m->contents = mem_zero(FEED_BUNDLE_FILES_MAX, sizeof(*m->contents));
        if (!m->bundle.files || !m->contents)
                return ERR_MEMORY;
        json_array_foreach(feeds, i, feed)
        {
                bool wanted = json_is_true(json_object_get(feed, "active")) &&
                              strcmp(json_get_text(feed, "kind"), "indicator") == 0 &&
                              json_is_string(json_object_get(feed, "batch"));

                if (!err && wanted)
                        err = add_feed(m, office, feed);
        }
        return !err && !m->bundle.count ? ERR_MISSING : err;
}

/* Grows also when the clock was put back. */
static int next_sequence(int64_t *out, struct office *office, struct db *db, struct arena *arena)
{
        const char *said = NULL;
        int64_t last = 0, now = clock_now(office->clock);
        char text[32];
        int err = setting_read(&said, arena, db, "feed_bundle_sequence");

        if (!err && text_to_i64(&last, text_of(said)))
                last = 0;
        if (err && err != ERR_MISSING)
                return err;
        *out = now > last ? now : last + 1;
        (void)snprintf(text, sizeof(text), "%lld", (long long)*out);
        return setting_write(db, office->clock, "feed_bundle_sequence", text_of(text));
}

static int number(struct making *m, struct office *office, struct db *db, struct arena *arena,
    const struct scope *scope)
{
        AUTO(json_free_at) json_t *detail = NULL;
        int err = db_begin(db);

        if (!err)
                err = next_sequence(&m->bundle.sequence, office, db, arena);
        detail = json_pack("{s:I}", "sequence", (json_int_t)m->bundle.sequence);
        if (!err)
                err = detail ? audit_add(db, office->clock, scope, "bundle_make", "feed_bundle", "",
                                   scope->unit_id, detail)
                             : ERR_MEMORY;
        if (!err)
                return db_commit(db);
        db_rollback(db);
        return err;
}

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data, b->len };
}

static int sign_by_keys(void *state, struct buffer *signature, struct text data)
{
        return office_sign_list(signature, state, data);
}

static int key_of_keys(void *state, struct buffer *der)
{
        char fingerprint[SHA256_HEX_MAX];

        return office_list_key(der, fingerprint, state);
}

struct list_signing feed_bundle_signing(struct office *office)
{
        return (struct list_signing){ sign_by_keys, key_of_keys, office };
}

static int sign(struct making *m, const struct list_signing *by)
{
        int err = feed_bundle_manifest(&m->manifest, &m->bundle);

        if (!err)
                err = by->sign(by->state, &m->signature, view(&m->manifest));
        if (!err)
                err = by->key(by->state, &m->key);
        m->bundle.manifest = view(&m->manifest);
        m->bundle.signature = view(&m->signature);
        m->bundle.key = view(&m->key);
        return err;
}

int feed_bundle_make(struct buffer *out, struct office *office, struct db *db, struct arena *arena,
    const struct scope *scope, const struct list_signing *by, struct parse_error *bad)
{
        AUTO(making_done)
        struct making m = { .manifest = BUFFER(FEED_BUNDLE_MANIFEST_MAX),
                .signature = BUFFER(FEED_BUNDLE_SIGNATURE_MAX),
                .key = BUFFER(FEED_BUNDLE_KEY_MAX) };
        const char *name = "";
        int err = setting_read(&name, arena, db, "office_name");

        if (err && err != ERR_MISSING)
                return err;
        cut(m.bundle.office, sizeof(m.bundle.office), err ? "" : name);
        err = add_feeds(&m, office, db);
        if (!err)
                err = number(&m, office, db, arena, scope);
        m.bundle.made_at = clock_now(office->clock);
        if (!err)
                err = sign(&m, by);
        if (!err)
                err = feed_bundle_write(out, &m.bundle);
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0,
                    "các danh sách cộng lại lớn hơn 64 MiB: hãy tạm dừng bớt nguồn",
                    "the lists together are larger than 64 MiB: pause some of the feeds");
        return err;
}
