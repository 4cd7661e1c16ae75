/* codec/xlsx.c: see xlsx.h. The parts are unpacked first, because the shared strings may stand
 * behind the sheets that use them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/xlsx.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/xml.h"
#include "codec/zip.h"

#include <stdlib.h>
#include <string.h>

enum { LETTERS = 26, COLUMN_LETTERS_MAX = 3 };

struct span {
        uint32_t from, len;
};

struct book {
        struct buffer strings; /* all shared strings behind one another */
        struct span *spans;
        size_t span_count, span_room;
        struct buffer shared, sheets[XLSX_SHEETS_MAX];
};

static void book_done(struct book *b)
{
        buffer_done(&b->strings);
        buffer_done(&b->shared);
        for (size_t i = 0; i < XLSX_SHEETS_MAX; i++)
                buffer_done(&b->sheets[i]);
        mem_free(b->spans);
}

static int broken(struct parse_error *bad)
{
        return parse_error_set(bad, 0, "tệp Excel bị hỏng hoặc không phải .xlsx",
            "the Excel file is damaged or no .xlsx");
}

bool xlsx_is_workbook(struct text bytes)
{
        return zip_is_archive(bytes) && memmem(bytes.data, bytes.len, "xl/", 3);
}

/* Which part of the book a name is; NULL for those that do not matter. */
static struct buffer *part_of(void *state, const char *name)
{
        static const char folder[] = "xl/worksheets/sheet";
        struct book *b = state;
        unsigned long number;
        char *end;

        if (strcmp(name, "xl/sharedStrings.xml") == 0)
                return &b->shared;
        if (strncmp(name, folder, sizeof(folder) - 1) != 0 || name[sizeof(folder) - 1] < '0' ||
            name[sizeof(folder) - 1] > '9')
                return NULL;
        number = strtoul(name + sizeof(folder) - 1, &end, 10);
        if (strcmp(end, ".xml") != 0 || number < 1 || number > XLSX_SHEETS_MAX)
                return NULL;
        return &b->sheets[number - 1];
}

static int unpack(struct book *b, struct text bytes, struct parse_error *bad)
{
        int err = zip_unpack(bytes, &(struct zip_want){ part_of, b });

        if (err == ERR_FORMAT)
                return broken(bad);
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0, "tệp Excel khi giải nén vượt quá giới hạn cho phép",
                    "the Excel file unpacks to more than the limit");
        if (err != ERR_DENIED)
                return err;
        (void)parse_error_set(bad, 0, "tệp Excel có mật khẩu: hãy bỏ mật khẩu rồi nạp lại",
            "the Excel file has a password: remove it and load the file again");
        return ERR_UNSUPPORTED;
}

/* What both kinds of part share: the text of the element of interest. */
struct reader {
        struct book *book;
        const struct xlsx_sink *sink;
        bool in_text, in_phonetic;
        struct buffer text;
        /* sheets only */
        struct buffer row_text;
        struct span *cells;
        struct text *views;
        size_t count, column, line, rows;
        char type;
};

static int on_text(void *state, struct text piece)
{
        struct reader *r = state;

        if (!r->in_text || r->in_phonetic)
                return 0;
        if (r->text.len + piece.len > r->sink->cell_max)
                return ERR_LIMIT;
        return buffer_add(&r->text, piece.data, piece.len);
}

static int shared_start(void *state, const char *name, const char **attributes)
{
        struct reader *r = state;

        (void)attributes;
        if (strcmp(name, "si") == 0)
                buffer_clear(&r->text);
        else if (strcmp(name, "rPh") == 0)
                r->in_phonetic = true;
        else if (strcmp(name, "t") == 0)
                r->in_text = true;
        return 0;
}

static int keep_string(struct book *b, const struct buffer *text)
{
        int err;

        if (b->span_count == b->span_room) {
                size_t room = b->span_room ? b->span_room * 2 : 1024;
                struct span *spans = mem_grow(b->spans, room, sizeof(*spans));
                if (!spans)
                        return ERR_MEMORY;
                b->spans = spans;
                b->span_room = room;
        }
        b->spans[b->span_count] = (struct span){ (uint32_t)b->strings.len, (uint32_t)text->len };
        err = buffer_add(&b->strings, text->data, text->len);
        b->span_count += !err;
        return err;
}

static int shared_end(void *state, const char *name)
{
        struct reader *r = state;

        if (strcmp(name, "si") == 0)
                return keep_string(r->book, &r->text);
        if (strcmp(name, "rPh") == 0)
                r->in_phonetic = false;
        else if (strcmp(name, "t") == 0)
                r->in_text = false;
        return 0;
}

/* "AB12" is column 27; the column behind the last one when the reference is missing. */
static size_t column_of(const char *reference, size_t next)
{
        size_t column = 0, i = 0;

        for (; reference && reference[i] >= 'A' && reference[i] <= 'Z' && i < COLUMN_LETTERS_MAX;
             i++)
                column = column * LETTERS + (size_t)(reference[i] - 'A' + 1);
        return i ? column - 1 : next;
}

static int start_row(struct reader *r, const char **attributes)
{
        const char *number = xml_attribute(attributes, "r");
        uint64_t line;

        r->line = number && text_to_u64(&line, text_of(number), UINT32_MAX) == 0 ? (size_t)line
                                                                                 : r->line + 1;
        r->count = r->column = 0;
        buffer_clear(&r->row_text);
        return ++r->rows > r->sink->rows_max ? ERR_LIMIT : 0;
}

