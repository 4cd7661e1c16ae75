/* centre/lists/list_import.c: see list_import.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/lists/list_import.h"
#include "base/log.h"
#include "base/mem.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "centre/reader/job_list.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/traffic/orders.h"
#include "system/db/db.h"
#include "system/db/db_json.h"
#include "system/os/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WARNING_FILE_MAX = 8 << 20, HUNT_BACK_DAYS = 366 };

static int add_warning_list(void *state, const char *name)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(WARNING_FILE_MAX);
        struct {
                json_t *lists;
                const struct folder *folder;
        } *in = state;

        if (!text_ends(text_of(name), ".json"))
                return 0;
        if (file_read_all(&bytes, in->folder, name) || !bytes.data)
                return 0; /* one bad file of a pack stops no list; the reader says which it used */
        return json_array_append_new(in->lists, json_stringn(bytes.data, bytes.len)) ? ERR_MEMORY
                                                                                     : 0;
}

/* The texts of the warning lists that the pack brings; none when it brings none. */
static int warning_lists(json_t *lists, struct office *office)
{
        AUTO(folder_close_at) struct folder *folder = NULL;
        char path[OFFICE_PATH_MAX + 32];
        struct {
                json_t *lists;
                const struct folder *folder;
        } state;

        (void)snprintf(path, sizeof(path), "%s/warning-lists", office->packs_folder);
        if (folder_open(&folder, path))
                return 0;
        state.lists = lists;
        state.folder = folder;
        return folder_each(folder, add_warning_list, &state);
}

/* What the reader is told: the person's choices, what the source remembers, our own ranges, the
 * warning lists. */
int list_import_options(char **out, struct office *office, struct db *db, const json_t *choices)
{
        AUTO(json_free_at) json_t *o = json_copy((json_t *)choices);
        AUTO(json_free_at) json_t *source = NULL;
        json_t *ours, *lists = json_array();
        const json_t *map;
        int err = o && lists ? 0 : ERR_MEMORY;

        if (err || json_object_set_new(o, "warning_lists", lists))
                return ERR_MEMORY;
        err = warning_lists(lists, office);
        if (err || (err = list_ours_json(&ours, db)))
                return err;
        if (json_object_set_new(o, "ours", ours))
                return ERR_MEMORY;
        err = list_source_json(&source, db, json_get_text(choices, "source"));
        if (err && err != ERR_MISSING)
                return err;
        map = json_object_get(source, "map");
        if (json_object_size(map) && !json_object_get(o, "map") &&
            json_object_set(o, "map", (json_t *)map))
                return ERR_MEMORY;
        if (source && !json_object_get(o, "zone_minutes") &&
            json_object_set(o, "zone_minutes", json_object_get(source, "zone_minutes")))
                return ERR_MEMORY;
        if (!json_object_get(o, "zone_minutes") &&
            json_object_set_new(o, "zone_minutes", json_integer(ZONE_VIETNAM_MINUTES)))
                return ERR_MEMORY;
        *out = json_dumps(o, JSON_COMPACT);
        return *out ? 0 : ERR_MEMORY;
}

/* The reader's answer: a line of JSON, then the body. */
static int split_answer(
    json_t **head, struct text *rest, const struct buffer *out, struct parse_error *bad)
{
        struct text line;

        *rest = (struct text){ out->data, out->len };
        if (!out->data || !text_split(&line, rest, '\n'))
                return ERR_FORMAT;
        if (!rest->data)
                *rest = TEXT("");
        return json_read(head, line, bad);
}

static int hunt_order(const struct list_import *what, const char *batch_id)
{
        AUTO(json_free_at) json_t *nothing = json_object();
        const struct traffic_wish wish = { .kind = "hunt",
                .argument = nothing,
                .list_id = batch_id,
                .reason = "list",
                .by = what->scope->actor,
                .since = clock_now(what->clock) - HUNT_BACK_DAYS * (time_ms)DAY_MS };
        char id[ULID_MAX];
        int err = nothing ? db_begin(what->db) : ERR_MEMORY;

        if (!err)
                err = traffic_order_add(id, what->db, what->clock, what->scope, &wish);
        if (!err)
                err = db_commit(what->db);
        db_rollback(what->db);
        return err;
}

