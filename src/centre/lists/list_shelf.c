/* centre/lists/list_shelf.c: see list_shelf.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/list_shelf.h"
#include "base/mem.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"
#include "office/intake/list_batches.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"
#include "system/os/folder.h"

enum { SHELF_FILE_MODE = 0600, CHOICES_MAX = 1 << 20, HASHES_MAX = 64 << 20 };

static int shelf_open(struct folder **out, struct office *office, const char *name)
{
        AUTO(folder_close_at) struct folder *lists = NULL;
        int err = folder_open_or_make(&lists, office->list_folder, 0700);

        return err ? err : folder_open_in(out, lists, name, true);
}

static int upload_name(const char *sha256)
{
        struct sha256 digest;

        return sha256_parse(&digest, text_of(sha256));
}

int shelf_keep_upload(char sha256[SHA256_HEX_MAX], struct office *office, struct text bytes)
{
        AUTO(folder_close_at) struct folder *uploads = NULL;
        struct sha256 digest = sha256_of(bytes.data, bytes.len);
        int err = shelf_open(&uploads, office, "uploads");

        if (err)
                return err;
        return file_write_atomic(uploads, sha256_write(sha256, &digest), bytes, SHELF_FILE_MODE);
}

int shelf_keep_choices(struct office *office, const char *sha256, const json_t *choices)
{
        AUTO(folder_close_at) struct folder *uploads = NULL;
        char name[SHA256_HEX_MAX + 8];
        char *text;
        int err = upload_name(sha256);

        if (err || (err = shelf_open(&uploads, office, "uploads")))
                return err;
        text = json_dumps(choices, JSON_COMPACT);
        if (!text)
                return ERR_MEMORY;
        (void)snprintf(name, sizeof(name), "%s.json", sha256);
        err = file_write_atomic(uploads, name, text_of(text), SHELF_FILE_MODE);
        free(text);
        return err;
}

int shelf_read_upload(
    struct buffer *bytes, json_t **choices, struct office *office, const char *sha256)
{
        AUTO(folder_close_at) struct folder *uploads = NULL;
        AUTO(buffer_done) struct buffer kept = BUFFER(CHOICES_MAX);
        char name[SHA256_HEX_MAX + 8];
        int err = upload_name(sha256);

        if (err || (err = shelf_open(&uploads, office, "uploads")) ||
            (err = file_read_all(bytes, uploads, sha256)))
                return err;
        (void)snprintf(name, sizeof(name), "%s.json", sha256);
        err = file_read_all(&kept, uploads, name);
        return err ? err : json_read(choices, (struct text){ kept.data, kept.len }, NULL);
}

void shelf_drop_upload(struct office *office, const char *sha256)
{
        AUTO(folder_close_at) struct folder *uploads = NULL;
        char name[SHA256_HEX_MAX + 8];

        if (upload_name(sha256) || shelf_open(&uploads, office, "uploads"))
                return;
        (void)snprintf(name, sizeof(name), "%s.json", sha256);
        (void)!file_remove(uploads, sha256);
        (void)!file_remove(uploads, name);
}

int shelf_keep_set(struct office *office, const char *store, struct text bytes)
{
        AUTO(folder_close_at) struct folder *sets = NULL;
        int err = shelf_open(&sets, office, "sets");

        return err ? err : file_write_atomic(sets, store, bytes, SHELF_FILE_MODE);
}

int shelf_open_set(int *fd, uint64_t *bytes, struct office *office, const char *store)
{
        AUTO(folder_close_at) struct folder *sets = NULL;
        int64_t size = 0;
        int err = store[0] ? shelf_open(&sets, office, "sets") : ERR_MISSING;

        if (!err)
                err = file_size(&size, sets, store);
        if (!err)
                err = file_open_read(fd, sets, store);
        if (!err)
                *bytes = (uint64_t)size;
        return err;
}

static int load(struct indicator_set **out, const struct folder *sets, const char *store)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        int err = file_read_all(&bytes, sets, store);

        return err ? err : indicator_set_parse(out, (struct text){ bytes.data, bytes.len }, NULL);
}

int shelf_load_set(struct indicator_set **out, struct office *office, const char *store)
{
        AUTO(folder_close_at) struct folder *sets = NULL;
        int err = shelf_open(&sets, office, "sets");

        return err ? err : load(out, sets, store);
}

static int add_store(
    struct indicator_builder *builder, const struct folder *sets, const char *store)
{
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        int err = load(&set, sets, store);

        return err ? err : indicator_builder_add_set(builder, set);
}

static int merge(struct indicator_set **out, struct folder *sets, struct db *db)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        AUTO(json_free_at) json_t *stores = NULL;
        const json_t *row;
        size_t i;
        int err;

        if ((err = list_stores_json(&stores, db)) ||
            (err = indicator_builder_new(&builder, BUILDER_INDICATORS_MAX)))
                return err;
        json_array_foreach(stores, i,
            row) if ((err = add_store(builder, sets, json_get_text(row, "store")))) return err;
        return indicator_builder_finish(out, builder);
}

/* The hash lists of the sweep are lines of "digest name". */
static int hash_lines(struct buffer *out, const struct indicator_set *set)
{
        static const enum indicator_type types[] = { INDICATOR_MD5, INDICATOR_SHA1,
                INDICATOR_SHA256 };
        struct indicator_counts counts;

        indicator_set_count(&counts, set);
        for (size_t t = 0; t < ARRAY_LEN(types); t++)
                for (size_t n = 0; n < counts.of[types[t]]; n++) {
                        struct indicator_view view;
                        struct text value;
                        int err;

                        indicator_set_at(&view, set, types[t], n);
                        value = indicator_view_value(&view);
                        err = buffer_add_format(out, "%.*s %.*s\n", TEXT_ARGS(value),
                            TEXT_ARGS(view.family.len ? view.family : view.source));
                        if (err)
                                return err;
                }
        return 0;
}

