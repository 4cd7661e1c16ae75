/* SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/transfer.h"

#include "base/mem.h"
#include "codec/csv.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "system/db/db.h"

enum { CELL_MAX = 4 << 10, ROW_ARENA_MAX = 512 << 10, PASSES_MAX = 20 };

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct exporting {
        struct buffer *out;
        const struct record_field *fields;
        size_t count;
        char separator;
};

/* Days as officials write them; a time that is no midnight in Vietnam as RFC 3339, so that it comes
 * back. */
static int add_day(struct buffer *out, const char *value, char separator)
{
        char text[TIMESTAMP_TEXT_MAX] = "";
        struct civil_time c;
        int64_t at;

        if (!value[0] || strcmp(value, "0") == 0)
                return 0;
        if (text_to_i64(&at, text_of(value)))
                return ERR_BUG;
        civil_time_from_utc(&c, at, ZONE_VIETNAM_MINUTES);
        if (c.hour || c.minute || c.second || c.millisecond)
                timestamp_write(text, at);
        else
                timestamp_write_day(text, at, ZONE_VIETNAM_MINUTES);
        return csv_add_cell(out, text_of(text), separator);
}

static int export_row(void *state, const struct record *r)
{
        const struct exporting *e = state;
        int err = 0;

        for (size_t i = 0; i < e->count && !err; i++) {
                if (i)
                        err = buffer_add_byte(e->out, e->separator);
                if (!err)
                        err = e->fields[i].kind == RECORD_DAY
                                  ? add_day(e->out, r->values[i], e->separator)
                                  : csv_add_cell(e->out, text_of(r->values[i]), e->separator);
        }
        return err ? err : buffer_add_text(e->out, "\r\n");
}

int transfer_export(struct buffer *out, struct db *db, const struct scope *scope,
    const struct record_topic *t, char separator)
{
        struct exporting e = { .out = out, .separator = separator };
        int err = buffer_add_text(out, byte_order_mark);

        e.fields = record_fields(&e.count, t);
        for (size_t i = 0; i < e.count && !err; i++) {
                if (i)
                        err = buffer_add_byte(out, separator);
                if (!err)
                        err = csv_add_cell(out, text_of(e.fields[i].name), separator);
        }
        if (!err)
                err = buffer_add_text(out, "\r\n");
        return err ? err : records_each(db, scope, t, NULL, export_row, &e);
}

struct importing {
        struct transfer_result result;
        struct db *db;
        const struct clock *clock;
        const struct scope *scope;
        struct arena *arena; /* of the result */
        const struct record_topic *t;
        const struct record_field *fields;
        size_t count;
        enum transfer_conflict on_conflict;
        size_t columns[RECORD_FIELDS_MAX]; /* field of each column of the file */
        size_t column_count;
};

/* What csv_add_cell put in front so that a spreadsheet does not run the cell. */
static struct text without_guard(struct text cell)
{
        if (cell.len > 1 && cell.data[0] == '\'' && strchr("=+-@\t", cell.data[1]))
                return (struct text){ cell.data + 1, cell.len - 1 };
        return cell;
}

static int refuse(struct importing *im, struct parse_error *bad, size_t line)
{
        struct transfer_result *r = &im->result;

        bad->line = line;
        if (!bad->why_vi[0])
                (void)parse_error_set(
                    bad, line, "Dòng này không ghi được.", "This row cannot be stored.");
        r->refused_total++;
        if (r->refused_count < TRANSFER_REFUSED_SHOWN)
                r->refused[r->refused_count++].bad = *bad;
        return 0;
}

static bool is_same(const struct record *a, const struct record *b, size_t count)
{
        for (size_t i = 1; i < count; i++)
                if (strcmp(a->values[i], b->values[i]) != 0)
                        return false;
        return true;
}

static int read_cells(struct record *r, struct importing *im, struct arena *arena,
    const struct text *cells, size_t count, struct parse_error *bad)
{
        for (size_t i = 0; i < im->column_count; i++) {
                struct text cell = i < count ? without_guard(cells[i]) : TEXT("");
                int err = record_set(r, arena, im->t, im->columns[i], cell, bad);

                if (err)
                        return err;
        }
        return 0;
}

static int conflict(struct importing *im, struct parse_error *bad)
{
        if (im->on_conflict == TRANSFER_SKIP) {
                im->result.skipped++;
                return 0;
        }
        return parse_error_set(bad, 0, "Đã có dòng này với nội dung khác.",
            "This row is there already with other contents.");
}

static int import_known(struct importing *im, struct arena *arena, struct record *there,
    const struct text *cells, size_t count, struct parse_error *bad)
{
        struct record merged = *there;
        char id[ULID_MAX];
        int err = read_cells(&merged, im, arena, cells, count, bad);

        if (err)
                return err;
        merged.values[0] = there->values[0];
        if (is_same(there, &merged, im->count)) {
                im->result.same++;
                return 0;
        }
        if (im->on_conflict != TRANSFER_UPDATE)
                return conflict(im, bad);
        err = record_save(id, im->db, im->clock, im->scope, arena, im->t, &merged, false, bad);
        im->result.changed += !err;
        return err;
}

static int import_row(
    struct importing *im, const struct text *cells, size_t count, struct parse_error *bad)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct record r, there;
        char id[ULID_MAX];
        int err = arena_new(&arena, ROW_ARENA_MAX);

        if (err)
                return err;
        if (count > im->column_count)
                return parse_error_set(bad, 0, "Dòng có nhiều ô hơn dòng tiêu đề.",
                    "The row has more cells than the header.");
        record_init(&r, im->t);
        err = read_cells(&r, im, arena, cells, count, bad);
        if (err)
                return err;
        err = record_find(&there, arena, im->db, im->scope, im->t, &r);
        if (!err)
                return import_known(im, arena, &there, cells, count, bad);
        if (err != ERR_MISSING)
                return err;
        err = record_save(id, im->db, im->clock, im->scope, arena, im->t, &r, true, bad);
        im->result.created += !err;
        return err;
}

