/* indicators/lists/list_read.c: see list_read.h. Two readings: list_survey makes a plan per sheet,
 * list_row_* follow it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/lists/list_read.h"
#include "base/mem.h"
#include "codec/charset.h"
#include "codec/csv.h"
#include "indicators/lists/list_container.h"
#include "indicators/lists/list_row.h"

#include <string.h>

enum {
        HEAD_BYTES = 64 << 10,
        TEXT_GROWS = 3,
        READ_SHOWN = 200,
        RAW_MAX = 1 << 20,
        NOTE_CELLS_MAX = 2,
        BYTES_PER_KEY = 16 /* a line with an address; asked for at once, room for keys costs less */
};

const char *list_kind_name(enum list_kind kind)
{
        return kind == LIST_KIND_INDICATOR ? "indicator"
               : kind == LIST_KIND_VICTIM  ? "victim"
                                           : "unknown";
}

int list_summary_new(struct list_summary **out)
{
        struct list_summary *s = mem_zero(1, sizeof(*s));

        if (!s)
                return ERR_MEMORY;
        *out = s;
        return 0;
}

void list_summary_free_at(struct list_summary **summary)
{
        if (*summary)
                for (size_t i = 0; i < (*summary)->first_row_count; i++)
                        for (size_t c = 0; c < (*summary)->first_rows[i].cell_count; c++)
                                mem_free((*summary)->first_rows[i].cells[c]);
        mem_free(*summary);
        *summary = NULL;
}

struct text list_row_cell(
    const struct list_reading *r, const struct list_row *row, enum list_field field, size_t *column)
{
        for (size_t i = 0; r->has[field] && i < row->count && i < r->plan->column_count; i++)
                if (r->plan->fields[i] == field && !list_cell_is_empty(row->cells[i])) {
                        *column = i + 1;
                        return list_cell_trim(row->cells[i]);
                }
        *column = 0;
        return (struct text){ "", 0 };
}

struct text list_row_text(struct list_reading *r, const struct list_row *row, enum list_field field)
{
        size_t column;

        if (!r->has[field])
                return (struct text){ "", 0 };
        return list_cell_text(r->texts[field], list_row_cell(r, row, field, &column));
}

int list_row_time(time_ms *out, const struct list_reading *r, const struct list_row *row,
    enum list_field field, size_t *column)
{
        struct text cell = list_row_cell(r, row, field, column);

        if (cell.len == 0) {
                *out = 0;
                return 0;
        }
        return list_time_parse(
            out, cell, r->plan->dates, r->format->utc ? 0 : r->options->zone_minutes);
}

int list_row_raw(struct text *out, struct list_reading *r, const struct list_row *row)
{
        buffer_clear(&r->raw);
        for (size_t i = 0; i < row->count; i++) {
                int err = i ? buffer_add_byte(&r->raw, ';') : 0;
                if (!err)
                        err = csv_add_exact_cell(&r->raw, row->cells[i], ';');
                if (err == ERR_LIMIT)
                        break; /* a row of a megabyte is cut */
                if (err)
                        return err;
        }
        *out = (struct text){ r->raw.data ? r->raw.data : "", r->raw.len };
        return 0;
}

static struct text shown(struct text t)
{
        if (t.len > READ_SHOWN) {
                t.len = READ_SHOWN;
                while (t.len && ((unsigned char)t.data[t.len] & 0xC0) == 0x80)
                        t.len--;
        }
        return t;
}

int list_row_refuse(struct list_reading *r, const struct list_row *row, size_t column,
    struct text read, const struct list_why *why)
{
        struct list_reason reason = { .line = row->line,
                .column = column,
                .read = shown(read),
                .vi = why->vi,
                .en = why->en };
        int err;

        r->counts.read++;
        r->counts.refused++;
        if (!r->sink->refused)
                return 0;
        err = list_row_raw(&reason.raw, r, row);
        return err ? err : r->sink->refused(r->sink->state, &reason);
}

/* Whether somebody may have meant an address, a name or a hash. */
static bool may_be_value(struct text cell)
{
        size_t dots = 0, colons = 0, longest = 0, run = 0;

        for (size_t i = 0; i < cell.len; i++) {
                char c = cell.data[i];
                dots += c == '.' && i + 1 < cell.len && cell.data[i + 1] != '.' &&
                        cell.data[i + 1] != ' ';
                colons += c == ':' && i + 1 < cell.len && cell.data[i + 1] != ' ';
                run = c == ' ' ? 0 : run + 1;
                longest = run > longest ? run : longest;
        }
        return dots > 0 || colons > 1 || longest >= 32;
}

