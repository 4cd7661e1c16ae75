/* centre/api/api_reports.c: reports: figures frozen when made, fields a person edits, files made
 * again from the frozen text each time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_campaign.h"
#include "centre/api/api_routes.h"
#include "centre/api/report_fields.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/campaign.h"
#include "office/campaign/document_rows.h"
#include "office/documents/docx_write.h"
#include "office/documents/malware_removal.h"
#include "office/documents/pdf_write.h"
#include "office/documents/sheet.h"
#include "office/documents/sheet_json.h"
#include "system/db/db.h"

enum { ID_MAX = 64, REPORT_BYTES_MAX = 32 << 20, REPORT_ARENA_MAX = 64 << 20 };

static json_t *time_json(time_ms at)
{
        char out[TIMESTAMP_TEXT_MAX];

        return at ? json_string(timestamp_write(out, at)) : json_null();
}

static json_t *kind_title(void)
{
        return json_both(
            "Báo cáo kết quả rà soát, bóc gỡ mã độc", "Report on the check and removal of malware");
}

static json_t *row_json(const struct document_row *d)
{
        return json_pack("{s:s,s:s,s:o,s:s,s:s,s:o,s:o,s:o,s:s}", "id", d->id.data, "kind",
            d->kind.data, "title", kind_title(), "number", d->number.data, "state", d->state.data,
            "from", time_json(d->from), "until", time_json(d->until), "made_at",
            time_json(d->made_at), "made_by", d->made_by.data);
}

static int get_reports(struct reply *reply, struct call *call)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct document_row *rows;
        json_t *array = json_array();
        size_t count = 0;
        int err = arena_new(&arena, REPORT_ARENA_MAX);

        if (!err)
                err = document_rows_read(&rows, &count, arena, call->db, &call->scope);
        for (size_t i = 0; i < count && !err; i++)
                err = json_array_append_new(array, row_json(&rows[i])) ? ERR_MEMORY : 0;
        if (err) {
                json_decref(array);
                return err;
        }
        return reply_json(reply, 200,
            json_pack("{s:o,s:[{s:s,s:o}]}", "reports", array, "kinds", "id", "malware-removal",
                "title", kind_title()));
}

static int report_make(
    char id[ULID_MAX], struct call *call, struct text directive, time_ms from, time_ms until)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        AUTO(buffer_done) struct buffer frozen = BUFFER(FROZEN_BYTES_MAX);
        struct malware_removal r;
        struct campaign *c;
        int err = arena_new(&arena, CAMPAIGN_ARENA_MAX);

        if (!err)
                err = call_campaign(&c, call, directive);
        if (!err)
                err = campaign_removal_figures(
                    &r, arena, call->db, call->clock, &call->scope, c, from, until);
        if (!err)
                err = malware_removal_freeze(&frozen, &r);
        if (!err)
                err = document_row_add(id, call->db, call->clock, &call->scope, "malware-removal",
                    c->id, from, until, (struct text){ frozen.data, frozen.len });
        return err;
}

static int post_report(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct parse_error bad = { 0 };
        struct text kind, directive;
        time_ms from, until;
        char id[ULID_MAX];
        int err = call_json(&json, call, &bad);

        if (!err)
                err = json_field_text(&kind, json, "kind", ID_MAX, &bad);
        if (!err)
                err = json_field_text_or_none(&directive, json, "directive", ID_MAX, &bad);
        if (!err)
                err = json_field_time(&from, json, "from", &bad);
        if (!err)
                err = json_field_time(&until, json, "until", &bad);
        if (!err && (!text_is(kind, "malware-removal") || until <= from))
                err = parse_error_set(&bad, 0,
                    "Không có loại báo cáo này, hoặc kỳ báo cáo không đúng thứ tự",
                    "There is no such kind of report, or the period ends before it begins");
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = report_make(id, call, directive, from, until);
        return err ? err : reply_json(reply, 201, json_pack("{s:s}", "id", id));
}

/* A report as it stands: the row, its figures, its fields and the sheet. All of it in the arena. */
struct opened {
        struct document_row row;
        struct malware_removal figures;
        struct document_fields fields;
        struct sheet *sheet;
};

static int open_report(struct opened *o, struct call *call, struct arena *arena)
{
        int err = document_row_read(&o->row, arena, call->db, &call->scope, call->params[0]);

        if (!err)
                err = malware_removal_thaw(&o->figures, arena, o->row.frozen);
        if (!err)
                err = report_fields_read(&o->fields, arena, &o->row);
        if (!err)
                err = malware_removal_sheet(
                    &o->sheet, arena, &o->figures, &o->fields, o->row.sha256.data);
        return err;
}

static json_t *figures_json(const struct malware_removal *r)
{
        json_t *array = json_array();

        for (int f = 0; f < REMOVAL_FIGURES; f++)
                (void)json_array_append_new(
                    array, json_pack("{s:i,s:o,s:I,s:{s:s,s:s}}", "number", f + 1, "label",
                               json_both(removal_figure_label_vi((enum removal_figure)f),
                                   removal_figure_label_en((enum removal_figure)f)),
                               "value", (json_int_t)r->figures[f], "link", "page",
                               removal_figure_page((enum removal_figure)f), "query",
                               removal_figure_query((enum removal_figure)f)));
        return array;
}

