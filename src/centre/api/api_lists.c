/* centre/api/api_lists.c: lists in: seen first, then filed whole or not at all. Foreign bytes go to
 * the reader and are never parsed here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/lists/list_import.h"
#include "centre/lists/list_months.h"
#include "centre/lists/list_shelf.h"
#include "centre/office.h"
#include "centre/reader/job_list.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

enum { ZONE_MAX = 14 * 60 };

static const char *const choice_names[] = { "as", "source", "kind", "map", "zone_minutes",
        "origin" };

static int get_lists(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = json_object();
        json_t *batches, *sources, *set = NULL;
        const char *said = NULL;
        int err = body ? list_batches_json(&batches, call->db) : ERR_MEMORY;

        if (err)
                return err;
        if (json_object_set_new(body, "batches", batches))
                return ERR_MEMORY;
        err = list_sources_json(&sources, call->db);
        if (err)
                return err;
        if (json_object_set_new(body, "sources", sources))
                return ERR_MEMORY;
        err = setting_read(&said, call->arena, call->db, "set_in_use");
        if (err && err != ERR_MISSING)
                return err;
        if (err || json_read(&set, text_of(said), NULL))
                set = json_null();
        if (json_object_set_new(body, "set", set))
                return ERR_MEMORY;
        return reply_json(reply, 200, MOVE(body));
}

static int add_known(json_t *preview, struct call *call, const char *sha256, const char *source)
{
        json_t *already;
        int err = list_batch_of_file(&already, call->db, sha256);

        if (err && err != ERR_MISSING)
                return err;
        if (json_object_set_new(preview, "already", err ? json_null() : already) ||
            json_object_set_new(preview, "upload", json_string(sha256)) ||
            json_object_set_new(preview, "sha256", json_string(sha256)) ||
            json_object_set_new(preview, "source", source[0] ? json_string(source) : json_null()))
                return ERR_MEMORY;
        return 0;
}

static int preview(struct reply *reply, struct call *call, const char *sha256,
    const json_t *choices, struct text bytes)
{
        AUTO(buffer_done) struct buffer out = BUFFER(JOB_LIST_OUT_MAX);
        AUTO(json_free_at) json_t *shown = NULL;
        struct parse_error bad = { 0 };
        const char *source = json_get_text(choices, "source");
        char *options;
        int err = list_import_options(&options, call->office, call->db, choices);

        if (err)
                return err;
        err = office_reader_run(call->office, &out, "list-preview", options, bytes, &bad);
        free(options);
        if (!err)
                err = json_read(&shown, (struct text){ out.data, out.len }, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        if ((err = add_known(shown, call, sha256, source)) ||
            (err = list_preview_enrich(shown, call->db, call->clock, source)))
                return err;
        return reply_json(reply, 200, MOVE(shown));
}

static int put_word(json_t *choices, const char *name, const char *value)
{
        if (!value)
                return ERR_MEMORY;
        return value[0] && json_object_set_new(choices, name, json_string(value)) ? ERR_FORMAT : 0;
}

static int post_preview(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *choices = json_object();
        char sha256[SHA256_HEX_MAX];
        int64_t zone = 0;
        struct text said = call_query(call, "zone");
        int err = choices ? 0 : ERR_MEMORY;

        if (err || (err = put_word(choices, "file_name", call_word(call, "name"))) ||
            (err = put_word(choices, "as", call_word(call, "as"))) ||
            (err = put_word(choices, "source", call_word(call, "source"))) ||
            (err = put_word(choices, "kind", call_word(call, "kind"))))
                return err;
        if (said.len) {
                if (text_to_i64(&zone, said) || zone < -ZONE_MAX || zone > ZONE_MAX)
                        return ERR_FORMAT;
                if (json_object_set_new(choices, "zone_minutes", json_integer(zone)))
                        return ERR_MEMORY;
        }
        if (call->body.len == 0)
                return reply_problem(
                    reply, call, 400, "empty", "Tệp không có nội dung.", "The file is empty.");
        if ((err = shelf_keep_upload(sha256, call->office, call->body)) ||
            (err = shelf_keep_choices(call->office, sha256, choices)))
                return err;
        return preview(reply, call, sha256, choices, call->body);
}

static int take_choices(json_t *choices, const json_t *body)
{
        for (size_t i = 0; i < ARRAY_LEN(choice_names); i++) {
                json_t *value = json_object_get(body, choice_names[i]);

                if (value && !json_is_null(value) &&
                    json_object_set(choices, choice_names[i], value))
                        return ERR_MEMORY;
        }
        return 0;
}

static int post_preview_again(struct reply *reply, struct call *call)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(BODY_FILE_MAX);
        AUTO(json_free_at) json_t *choices = NULL;
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        const char *sha256 = call_param(call, 0);
        int err = sha256 ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (err)
                return reply_refused(reply, call, err, &bad);
        if ((err = shelf_read_upload(&bytes, &choices, call->office, sha256)) ||
            (err = take_choices(choices, body)) ||
            (err = shelf_keep_choices(call->office, sha256, choices)))
                return err;
        return preview(reply, call, sha256, choices, (struct text){ bytes.data, bytes.len });
}

static int reply_filed(
    struct reply *reply, struct call *call, int status, const struct list_outcome *outcome)
{
        AUTO(json_free_at) json_t *batch = NULL;
        AUTO(json_free_at) json_t *body = NULL;
        int err = list_batch_json(&batch, call->db, &call->scope, outcome->filed.batch_id);

        if (err)
                return err;
        (void)json_object_del(batch, "rows");
        (void)json_object_del(batch, "refused");
        (void)json_object_del(batch, "warned");
        body = json_pack("{s:O,s:I,s:I,s:I,s:I}", "batch", batch, "findings",
            (json_int_t)outcome->findings, "orders", (json_int_t)outcome->orders, "gone",
            (json_int_t)outcome->filed.gone, "outside", (json_int_t)outcome->filed.outside);
        if (body && status == 409)
                (void)json_object_update_new(
                    body, json_pack("{s:s,s:s,s:i,s:s}", "type", "about:blank", "title",
                              say(call->language, "Tệp này đã được nhập trước đây.",
                                  "This file was imported before."),
                              "status", 409, "code", "already_imported"));
        return body ? reply_json(reply, status, MOVE(body)) : ERR_MEMORY;
}

static int post_list(struct reply *reply, struct call *call)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(BODY_FILE_MAX);
        AUTO(json_free_at) json_t *said = NULL;
        AUTO(json_free_at) json_t *choices = NULL;
        struct parse_error bad = { 0 };
        struct list_import what = { call->office, call->db, call->clock, &call->scope };
        struct list_outcome outcome = { 0 };
        int err = call_json(&said, call, &bad);

        if (err)
                return reply_refused(reply, call, err, &bad);
        what.said = said;
        what.sha256 = json_get_text(said, "upload");
        err = shelf_read_upload(&bytes, &choices, call->office, what.sha256);
        if (!err)
                err = take_choices(choices, said);
        what.choices = choices;
        if (!err && !json_get_text(choices, "source")[0])
                err = parse_error_set(
                    &bad, 0, "Hãy đặt tên nguồn của danh sách", "name the list's source");
        if (!err)
                err = list_import(&outcome, &what, (struct text){ bytes.data, bytes.len }, &bad);
        if (!err)
                shelf_drop_upload(call->office, what.sha256);
        if (err && err != ERR_EXISTS)
                return reply_refused(reply, call, err, &bad);
        if (!err)
                office_notify_change(call->office);
        return reply_filed(reply, call, err ? 409 : 201, &outcome);
}

static int get_months(struct reply *reply, struct call *call)
{
        struct parse_error bad = { 0 };
        json_t *months = NULL;
        int err = list_months_json(&months, call->office, call->db, call_query(call, "old"),
            call_query(call, "new"), &bad);

        return err ? reply_refused(reply, call, err, &bad) : reply_json(reply, 200, months);
}

static int get_list(struct reply *reply, struct call *call)
{
        json_t *batch;
        const char *id = call_param(call, 0);
        int err = id ? list_batch_json(&batch, call->db, &call->scope, id) : ERR_MEMORY;

        return err ? err : reply_json(reply, 200, batch);
}

/* A cell of CSV: quoted, and what a spreadsheet would take for a formula begins with an apostrophe.
 */