void list_import_hunt(const struct list_import *what, const char *batch_id)
{
        int err = hunt_order(what, batch_id);

        if (err && err != ERR_MISSING)
                log_line(LOG_LEVEL_WARNING, "centre", "no hunt was ordered for the new list: %s",
                    err_text(err));
}

void list_read_rows_done(struct list_read_rows *r)
{
        buffer_done(&r->answer);
        json_free_at(&r->head);
}

static int check_size(const struct list_import *what, const json_t *head, struct parse_error *bad)
{
        if (json_get_int(json_object_get(head, "counts"), "good") >= what->least_good)
                return 0;
        return parse_error_set(bad, 0,
            "danh sách mới có quá ít dòng dùng được so với lần trước: giữ lần trước",
            "the new list has far fewer good rows than the last one: that one stays");
}

/* The same file of two sources makes two sets: each names its own. */
static void name_store(char out[LIST_STORE_NAME_MAX], const struct list_import *what)
{
        const char *source = json_get_text(what->choices, "source");
        struct sha256 digest = sha256_of(source, strlen(source));
        char hex[SHA256_HEX_MAX];

        (void)snprintf(
            out, LIST_STORE_NAME_MAX, "%s-%.8s.set", what->sha256, sha256_write(hex, &digest));
}

int list_import_read(struct list_read_rows *out, const struct list_import *what, struct text bytes,
    struct parse_error *bad)
{
        char *options;
        int err = list_import_options(&options, what->office, what->db, what->choices);

        *out = (struct list_read_rows){ .answer = BUFFER(JOB_LIST_OUT_MAX) };
        if (err)
                return err;
        err = office_reader_run(what->office, &out->answer, "list-rows", options, bytes, bad);
        free(options);
        if (!err)
                err = split_answer(&out->head, &out->body, &out->answer, bad);
        out->indicators = !err && strcmp(json_get_text(out->head, "body"), "set") == 0;
        if (!err)
                err = check_size(what, out->head, bad);
        if (!err && out->indicators)
                name_store(out->store, what);
        return err;
}

static struct list_filing filing_of(const struct list_import *what, const struct list_read_rows *r)
{
        return (struct list_filing){ .source = json_get_text(what->choices, "source"),
                .kind = r->indicators ? "indicator" : "victim",
                .file_name = json_get_text(what->choices, "file_name"),
                .sha256 = what->sha256,
                .period = json_get_text(what->said, "period"),
                .letter = json_get_text(what->said, "letter"),
                .scope = what->scope,
                .store = r->store,
                .map = json_object_get(what->choices, "map"),
                .zone_minutes = (int)json_get_int(what->choices, "zone_minutes"),
                .head = r->head,
                .rows = r->indicators ? (struct text){ NULL, 0 } : r->body };
}

/* The set of the list is on disk before its row says so. */
static int keep_set(const struct list_import *what, const struct list_read_rows *r)
{
        return r->indicators ? shelf_keep_set(what->office, r->store, r->body) : 0;
}

int list_import_file_within(struct list_outcome *out, const struct list_import *what,
    struct list_read_rows *rows, struct parse_error *bad)
{
        const struct list_filing f = filing_of(what, rows);
        int err = keep_set(what, rows);

        return err ? err
                   : intake_file_list_within(out, what->db, what->clock,
                         intake_rules(what->office->packs_folder), &f, bad);
}

int list_import(struct list_outcome *out, const struct list_import *what, struct text bytes,
    struct parse_error *bad)
{
        AUTO(list_read_rows_done) struct list_read_rows rows = { .head = NULL };
        struct list_filing f;
        int err = list_import_read(&rows, what, bytes, bad);

        if (!err)
                err = keep_set(what, &rows);
        if (err)
                return err;
        f = filing_of(what, &rows);
        err = intake_file_list(
            out, what->db, what->clock, intake_rules(what->office->packs_folder), &f, bad);
        if (err || !rows.indicators)
                return err;
        err = shelf_publish(NULL, what->office, what->db, what->clock);
        if (err) /* a set that cannot be published takes its row back */
                (void)!list_batch_withdraw(what->db, what->clock, what->scope, out->filed.batch_id);
        else
                list_import_hunt(what, out->filed.batch_id);
        return err;
}