/* Titles, footers and repeated headers are no rows of the table. */
static bool is_note(const struct list_reading *r, const struct list_row *row)
{
        size_t filled = 0, known = 0, values = 0;

        if (r->format->fields)
                return false;
        for (size_t i = 0; i < row->count; i++) {
                enum list_field field = i < r->plan->column_count ? r->plan->fields[i] : FIELD_NONE;
                if (list_cell_trim(row->cells[i]).len == 0)
                        continue;
                filled++;
                values += (list_plan_is_value(r->plan, field) || field == FIELD_SRC_IP) &&
                          may_be_value(row->cells[i]);
                known += row->cells[i].len < LIST_NAME_MAX && field != FIELD_NONE &&
                         list_field_of_header(row->cells[i]) == field;
        }
        return (values == 0 && filled <= NOTE_CELLS_MAX &&
                   r->plan->column_count > NOTE_CELLS_MAX) ||
               (known >= 2 && known * 2 > filled);
}

/* IntelMQ says per event whose address it is; an event of the other kind must not slip in. */
static bool is_other_kind(const struct list_reading *r, const struct list_row *row)
{
        size_t column;
        enum list_kind kind = list_kind_of_class(list_row_cell(r, row, FIELD_CLASS, &column));

        return kind != LIST_KIND_UNKNOWN && kind != r->kind;
}

static void begin_sheet(struct list_reading *r, const struct list_plan *plan)
{
        memset(r->has, 0, sizeof(r->has));
        for (size_t i = 0; i < plan->column_count; i++)
                r->has[plan->fields[i]] = true;
        r->plan = plan;
        r->row = 0;
}

static int on_row(void *state, size_t line, const struct text *cells, size_t count)
{
        static const struct list_why other = { "sự kiện thuộc loại khác với cả tệp (nạn nhân và "
                                               "dấu hiệu nhận biết không được trộn lẫn)",
                "the event is of another kind than the file (victims and indicators are never "
                "mixed)" };
        struct list_reading *r = state;
        struct list_row row = { line, cells, count };

        if (r->counts.read >= LIST_ROWS_MAX)
                return ERR_LIMIT;
        if (!r->plan)
                begin_sheet(r, list_survey_plan(r->survey, 0));
        if (++r->row <= r->plan->header_rows)
                return 0;
        if (is_note(r, &row))
                return 0;
        if (is_other_kind(r, &row))
                return list_row_refuse(r, &row, 0, (struct text){ "", 0 }, &other);
        return r->kind == LIST_KIND_VICTIM ? list_row_victim(r, &row) : list_row_indicator(r, &row);
}

static int on_sheet(void *state)
{
        struct list_reading *r = state;

        begin_sheet(r, list_survey_plan(r->survey, r->sheet++));
        return 0;
}

static int on_refused(
    void *state, size_t line, const struct text *cells, size_t count, const struct list_why *why)
{
        struct list_row row = { line, cells, count };

        return list_row_refuse(state, &row, 0, cells[0], why);
}

static int refuse_file(struct parse_error *bad, int err, const char *vi, const char *en)
{
        (void)parse_error_set(bad, 0, vi, en);
        return err;
}

/* What people upload by mistake gets a word of its own. */
static int check_known_binary(struct text bytes, struct parse_error *bad)
{
        if (text_starts(bytes, "\xD0\xCF\x11\xE0"))
                return refuse_file(bad, ERR_UNSUPPORTED,
                    "tệp Excel kiểu cũ (.xls): hãy mở và lưu lại thành .xlsx rồi nạp lại",
                    "an old Excel file (.xls): open it, save it as .xlsx and load it again");
        if (text_starts(bytes, "%PDF"))
                return refuse_file(bad, ERR_UNSUPPORTED,
                    "tệp PDF: hãy chép bảng sang Excel hoặc dán nội dung vào ô văn bản",
                    "a PDF file: copy the table to Excel or paste its text");
        if (text_starts(bytes, "\xFD"
                               "7zXZ") ||
            text_starts(bytes, "\x1F\x8B"))
                return refuse_file(bad, ERR_UNSUPPORTED, "tệp nén: hãy giải nén trước",
                    "a compressed file: unpack it first");
        return 0;
}

