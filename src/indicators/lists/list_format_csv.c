/* indicators/lists/list_format_csv.c: comma, semicolon, tab or bar separated text with a header row
 * anywhere near the top, or none. A comment line that holds known headers is the header ("# ip,
 * asn, …").
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/csv.h"
#include "indicators/lists/list_format.h"

enum { HEADERS_IN_COMMENT_MIN = 2, SNIFF_SCORE = 60, SNIFF_ROWS = 50 };

static struct text without_mark(struct text cell)
{
        while (cell.len && (cell.data[0] == '#' || cell.data[0] == ';' || cell.data[0] == ' ')) {
                cell.data++;
                cell.len--;
        }
        return cell;
}

static bool is_header_in_comment(const struct text *cells, size_t count)
{
        size_t known = 0;

        for (size_t i = 0; i < count; i++) {
                struct text cell = list_cell_trim(i ? cells[i] : without_mark(cells[i]));
                if (cell.len > 1 && cell.data[0] == '"' && cell.data[cell.len - 1] == '"')
                        cell = (struct text){ cell.data + 1, cell.len - 2 };
                known += list_field_of_header(cell) != FIELD_NONE;
        }
        return known >= HEADERS_IN_COMMENT_MIN;
}

/* A header in a comment may be quoted: '# "first_seen_utc","ioc_id",…'. */
static void unquote(struct text *cell)
{
        *cell = list_cell_trim(without_mark(*cell));
        if (cell->len > 1 && cell->data[0] == '"' && cell->data[cell->len - 1] == '"')
                *cell = (struct text){ cell->data + 1, cell->len - 2 };
}

static int hand_over(const struct list_rows *rows, size_t line, struct text *cells, size_t count)
{
        size_t filled = 0;

        for (size_t i = 0; i < count; i++)
                filled += list_cell_trim(cells[i]).len > 0;
        if (filled == 0)
                return 0;
        if (text_starts(text_trim(cells[0]), "#") || text_starts(text_trim(cells[0]), "; ")) {
                if (!is_header_in_comment(cells, count) &&
                    !(count > 1 && text_is(text_trim(cells[0]), "#")))
                        return 0;
                unquote(&cells[0]);
        }
        return rows->row(rows->state, line, cells, count);
}

/* Every row on a line of its own: a quote in a comment must not swallow the file. */
static int read_comment_or_row(
    struct csv *csv, const struct list_rows *rows, struct text *cells, struct parse_error *bad)
{
        size_t count, end = text_find(csv->rest, '\n');
        struct text line = text_trim((struct text){ csv->rest.data, end });
        int err;

        if (line.len && line.data[0] == '#' && (text_find(line, '"') < line.len)) {
                struct csv alone;
                csv_init(&alone, without_mark(line), csv->separator, LIST_CELL_MAX);
                err = csv_next(&count, cells, LIST_COLUMNS_MAX, &alone, NULL);
                if (!err && is_header_in_comment(cells, count))
                        err = rows->row(rows->state, csv->line, cells, count);
                else
                        err = 0;
                csv_done(&alone);
                end += end < csv->rest.len;
                csv->rest = (struct text){ csv->rest.data + end, csv->rest.len - end };
                csv->line++;
                return err;
        }
        err = csv_next(&count, cells, LIST_COLUMNS_MAX, csv, bad);
        return err ? err : hand_over(rows, csv->row_line, cells, count);
}

int list_read_separated(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        AUTO(csv_done) struct csv csv;
        AUTO(mem_free_at) struct text *cells = mem_zero(LIST_COLUMNS_MAX, sizeof(*cells));
        char separator = csv_guess_separator(bytes);
        int err = 0;

        csv_init(&csv, bytes, separator ? separator : ',', LIST_CELL_MAX);
        if (!cells)
                return ERR_MEMORY;
        while (!err && csv.rest.len)
                err = read_comment_or_row(&csv, rows, cells, bad);
        return err == ERR_MISSING ? 0 : err;
}

struct evidence {
        size_t rows, headers, values;
};

/* A sentence with commas is no table: some cell must be an address or the like as a whole, or a row
 * of headers. */
static int weigh_row(void *state, size_t line, const struct text *cells, size_t count)
{
        struct evidence *e = state;

        (void)line;
        if (count < 2)
                return 0;
        e->headers += is_header_in_comment(cells, count);
        for (size_t i = 0; i < count; i++) {
                struct list_item item;
                struct list_why why;
                e->values += list_item_parse(&item, cells[i], &why) == 0;
        }
        return ++e->rows == SNIFF_ROWS ? ERR_LIMIT : 0;
}

static int sniff(const struct list_sample *sample)
{
        struct evidence e = { 0 };
        struct list_rows rows = { .row = weigh_row, .state = &e };

        if (!csv_guess_separator(sample->head))
                return 0;
        if (list_read_separated(sample->head, &rows, NULL) == ERR_MEMORY)
                return 0;
        return e.headers || (e.values && e.values * 2 >= e.rows) ? SNIFF_SCORE : 0;
}

extern const struct list_format list_format_csv;
const struct list_format list_format_csv = { .id = "csv",
        .vi = "Bảng CSV (dấu phẩy, chấm phẩy hoặc tab)",
        .en = "CSV table (comma, semicolon or tab)",
        .sniff = sniff,
        .read = list_read_separated };
