/* indicators/lists/list_format_docx.c: tables of a letter in Word's form, each a table of its own;
 * a letter without tables is read as text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/docx.h"
#include "base/mem.h"
#include "indicators/lists/list_format.h"

enum { LAYOUT_COLUMNS = 2, LAYOUT_ROWS = 3 };

static int sniff(const struct list_sample *sample)
{
        return docx_is_document(sample->raw) ? 100 : 0;
}

/* The head and the foot of an official letter are tables too, of two columns and a row or two: a
 * list has more. */
struct letter {
        const struct list_rows *rows; /* NULL in the first pass, which only looks */
        bool is_list[DOCX_TABLES_MAX];
        size_t tables, lists;
};

static int on_table(void *state)
{
        struct letter *l = state;

        l->tables++;
        if (!l->rows || !l->is_list[l->tables - 1] || !l->rows->sheet)
                return 0;
        return l->rows->sheet(l->rows->state);
}

static int on_row(void *state, size_t row, const struct text *cells, size_t count)
{
        struct letter *l = state;
        bool *is_list = &l->is_list[l->tables - 1];

        if (l->rows)
                return *is_list ? l->rows->row(l->rows->state, row, cells, count) : 0;
        if (!*is_list && (count > LAYOUT_COLUMNS || row > LAYOUT_ROWS)) {
                *is_list = true;
                l->lists++;
        }
        return 0;
}

/* A letter without a list in a table is searched as text, under a header that says so. */
static int read_words(
    const struct buffer *words, const struct list_rows *rows, struct parse_error *bad)
{
        struct text head = TEXT("value");
        int err = rows->row(rows->state, 1, &head, 1);

        if (err || words->len == 0)
                return err;
        return list_format_named(TEXT("text"))
            ->read((struct text){ words->data, words->len }, rows, bad);
}

static int read_letter(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer words = BUFFER(LIST_BYTES_MAX);
        struct letter l = { .rows = NULL };
        struct docx_sink sink = { .table = on_table,
                .row = on_row,
                .state = &l,
                .columns_max = LIST_COLUMNS_MAX,
                .cell_max = LIST_CELL_MAX,
                .rows_max = LIST_ROWS_MAX };
        int err = docx_read(&words, bytes, &sink, bad);

        if (err)
                return err;
        if (!l.lists)
                return read_words(&words, rows, bad);
        l.rows = rows;
        l.tables = 0;
        return docx_read(NULL, bytes, &sink, bad);
}

extern const struct list_format list_format_docx;
const struct list_format list_format_docx = { .id = "docx",
        .vi = "Bảng trong văn bản Word (.docx)",
        .en = "Tables of a Word document (.docx)",
        .sniff = sniff,
        .read = read_letter,
        .binary = true };