static json_t *counts_json(const struct indicator_set *set, const char *generation, time_ms at)
{
        struct indicator_counts c;

        indicator_set_count(&c, set);
        return json_pack("{s:s,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "generation", generation,
            "made_at", json_time(at), "total", (json_int_t)c.total, "ipv4",
            (json_int_t)c.of[INDICATOR_IPV4], "ipv6", (json_int_t)c.of[INDICATOR_IPV6], "prefixes",
            (json_int_t)c.of[INDICATOR_PREFIX], "names", (json_int_t)c.of[INDICATOR_NAME], "urls",
            (json_int_t)c.of[INDICATOR_URL], "hashes",
            (json_int_t)(c.of[INDICATOR_MD5] + c.of[INDICATOR_SHA1] + c.of[INDICATOR_SHA256]),
            "certificates", (json_int_t)c.of[INDICATOR_CERTIFICATE], "bytes", (json_int_t)c.bytes);
}

static int tell(struct db *db, const struct clock *clock, const json_t *counts)
{
        char *text = json_dumps(counts, JSON_COMPACT);
        int err = text ? db_begin(db) : ERR_MEMORY;

        if (!err) {
                if (!(err = setting_write(db, clock, "set_in_use", text_of(text))) &&
                    !(err = registry_changed(db, clock, "set", "", NULL)))
                        err = db_commit(db);
                if (err)
                        db_rollback(db);
        }
        free(text);
        return err;
}

int shelf_publish(json_t **counts, struct office *office, struct db *db, const struct clock *clock)
{
        AUTO(folder_close_at) struct folder *sets = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(buffer_done) struct buffer hashes = BUFFER(HASHES_MAX);
        AUTO(json_free_at) json_t *said = NULL;
        struct text bytes;
        char generation[40] = "";
        int err;

        if ((err = shelf_open(&sets, office, "sets")) || (err = merge(&set, sets, db)) ||
            (err = hash_lines(&hashes, set)))
                return err;
        bytes = indicator_set_bytes(set);
        if ((err = file_write_atomic(sets, "in-use", bytes, SHELF_FILE_MODE)) ||
            (err = office_publish_set(office, generation, bytes,
                 (struct text){ hashes.data ? hashes.data : "", hashes.len })))
                return err;
        said = counts_json(set, generation, clock_now(clock));
        if (!said)
                return ERR_MEMORY;
        err = tell(db, clock, said);
        if (!err && counts)
                *counts = MOVE(said);
        return err;
}

static int copies_open(struct folder **out, struct office *office, const char *feed_id)
{
        return ulid_is_valid(text_of(feed_id)) ? shelf_open(out, office, "feeds") : ERR_FORMAT;
}

int shelf_keep_copy(struct office *office, const char *feed_id, struct text bytes)
{
        AUTO(folder_close_at) struct folder *feeds = NULL;
        int err = copies_open(&feeds, office, feed_id);

        return err ? err : file_write_atomic(feeds, feed_id, bytes, SHELF_FILE_MODE);
}

int shelf_read_copy(struct buffer *out, struct office *office, const char *feed_id)
{
        AUTO(folder_close_at) struct folder *feeds = NULL;
        int err = copies_open(&feeds, office, feed_id);

        return err ? err : file_read_all(out, feeds, feed_id);
}

void shelf_drop_copy(struct office *office, const char *feed_id)
{
        AUTO(folder_close_at) struct folder *feeds = NULL;

        if (copies_open(&feeds, office, feed_id) == 0)
                (void)!file_remove(feeds, feed_id);
}

int shelf_read_set(struct buffer *out, struct office *office)
{
        AUTO(folder_close_at) struct folder *sets = NULL;
        int err = shelf_open(&sets, office, "sets");

        if (!err)
                err = file_read_all(out, sets, "in-use");
        return err == ERR_MISSING ? 0 : err;
}