static void start_cell(struct reader *r, const char **attributes)
{
        const char *type = xml_attribute(attributes, "t");

        r->column = column_of(xml_attribute(attributes, "r"), r->count);
        /* s shared, i inline, b boolean, e error, n number, t text of a formula */
        r->type = !type ? 'n' : strcmp(type, "str") == 0 ? 't' : type[0];
        buffer_clear(&r->text);
}

static int sheet_start(void *state, const char *name, const char **attributes)
{
        struct reader *r = state;

        if (strcmp(name, "row") == 0)
                return start_row(r, attributes);
        if (strcmp(name, "c") == 0)
                start_cell(r, attributes);
        else if (strcmp(name, "rPh") == 0)
                r->in_phonetic = true;
        else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
                r->in_text = true;
        return 0;
}

static int end_cell(struct reader *r)
{
        struct text t = { r->text.data, r->text.len };
        uint64_t number;
        int err;

        if (t.len == 0)
                return 0;
        if (r->type == 's') {
                if (text_to_u64(&number, text_trim(t), UINT32_MAX) || number >= r->book->span_count)
                        return ERR_FORMAT;
                t = (struct text){ r->book->strings.data + r->book->spans[number].from,
                        r->book->spans[number].len };
        }
        if (r->column >= r->sink->columns_max)
                return ERR_LIMIT;
        while (r->count <= r->column)
                r->cells[r->count++] = (struct span){ 0, 0 };
        err = buffer_add(&r->row_text, t.data, t.len);
        if (err)
                return err;
        r->cells[r->column] = (struct span){ (uint32_t)(r->row_text.len - t.len), (uint32_t)t.len };
        return 0;
}

static int end_row(struct reader *r)
{
        if (r->count == 0)
                return 0;
        for (size_t i = 0; i < r->count; i++)
                r->views[i] = (struct text){
                        r->cells[i].len ? r->row_text.data + r->cells[i].from : "", r->cells[i].len
                };
        return r->sink->row(r->sink->state, r->line, r->views, r->count);
}

static int sheet_end(void *state, const char *name)
{
        struct reader *r = state;

        if (strcmp(name, "row") == 0)
                return end_row(r);
        if (strcmp(name, "c") == 0)
                return end_cell(r);
        if (strcmp(name, "rPh") == 0)
                r->in_phonetic = false;
        else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
                r->in_text = false;
        return 0;
}

static void reader_done(struct reader *r)
{
        buffer_done(&r->text);
        buffer_done(&r->row_text);
        mem_free(r->cells);
        mem_free(r->views);
}

static int read_shared(struct book *b, const struct xlsx_sink *sink)
{
        AUTO(reader_done)
        struct reader r = { .book = b, .sink = sink, .text = BUFFER(sink->cell_max) };

        if (b->shared.len == 0)
                return 0;
        return xml_read((struct text){ b->shared.data, b->shared.len }, XLSX_DEPTH_MAX,
            &(struct xml_sink){ shared_start, shared_end, on_text, &r });
}

static int read_sheet(struct book *b, const struct buffer *part, const struct xlsx_sink *sink)
{
        AUTO(reader_done)
        struct reader r = { .book = b,
                .sink = sink,
                .text = BUFFER(sink->cell_max),
                .row_text = BUFFER(sink->cell_max * sink->columns_max) };
        int err;

        r.cells = mem_zero(sink->columns_max, sizeof(*r.cells));
        r.views = mem_zero(sink->columns_max, sizeof(*r.views));
        if (!r.cells || !r.views)
                return ERR_MEMORY;
        err = sink->sheet(sink->state);
        return err ? err
                   : xml_read((struct text){ part->data, part->len }, XLSX_DEPTH_MAX,
                         &(struct xml_sink){ sheet_start, sheet_end, on_text, &r });
}

static int explain(int err, struct parse_error *bad)
{
        if (bad && bad->why_vi[0])
                return err;
        if (err == ERR_FORMAT)
                return broken(bad);
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0, "bảng Excel có quá nhiều cột, dòng hoặc ô quá dài",
                    "the Excel sheet has too many columns or rows, or a cell is too long");
        return err;
}

static void book_free_at(struct book **b)
{
        if (*b)
                book_done(*b);
        mem_free(*b);
}

int xlsx_read(struct text bytes, const struct xlsx_sink *sink, struct parse_error *bad)
{
        AUTO(book_free_at) struct book *b = mem_zero(1, sizeof(*b));
        size_t sheets = 0;
        int err;

        if (!b)
                return ERR_MEMORY;
        buffer_init(&b->strings, ZIP_PLAIN_MAX);
        buffer_init(&b->shared, ZIP_PLAIN_MAX);
        for (size_t i = 0; i < XLSX_SHEETS_MAX; i++)
                buffer_init(&b->sheets[i], ZIP_PLAIN_MAX);
        err = unpack(b, bytes, bad);
        if (!err)
                err = read_shared(b, sink);
        for (size_t i = 0; i < XLSX_SHEETS_MAX && !err; i++)
                if (b->sheets[i].len) {
                        sheets++;
                        err = read_sheet(b, &b->sheets[i], sink);
                }
        if (!err && sheets == 0)
                err = ERR_FORMAT;
        return err ? explain(err, bad) : 0;
}