/* A member "list" that is an array of strings: what it names must never become indicators. */
static bool is_warning_list(struct text t)
{
        const char *list = memmem(t.data, t.len, "\"list\"", 6);
        struct text rest = { list ? list + 6 : "", list ? t.len - (size_t)(list + 6 - t.data) : 0 };

        for (const char *sign = ":[\""; *sign; sign++) {
                rest = text_trim(rest);
                if (rest.len == 0 || rest.data[0] != *sign)
                        return false;
                rest = (struct text){ rest.data + 1, rest.len - 1 };
        }
        return true;
}

static int check_known_json(struct text head, struct parse_error *bad)
{
        struct text t = text_trim(head);

        if (text_starts(t, "{") && is_warning_list(t))
                return refuse_file(bad, ERR_UNSUPPORTED,
                    "đây là danh sách cảnh báo của MISP: dùng để lọc (--warning), không phải danh "
                    "sách dấu hiệu nhận biết",
                    "this is a MISP warning list: it filters (--warning), it is no list of "
                    "indicators");
        return 0;
}

/* Whole lines of at most HEAD_BYTES; the piece of a line when the first one is longer. */
static struct text head_of(struct text t)
{
        struct text head = { t.data, t.len < HEAD_BYTES ? t.len : HEAD_BYTES }, lines = head;

        while (lines.len < t.len && lines.len && lines.data[lines.len - 1] != '\n')
                lines.len--;
        return lines.len ? lines : head;
}

/* The text of a file, its format, its encoding. */
static int open_list(struct text *text, struct buffer *own, struct list_summary *out,
    const struct list_format **format, struct text bytes, const struct list_options *options,
    struct parse_error *bad)
{
        struct list_sample sample = { .file_name = options->file_name, .raw = bytes };
        const struct list_format *wanted = list_format_named(options->as);
        int err;

        if (options->as.len && !wanted)
                return parse_error_quote(bad, 0, "không có định dạng tên là \"%s\"",
                    "there is no format named \"%s\"", options->as.data, options->as.len);
        *text = bytes;
        *format = wanted ? wanted : list_format_guess(&sample);
        out->encoding = "binary";
        if (!(*format)->binary) {
                err = check_known_binary(bytes, bad);
                if (!err)
                        err = charset_to_utf8(text, own, &out->encoding, bytes, bad);
                if (err)
                        return err;
                sample.head = head_of(*text);
                err = wanted ? 0 : check_known_json(sample.head, bad);
                if (err)
                        return err;
                *format = wanted ? wanted : list_format_guess(&sample);
        }
        out->format = (*format)->id;
        return 0;
}

/* "/tmp/feodo.csv" is the list "feodo.csv". */
static struct text base_name(struct text path)
{
        for (size_t i = path.len; i > 0; i--)
                if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
                        return (struct text){ path.data + i, path.len - i };
        return path;
}

static void reading_done(struct list_reading **r)
{
        if (!*r)
                return;
        seen_keys_done(&(*r)->seen);
        buffer_done(&(*r)->raw);
        buffer_done(&(*r)->key);
        mem_free(*r);
}

static int second_reading(struct list_summary *out, struct text text,
    const struct list_format *format, const struct list_survey *survey,
    const struct list_options *options, const struct list_sink *sink, struct parse_error *bad)
{
        AUTO(reading_done) struct list_reading *r = mem_zero(1, sizeof(*r));
        struct list_rows rows = {
                .row = on_row, .sheet = on_sheet, .refuse = on_refused, .state = r
        };
        int err;

        if (!r)
                return ERR_MEMORY;
        r->options = options;
        r->sink = sink;
        r->format = format;
        r->survey = survey;
        r->kind = out->kind;
        r->source = options->source.len ? options->source : base_name(options->file_name);
        buffer_init(&r->raw, RAW_MAX);
        buffer_init(&r->key, RAW_MAX);
        err = seen_keys_reserve(&r->seen, text.len / BYTES_PER_KEY);
        if (!err)
                err = format->read(text, &rows, bad);
        out->counts = r->counts;
        if (err == ERR_LIMIT && !bad->why_vi[0])
                return refuse_file(
                    bad, err, "danh sách có quá nhiều dòng", "the list has too many rows");
        return err;
}

