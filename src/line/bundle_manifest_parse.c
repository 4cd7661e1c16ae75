/* line/bundle_manifest_parse.c: see bundle_manifest_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/bundle_manifest_parse.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static int copy_field(
    char *out, size_t room, const json_t *o, const char *name, struct parse_error *bad)
{
        struct text t;
        int err = json_field_text_or_none(&t, o, name, room - 1, bad);

        if (err)
                return err;
        if (t.len && memchr(t.data, '\0', t.len))
                return ERR_FORMAT;
        return text_copy(out, room, t.len ? t : TEXT(""));
}

static bool is_plain(const char *name)
{
        size_t good = strspn(
            name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

        return *name && *name != '.' && !name[good];
}

static bool kind_of(enum bundle_kind *out, struct text word)
{
        static const char *const words[BUNDLE_KINDS] = { "set", "rules", "hashes" };

        for (int i = 0; i < BUNDLE_KINDS; i++)
                if (text_is(word, words[i])) {
                        *out = (enum bundle_kind)i;
                        return true;
                }
        return false;
}

static int file_parse(struct bundle_file *f, bool *known, const json_t *o, struct parse_error *bad)
{
        struct text kind, content;
        int err = copy_field(f->name, sizeof(f->name), o, "name", bad);

        if (!err)
                err = json_field_text(&kind, o, "kind", 32, bad);
        if (!err)
                err = json_field_text(&content, o, "sha256", 64, bad);
        if (!err)
                err = sha256_parse(&f->content, content);
        if (!err)
                err = json_field_i64(&f->bytes, o, "bytes", 0, BUNDLE_FILE_BYTES_MAX, bad);
        if (err)
                return err;
        if (!is_plain(f->name))
                return parse_error_set(bad, 0, "tên tệp không hợp lệ", "a file name that is none");
        *known = kind_of(&f->kind, kind);
        return 0;
}

void bundle_manifest_done(struct manifest *m)
{
        mem_free(m->files);
        *m = (struct manifest){ .count = 0 };
}

int bundle_manifest_parse(struct manifest *out, struct text json, struct parse_error *bad)
{
        AUTO(bundle_manifest_done) struct manifest m = { .count = 0 };
        AUTO(json_free_at) json_t *o = NULL;
        struct text format;
        json_t *files;
        int err = json_read(&o, json, bad);

        if (!err)
                err = json_field_text(&format, o, "format", 32, bad);
        if (!err && !text_is(format, "canh-bundle/1"))
                err = parse_error_set(
                    bad, 0, "không phải bản kê gói dữ liệu", "not a bundle manifest");
        if (!err)
                err = copy_field(m.generation, sizeof(m.generation), o, "generation", bad);
        if (!err && !is_plain(m.generation))
                err = parse_error_set(bad, 0, "thế hệ không hợp lệ", "a generation that is none");
        if (!err)
                err = json_field_array(&files, o, "files", BUNDLE_FILES_MAX, bad);
        if (err)
                return err;
        m.files = mem_zero(json_array_size(files), sizeof(*m.files));
        if (!m.files)
                return ERR_MEMORY;
        for (size_t i = 0; i < json_array_size(files); i++) {
                bool known = false;

                err = file_parse(&m.files[m.count], &known, json_array_get(files, i), bad);
                if (err)
                        return err;
                m.count += known;
        }
        *out = m;
        m.files = NULL;
        return 0;
}

bool generation_is_newer(const char *generation, const char *than)
{
        return strcmp(generation, than) > 0;
}

static int order_parse(struct work_order *w, const json_t *o, struct parse_error *bad)
{
        int err = copy_field(w->id, sizeof(w->id), o, "id", bad);

        if (!err)
                err = copy_field(w->kind, sizeof(w->kind), o, "kind", bad);
        if (!err && copy_field(w->reason, sizeof(w->reason), o, "reason", NULL) != 0)
                (void)snprintf(w->reason, sizeof(w->reason), "order");
        if (!err)
                err = copy_field(w->argument, sizeof(w->argument), o, "argument", bad);
        if (!err && json_field_i64(&w->priority, o, "priority", INT32_MIN, INT32_MAX, NULL) != 0)
                w->priority = 0;
        return err || ulid_is_valid(text_of(w->id)) ? err : ERR_FORMAT;
}

static int orders_parse(struct work *w, const json_t *o, struct parse_error *bad)
{
        json_t *orders;
        int err = json_field_array(&orders, o, "orders", WORK_ORDERS_MAX, bad);

        for (size_t i = 0; !err && i < json_array_size(orders); i++)
                err = order_parse(&w->orders[w->order_count++], json_array_get(orders, i), bad);
        return err;
}

static void schedule_parse(struct work *w, const json_t *o)
{
        const json_t *s = json_object_get(o, "schedule");

        if (json_field_i64(&w->inventory_hours, s, "inventory_hours", 1, 24 * 31, NULL))
                w->inventory_hours = 24;
        if (json_field_i64(&w->sweep_hours, s, "sweep_hours", 1, 24 * 31, NULL))
                w->sweep_hours = 24;
        if (json_field_i64(&w->connections_minutes, s, "connections_minutes", 1, 24 * 60, NULL))
                w->connections_minutes = 5;
}

int work_parse(struct work *out, struct text json, struct parse_error *bad)
{
        AUTO(mem_free_at) struct work *w = mem_zero(1, sizeof(*w));
        AUTO(json_free_at) json_t *o = NULL;
        const json_t *bundle;
        int err = w ? json_read(&o, json, bad) : ERR_MEMORY;

        if (!err)
                err = json_field_i64(&w->sequence, o, "sequence", 0, INT64_MAX, bad);
        if (err)
                return err;
        if (json_field_i64(&w->last_report, o, "last_report", 0, INT64_MAX - 1, NULL))
                w->last_report = 0;
        err = orders_parse(w, o, bad);
        schedule_parse(w, o);
        bundle = json_object_get(o, "bundle");
        if (!err && json_is_object(bundle))
                err = copy_field(w->generation, sizeof(w->generation), bundle, "generation", bad);
        if (err)
                return err;
        *out = *w;
        return 0;
}