static bool is_refusal(int err)
{
        return err == ERR_FORMAT || err == ERR_MISSING || err == ERR_EXISTS || err == ERR_DENIED ||
               err == ERR_LIMIT;
}

static bool is_blank(const struct text *cells, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (text_trim(cells[i]).len)
                        return false;
        return true;
}

static int import_rows(struct importing *im, struct csv *csv, struct parse_error *bad)
{
        struct text cells[RECORD_FIELDS_MAX * 2];
        size_t count;
        int err;

        while ((err = csv_next(&count, cells, ARRAY_LEN(cells), csv, bad)) == 0) {
                struct parse_error why = { 0 };

                if (is_blank(cells, count))
                        continue;
                if (++im->result.rows > TRANSFER_ROWS_MAX)
                        return parse_error_set(bad, csv->row_line, "Tệp có quá nhiều dòng.",
                            "The file has too many rows.");
                err = import_row(im, cells, count, &why);
                if (err && !is_refusal(err))
                        return err;
                if (err)
                        (void)refuse(im, &why, csv->row_line);
        }
        return err == ERR_MISSING ? 0 : err;
}

static int read_header(struct importing *im, struct csv *csv, struct parse_error *bad)
{
        struct text cells[RECORD_FIELDS_MAX * 2];
        size_t count;
        int err = csv_next(&count, cells, ARRAY_LEN(cells), csv, bad);

        if (err)
                return err == ERR_MISSING
                           ? parse_error_set(bad, 1, "Tệp trống.", "The file is empty.")
                           : err;
        im->column_count = 0;
        for (size_t i = 0; i < count; i++) {
                size_t field = 0;
                struct text name = text_trim(cells[i]);

                while (field < im->count && !text_is_nocase(name, im->fields[field].name))
                        field++;
                if (field == im->count || im->column_count == RECORD_FIELDS_MAX)
                        return parse_error_quote(bad, csv->row_line, "Bảng này không có cột “%s”.",
                            "This table has no column “%s”.", name.data, name.len);
                im->columns[im->column_count++] = field;
        }
        return 0;
}

static int import_pass(
    struct importing *im, struct text bytes, char separator, struct parse_error *bad)
{
        AUTO(csv_done) struct csv csv;
        int err;

        csv_init(&csv, bytes, separator, CELL_MAX);
        im->result.rows = im->result.same = im->result.skipped = 0;
        im->result.refused_total = im->result.refused_count = 0;
        err = read_header(im, &csv, bad);
        return err ? err : import_rows(im, &csv, bad);
}

/* A row may name a parent that stands further down: what was refused is tried again as long as a
 * pass brings new rows. Rows of earlier passes then look the same: they are counted once. */
static int import_passes(
    struct importing *im, struct text bytes, char separator, struct parse_error *bad)
{
        for (size_t pass = 0; pass < PASSES_MAX; pass++) {
                size_t before = im->result.created + im->result.changed;
                int err = import_pass(im, bytes, separator, bad);

                if (err)
                        return err;
                im->result.same -= im->result.same < before ? im->result.same : before;
                if (!im->result.refused_total || im->result.created + im->result.changed == before)
                        return 0;
        }
        return 0;
}

/* Inside the transaction: what was imported is in the trail, or not imported. */
static int tell(struct importing *im)
{
        AUTO(json_free_at)
        json_t *detail = json_pack("{s:I,s:I}", "created", (json_int_t)im->result.created,
            "changed", (json_int_t)im->result.changed);
        int err = audit_add(im->db, im->clock, im->scope, "import", record_topic_word(im->t), "",
            im->scope->unit_id, detail);

        return err ? err : registry_changed(im->db, im->clock, "registry", "", im->scope->unit_id);
}

static int finish(struct importing *im, bool dry_run)
{
        int err;

        if (dry_run || im->result.refused_total) {
                db_rollback(im->db);
                return 0;
        }
        err = tell(im);
        if (!err)
                err = db_commit(im->db);
        if (err)
                db_rollback(im->db);
        im->result.written = !err;
        return err;
}

int transfer_import(struct transfer_result *out, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct record_topic *t,
    const struct transfer_options *options, struct text bytes, struct parse_error *bad)
{
        struct importing im = { .db = db,
                .clock = clock,
                .scope = scope,
                .arena = arena,
                .t = t,
                .on_conflict = options->on_conflict };
        char separator;
        int err;

        im.fields = record_fields(&im.count, t);
        im.result.refused = arena_zero(arena, TRANSFER_REFUSED_SHOWN, sizeof(*im.result.refused));
        if (!im.result.refused)
                return ERR_MEMORY;
        if (text_starts(bytes, byte_order_mark))
                bytes = (struct text){ bytes.data + 3, bytes.len - 3 };
        if (!text_is_utf8(bytes))
                return parse_error_set(bad, 0,
                    "Tệp không phải UTF-8: hãy lưu lại dạng “CSV UTF-8”.",
                    "The file is not UTF-8: save it as “CSV UTF-8”.");
        separator = csv_guess_separator(bytes);
        err = db_begin(db);
        if (err)
                return err;
        err = import_passes(&im, bytes, separator ? separator : ';', bad);
        if (err)
                db_rollback(db);
        else
                err = finish(&im, options->dry_run);
        if (!err)
                *out = im.result;
        return err;
}
