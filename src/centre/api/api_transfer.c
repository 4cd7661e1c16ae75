/* Tables out and in as CSV. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "centre/office.h"
#include "office/registry/transfer.h"
#include "system/db/db.h"

/* Who took which table out, and of which unit. */
static int note_export(struct call *call, const struct record_topic *t)
{
        const struct told told = { .act = "export",
                .kind = record_topic_word(t),
                .id = "",
                .unit_id = call->scope.unit_id };
        int err = db_begin(call->db);

        return err ? err : registry_finish(0, call, &told);
}

static int export_table(struct reply *reply, struct call *call)
{
        const struct record_topic *t = record_topic_of(call->params[0]);
        struct text separator = call_query(call, "separator");
        AUTO(buffer_done) struct buffer out = BUFFER(BODY_FILE_MAX);
        char name[64];
        const char *copy;
        int err;

        if (!t)
                return ERR_MISSING;
        if (separator.len && !text_is(separator, ";") && !text_is(separator, ","))
                return ERR_FORMAT;
        err = transfer_export(&out, call->db, &call->scope, t, text_is(separator, ",") ? ',' : ';');
        if (!err)
                err = note_export(call, t);
        if (err)
                return err;
        snprintf(name, sizeof(name), "%s.csv", record_topic_word(t));
        copy = arena_text(call->arena, text_of(name));
        if (!copy)
                return ERR_MEMORY;
        reply->file_name = text_of(copy);
        reply->status = 200;
        reply->content_type = "text/csv; charset=utf-8";
        reply->body = out;
        out = (struct buffer){ 0 };
        return 0;
}

static int conflict_of(enum transfer_conflict *out, struct text word)
{
        *out = text_is(word, "skip")     ? TRANSFER_SKIP
               : text_is(word, "update") ? TRANSFER_UPDATE
                                         : TRANSFER_STOP;
        return word.len == 0 || text_is(word, "stop") || *out != TRANSFER_STOP ? 0 : ERR_FORMAT;
}

static int result_json(json_t **out, const struct transfer_result *r)
{
        json_t *refused = json_array();

        for (size_t i = 0; i < r->refused_count; i++) {
                const struct parse_error *bad = &r->refused[i].bad;
                json_t *why = json_both(bad->why_vi, bad->why_en);
                json_t *row = json_pack("{s:I,s:o}", "line", (json_int_t)bad->line, "why", why);

                if (json_array_append_new(refused, row)) {
                        json_decref(refused);
                        return ERR_MEMORY;
                }
        }
        *out = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:o}", "rows", (json_int_t)r->rows,
            "created", (json_int_t)r->created, "changed", (json_int_t)r->changed, "same",
            (json_int_t)r->same, "skipped", (json_int_t)r->skipped, "refused_total",
            (json_int_t)r->refused_total, "written", r->written, "refused", refused);
        return *out ? 0 : ERR_MEMORY;
}

static int import_table(struct reply *reply, struct call *call)
{
        const struct record_topic *t = record_topic_of(call->params[0]);
        struct transfer_options options = { .dry_run = call_query(call, "dry_run").len &&
                                                       !text_is(call_query(call, "dry_run"), "0") };
        struct transfer_result result;
        struct parse_error bad = { 0 };
        json_t *body;
        int err;

        if (!t)
                return ERR_MISSING;
        err = conflict_of(&options.on_conflict, call_query(call, "on_conflict"));
        if (!err)
                err = transfer_import(&result, call->arena, call->db, call->clock, &call->scope, t,
                    &options, call->body, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        if (result.written)
                office_notify_change(call->office);
        err = result_json(&body, &result);
        return err ? err : reply_json(reply, 200, body);
}

static const struct route routes[] = {
        { "GET", "/api/v1/export/{table}", ROLE_UNIT, 0, export_table },
        { "POST", "/api/v1/import/{table}", ROLE_OFFICE, ROUTE_FILE_BODY, import_table },
};
const struct route_table api_transfer = { routes, ARRAY_LEN(routes) };