static json_t *weak_json(const struct malware_removal *r)
{
        json_t *array = json_array();

        for (size_t i = 0; i < r->gap_count; i++)
                (void)json_array_append_new(
                    array, json_pack("{s:o,s:o}", "label",
                               json_both(r->gaps[i].label_vi.data, r->gaps[i].label_en.data), "why",
                               json_both(r->gaps[i].why_vi.data, r->gaps[i].why_en.data)));
        return array;
}

static int get_report(struct reply *reply, struct call *call)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct opened o;
        json_t *json;
        int err = arena_new(&arena, REPORT_ARENA_MAX);

        if (!err)
                err = open_report(&o, call, arena);
        if (err)
                return err;
        json = row_json(&o.row);
        if (!json)
                return ERR_MEMORY;
        (void)json_object_set_new(json, "fields", report_fields_json(&o.fields));
        (void)json_object_set_new(json, "sheet", sheet_json(o.sheet));
        (void)json_object_set_new(json, "figures", figures_json(&o.figures));
        (void)json_object_set_new(json, "weak", weak_json(&o.figures));
        (void)json_object_set_new(json, "sha256", json_string(o.row.sha256.data));
        return reply_json(reply, 200, json);
}

static int patch_report(struct reply *reply, struct call *call)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        AUTO(json_free_at) json_t *json = NULL;
        AUTO(buffer_done) struct buffer fields = BUFFER(64 << 10);
        struct parse_error bad = { 0 };
        struct opened o;
        int err = arena_new(&arena, REPORT_ARENA_MAX);

        if (!err)
                err = open_report(&o, call, arena);
        if (err)
                return err;
        err = call_json(&json, call, &bad);
        if (!err)
                err = report_fields_change(&o.fields, json, &bad);
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = report_fields_write(&fields, &o.fields);
        if (!err)
                err = document_row_edit(call->db, call->clock, &call->scope, call->params[0],
                    o.fields.number, o.fields.signer, o.fields.signed_on,
                    (struct text){ fields.data, fields.len });
        if (err == ERR_DENIED)
                return reply_problem(reply, call, 409, "signed",
                    "Văn bản đã ký, không sửa được nữa",
                    "The document is signed and cannot be edited any more");
        return err ? err : get_report(reply, call);
}

static int post_move(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *json = NULL;
        struct parse_error bad = { 0 };
        struct text to;
        int err = call_json(&json, call, &bad);

        if (!err)
                err = json_field_text(&to, json, "to", 16, &bad);
        if (err)
                return reply_bad_input(reply, call, &bad);
        err = document_row_move(call->db, call->clock, &call->scope, call->params[0], to);
        if (err == ERR_FORMAT)
                return reply_problem(reply, call, 409, "move_refused",
                    "Không chuyển được: sai thứ tự, hoặc còn thiếu số, ngày ký, người ký",
                    "Not possible: out of order, or number, day or signer are missing");
        return err ? err : get_report(reply, call);
}

typedef int (*file_writer)(struct buffer *out, struct sheet *sheet);

static int get_file(
    struct reply *reply, struct call *call, file_writer write, const char *type, struct text name)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct opened o;
        int err = arena_new(&arena, REPORT_ARENA_MAX);

        if (!err)
                err = open_report(&o, call, arena);
        if (err)
                return err;
        buffer_done(&reply->body);
        buffer_init(&reply->body, REPORT_BYTES_MAX);
        err = write(&reply->body, o.sheet);
        reply->status = 200;
        reply->content_type = type;
        reply->file_name = name;
        return err;
}

static int get_docx(struct reply *reply, struct call *call)
{
        return get_file(reply, call, docx_write,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            TEXT("bao-cao.docx"));
}

static int get_pdf(struct reply *reply, struct call *call)
{
        return get_file(reply, call, pdf_write, "application/pdf", TEXT("bao-cao.pdf"));
}

static const struct route routes[] = {
        { "GET", "/api/v1/reports", ROLE_UNIT, 0, get_reports },
        { "POST", "/api/v1/reports", ROLE_UNIT, 0, post_report },
        { "GET", "/api/v1/reports/{id}", ROLE_UNIT, 0, get_report },
        { "PATCH", "/api/v1/reports/{id}", ROLE_UNIT, 0, patch_report },
        { "POST", "/api/v1/reports/{id}/moves", ROLE_UNIT, 0, post_move },
        { "GET", "/api/v1/reports/{id}/file.docx", ROLE_UNIT, 0, get_docx },
        { "GET", "/api/v1/reports/{id}/file.pdf", ROLE_UNIT, 0, get_pdf },
};
const struct route_table api_reports = { routes, ARRAY_LEN(routes) };