static int csv_cell(struct buffer *out, const char *text, char end)
{
        int err = buffer_add_byte(out, '"');

        if (!err && text[0] && strchr("=+-@\t\r", text[0]))
                err = buffer_add_byte(out, '\'');
        for (; !err && *text; text++) {
                if (*text == '"')
                        err = buffer_add_byte(out, '"');
                if (!err)
                        err = buffer_add_byte(out, *text);
        }
        return err ? err : (buffer_add_byte(out, '"') ? ERR_LIMIT : buffer_add_byte(out, end));
}

static int get_refused(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *batch = NULL;
        const char *id = call_param(call, 0), *tongue = call->language == LANGUAGE_EN ? "en" : "vi";
        const json_t *row;
        size_t i;
        int err = id ? list_batch_json(&batch, call->db, &call->scope, id) : ERR_MEMORY;

        if (err)
                return err;
        buffer_init(&reply->body, BODY_FILE_MAX);
        err = buffer_add_text(&reply->body, say(call->language,
                                                "\xEF\xBB\xBF"
                                                "dòng,lý do,nội dung\n",
                                                "\xEF\xBB\xBF"
                                                "line,reason,content\n"));
        json_array_foreach(json_object_get(batch, "refused"), i, row)
        {
                char line[32];

                (void)snprintf(line, sizeof(line), "%lld", (long long)json_get_int(row, "line"));
                if (!err)
                        err = csv_cell(&reply->body, line, ',');
                if (!err)
                        err = csv_cell(
                            &reply->body, json_get_text(json_object_get(row, "why"), tongue), ',');
                if (!err)
                        err = csv_cell(&reply->body, json_get_text(row, "raw"), '\n');
        }
        reply->status = 200;
        reply->content_type = "text/csv; charset=utf-8";
        reply->file_name = TEXT("refused.csv");
        return err;
}

