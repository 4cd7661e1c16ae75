/* codec/docx.c: see docx.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/docx.h"
#include "base/mem.h"
#include "codec/xml.h"
#include "codec/zip.h"

#include <string.h>

/* A cell's text stands in row_text from `from`; an invariant of the reader: cells are in order. */
struct span {
        size_t from, len;
};

struct reader {
        const struct docx_sink *sink;
        struct buffer *words, row_text;
        struct span *cells;
        struct text *views;
        size_t count, rows, tables, span;
        int table_depth;
        bool in_text, in_cell;
};

static int damaged(struct parse_error *bad)
{
        return parse_error_set(bad, 0, "tệp Word bị hỏng hoặc không phải .docx",
            "the Word file is damaged or no .docx");
}

/* Text goes to the cell that is open, else to the words outside of tables. */
static int add(struct reader *r, const char *bytes, size_t len)
{
        if (!r->in_cell)
                return r->words && r->table_depth == 0 ? buffer_add(r->words, bytes, len) : 0;
        if (r->row_text.len + len - r->cells[r->count].from > r->sink->cell_max)
                return ERR_LIMIT;
        return buffer_add(&r->row_text, bytes, len);
}

static int start_cell(struct reader *r)
{
        if (r->count >= r->sink->columns_max)
                return ERR_LIMIT;
        r->cells[r->count].from = r->row_text.len;
        r->in_cell = true;
        r->span = 1;
        return 0;
}

static int end_cell(struct reader *r)
{
        if (!r->in_cell)
                return 0;
        while (r->row_text.len > r->cells[r->count].from &&
               r->row_text.data[r->row_text.len - 1] == '\n')
                r->row_text.len--;
        r->cells[r->count].len = r->row_text.len - r->cells[r->count].from;
        r->count++;
        r->in_cell = false;
        while (--r->span > 0 && r->count < r->sink->columns_max)
                r->cells[r->count++] = (struct span){ r->row_text.len, 0 };
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
        if (++r->rows > r->sink->rows_max)
                return ERR_LIMIT;
        return r->sink->row(r->sink->state, r->rows, r->views, r->count);
}

static int start_table(struct reader *r)
{
        if (r->table_depth++ > 0)
                return 0;
        r->rows = 0;
        if (++r->tables > DOCX_TABLES_MAX)
                return ERR_LIMIT;
        return r->sink->table(r->sink->state);
}

static int start_row(struct reader *r)
{
        buffer_clear(&r->row_text);
        r->count = 0;
        return 0;
}

/* "1" when nothing or nonsense is said. */
static void take_span(struct reader *r, const char *value)
{
        uint64_t n;

        if (value && text_to_u64(&n, text_of(value), r->sink->columns_max) == 0 && n > 0)
                r->span = (size_t)n;
}

static int on_start(void *state, const char *name, const char **attributes)
{
        struct reader *r = state;
        bool outer = r->table_depth == 1;

        if (strcmp(name, "tbl") == 0)
                return start_table(r);
        if (strcmp(name, "tr") == 0 && outer)
                return start_row(r);
        if (strcmp(name, "tc") == 0 && outer)
                return start_cell(r);
        if (strcmp(name, "gridSpan") == 0 && outer)
                take_span(r, xml_attribute(attributes, "val"));
        else if (strcmp(name, "t") == 0)
                r->in_text = true;
        else if (strcmp(name, "tab") == 0)
                return add(r, "\t", 1);
        else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
                return add(r, "\n", 1);
        return 0;
}

static int on_end(void *state, const char *name)
{
        struct reader *r = state;
        bool outer = r->table_depth == 1;

        if (strcmp(name, "tbl") == 0)
                r->table_depth--;
        else if (strcmp(name, "tr") == 0 && outer)
                return end_row(r);
        else if (strcmp(name, "tc") == 0 && outer)
                return end_cell(r);
        else if (strcmp(name, "t") == 0)
                r->in_text = false;
        else if (strcmp(name, "p") == 0)
                return add(r, "\n", 1);
        return 0;
}

static int on_text(void *state, struct text piece)
{
        struct reader *r = state;

        return r->in_text ? add(r, piece.data, piece.len) : 0;
}

bool docx_is_document(struct text bytes)
{
        static const char part[] = "word/document.xml";

        return zip_is_archive(bytes) && memmem(bytes.data, bytes.len, part, sizeof(part) - 1);
}

static struct buffer *part_of(void *state, const char *name)
{
        return strcmp(name, "word/document.xml") == 0 ? state : NULL;
}

static void reader_done(struct reader *r)
{
        buffer_done(&r->row_text);
        mem_free(r->cells);
        mem_free(r->views);
}

static int explain(int err, struct parse_error *bad)
{
        if (bad && bad->why_vi[0])
                return err;
        if (err == ERR_FORMAT)
                return damaged(bad);
        if (err == ERR_LIMIT)
                (void)parse_error_set(bad, 0,
                    "tệp Word có quá nhiều bảng, cột, dòng hoặc ô quá dài",
                    "the Word file has too many tables, columns or rows, or a cell is too long");
        if (err == ERR_DENIED)
                (void)parse_error_set(bad, 0, "tệp Word có mật khẩu: hãy bỏ mật khẩu rồi nạp lại",
                    "the Word file has a password: remove it and load the file again");
        return err == ERR_DENIED ? ERR_UNSUPPORTED : err;
}

int docx_read(
    struct buffer *words, struct text bytes, const struct docx_sink *sink, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer part = BUFFER(ZIP_PLAIN_MAX);
        AUTO(reader_done)
        struct reader r = {
                .sink = sink, .words = words, .row_text = BUFFER(sink->cell_max * sink->columns_max)
        };
        int err = zip_unpack(bytes, &(struct zip_want){ part_of, &part });

        r.cells = mem_zero(sink->columns_max, sizeof(*r.cells));
        r.views = mem_zero(sink->columns_max, sizeof(*r.views));
        if (!r.cells || !r.views)
                return ERR_MEMORY;
        if (!err && part.len == 0)
                err = ERR_FORMAT;
        if (!err)
                err = xml_read((struct text){ part.data, part.len }, DOCX_DEPTH_MAX,
                    &(struct xml_sink){ on_start, on_end, on_text, &r });
        return err ? explain(err, bad) : 0;
}