static int first_reading(struct list_summary *out, struct list_survey **survey, struct text text,
    const struct list_format *format, const struct list_options *options, struct parse_error *bad)
{
        struct list_rows rows;
        int err = format ? list_survey_new(survey, format, options) : ERR_FORMAT;

        if (err)
                return err;
        rows = list_survey_rows(*survey);
        err = format->read(text, &rows, bad);
        if (err == SURVEY_ENOUGH)
                err = 0;
        if (err == ERR_LIMIT && bad && !bad->why_vi[0])
                return refuse_file(bad, err, "danh sách có quá nhiều dòng hoặc trang",
                    "the list has too many rows or sheets");
        if (err)
                return err;
        err = list_survey_finish(out, *survey);
        if (err)
                return err;
        if (list_survey_plan_count(*survey) == 0)
                return refuse_file(
                    bad, ERR_FORMAT, "không tìm thấy dòng dữ liệu nào", "no row of data was found");
        if (options->kind != LIST_KIND_UNKNOWN) {
                out->kind = options->kind;
                out->kind_sure = true;
        }
        return 0;
}

static int read_file(struct list_summary *out, struct text bytes,
    const struct list_options *options, const struct list_sink *sink, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer own = BUFFER(TEXT_GROWS * (size_t)LIST_BYTES_MAX);
        AUTO(list_survey_free_at) struct list_survey *survey = NULL;
        const struct list_format *format = NULL;
        struct text text = { NULL, 0 };
        int err;

        if (bytes.len > LIST_BYTES_MAX)
                return refuse_file(bad, ERR_LIMIT, "tệp lớn hơn giới hạn 64 MiB",
                    "the file is larger than 64 MiB");
        if (bytes.len == 0)
                return refuse_file(bad, ERR_FORMAT, "tệp rỗng", "the file is empty");
        err = open_list(&text, &own, out, &format, bytes, options, bad);
        if (!err && !format)
                err = ERR_BUG;
        if (!err)
                err = first_reading(out, &survey, text, format, options, bad);
        return err ? err : second_reading(out, text, format, survey, options, sink, bad);
}

static void add_counts(struct list_counts *sum, const struct list_counts *more)
{
        sum->read += more->read;
        sum->good += more->good;
        sum->duplicate += more->duplicate;
        sum->refused += more->refused;
        sum->warned += more->warned;
}

/* Each list of an archive as if it came alone. What the summary tells of columns is the first
 * one's. */
static int read_members(struct list_summary *out, const struct list_container *c,
    const struct list_options *options, const struct list_sink *sink, struct parse_error *bad)
{
        struct list_options inner = *options;

        if (!inner.source.len)
                inner.source = base_name(options->file_name);
        for (size_t i = 0; i < c->count; i++) {
                AUTO(list_summary_free_at) struct list_summary *one = NULL;
                struct text bytes = { c->members[i].bytes.data, c->members[i].bytes.len };
                int err = i ? list_summary_new(&one) : 0;

                inner.file_name = text_of(c->members[i].name);
                if (!err)
                        err = read_file(one ? one : out, bytes, &inner, sink, bad);
                if (err)
                        return err;
                if (!one)
                        continue;
                if (one->kind != out->kind)
                        return refuse_file(bad, ERR_FORMAT,
                            "tệp nén chứa cả nạn nhân và dấu hiệu nhận biết: hãy nạp riêng từng "
                            "tệp",
                            "the archive holds both victims and indicators: load each file alone");
                add_counts(&out->counts, &one->counts);
        }
        return 0;
}

int list_read(struct list_summary *out, struct text bytes, const struct list_options *options,
    const struct list_sink *sink, struct parse_error *bad)
{
        AUTO(list_container_free_at) struct list_container *c = NULL;
        struct parse_error ignored;
        int err;

        if (!bad)
                bad = &ignored;
        *bad = (struct parse_error){ 0 };
        if (bytes.len > LIST_BYTES_MAX || !list_container_is(bytes))
                return read_file(out, bytes, options, sink, bad);
        err = list_container_open(&c, bytes, bad);
        return err ? err : read_members(out, c, options, sink, bad);
}