static int delete_list(struct reply *reply, struct call *call)
{
        const char *id = call_param(call, 0);
        int err = id ? list_batch_withdraw(call->db, call->clock, &call->scope, id) : ERR_MEMORY;

        if (err == ERR_UNSUPPORTED)
                return reply_problem(reply, call, 409, "victims_stay",
                    "Danh sách nạn nhân không thể rút: hãy đánh dấu từng dòng.",
                    "A list of victims cannot be withdrawn: decide row by row.");
        if (!err)
                err = shelf_publish(NULL, call->office, call->db, call->clock);
        if (err)
                return err;
        office_notify_change(call->office);
        reply_nothing(reply);
        return 0;
}

static const struct route routes[] = {
        { "GET", "/api/v1/lists", ROLE_UNIT, 0, get_lists },
        { "POST", "/api/v1/lists/preview", ROLE_OFFICE, ROUTE_FILE_BODY, post_preview },
        { "POST", "/api/v1/lists/preview/{upload}", ROLE_OFFICE, 0, post_preview_again },
        { "POST", "/api/v1/lists", ROLE_OFFICE, 0, post_list },
        { "GET", "/api/v1/lists/months", ROLE_UNIT, 0, get_months }, /* before {id} */
        { "GET", "/api/v1/lists/{id}", ROLE_UNIT, 0, get_list },
        { "GET", "/api/v1/lists/{id}/refused.csv", ROLE_OFFICE, 0, get_refused },
        { "DELETE", "/api/v1/lists/{id}", ROLE_OFFICE, 0, delete_list },
};

const struct route_table api_lists = { routes, ARRAY_LEN(routes) };
