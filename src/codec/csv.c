/* codec/csv.c: see csv.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/csv.h"

#include <string.h>

void csv_init(struct csv *csv, struct text bytes, char separator, size_t cell_max)
{
        /* A row's plain text is never longer than its raw text. */
        *csv = (struct csv){ .rest = bytes,
                .separator = separator,
                .line = 1,
                .cell_max = cell_max,
                .plain = BUFFER(bytes.len + 1) };
}

void csv_done(struct csv *csv)
{
        buffer_done(&csv->plain);
}

static int too_large(struct parse_error *bad, size_t line, const char *vi, const char *en)
{
        (void)parse_error_set(bad, line, vi, en);
        return ERR_LIMIT;
}

static bool is_end_of_line(char c)
{
        return c == '\n' || c == '\r';
}

/* Length of a cell without quotes. */
static size_t bare_length(const struct csv *csv, size_t at)
{
        size_t i = at;

        while (i < csv->rest.len && csv->rest.data[i] != csv->separator &&
               !is_end_of_line(csv->rest.data[i]))
                i++;
        return i - at;
}

/* The text up to the closing quote goes to csv->plain; *at moves from behind the opening quote to
 * behind the closing one. */
static int quoted_text(struct csv *csv, size_t *at, struct parse_error *bad)
{
        for (size_t from = *at;;) {
                const char *start = csv->rest.data + from;
                const char *quote = from < csv->rest.len ? memchr(start, '"', csv->rest.len - from)
                                                         : NULL;
                bool doubled;
                size_t len;
                int err;

                if (!quote)
                        return parse_error_set(bad, csv->row_line,
                            "dấu ngoặc kép mở ở dòng này không được đóng lại",
                            "a quote opened in this line is never closed");
                len = (size_t)(quote - start);
                doubled = from + len + 1 < csv->rest.len && quote[1] == '"';
                err = buffer_add(&csv->plain, start, len + doubled);
                if (err)
                        return err;
                from += len + 1 + doubled;
                if (!doubled) {
                        *at = from;
                        return 0;
                }
        }
}

/* A quoted cell from the opening quote on; *at moves behind it. */
static int quoted_cell(struct csv *csv, size_t *at, struct parse_error *bad)
{
        size_t i = *at + 1, tail;
        int err = quoted_text(csv, &i, bad);

        if (err)
                return err;
        tail = bare_length(csv, i); /* text behind the closing quote belongs to the cell */
        err = buffer_add(&csv->plain, csv->rest.data + i, tail);
        if (err)
                return err;
        for (size_t j = *at; j < i; j++)
                csv->line += csv->rest.data[j] == '\n';
        *at = i + tail;
        return 0;
}

static size_t skip_blanks(const struct csv *csv, size_t at)
{
        while (at < csv->rest.len && csv->rest.data[at] == ' ')
                at++;
        return at;
}

static int one_cell(struct text *cell, struct csv *csv, size_t *at, struct parse_error *bad)
{
        size_t start = skip_blanks(csv, *at), from = csv->plain.len;
        int err;

        if (start < csv->rest.len && csv->rest.data[start] == '"') {
                *at = start;
                err = quoted_cell(csv, at, bad);
                if (err)
                        return err;
                /* data is found after the row: plain may still move */
                *cell = (struct text){ NULL, csv->plain.len - from };
        } else {
                *cell = (struct text){ csv->rest.data + *at, bare_length(csv, *at) };
                *at += cell->len;
        }
        if (cell->len > csv->cell_max)
                return too_large(bad, csv->row_line, "một ô dài quá giới hạn cho phép",
                    "a cell is longer than the limit");
        return 0;
}

static void end_row(struct csv *csv, size_t at)
{
        csv->row = (struct text){ csv->rest.data, at };
        if (at < csv->rest.len) {
                if (csv->rest.data[at] == '\r' && at + 1 < csv->rest.len &&
                    csv->rest.data[at + 1] == '\n')
                        at++;
                at++;
                csv->line++;
        }
        csv->rest = (struct text){ csv->rest.data + at, csv->rest.len - at };
}

int csv_next(
    size_t *out_count, struct text *cells, size_t room, struct csv *csv, struct parse_error *bad)
{
        size_t at = 0, count = 0, plain_at = 0;
        int err;

        if (csv->rest.len == 0)
                return ERR_MISSING;
        buffer_clear(&csv->plain);
        csv->row_line = csv->line;
        for (;;) {
                if (count == room)
                        return too_large(bad, csv->row_line, "dòng có quá nhiều cột",
                            "the row has too many columns");
                err = one_cell(&cells[count++], csv, &at, bad);
                if (err)
                        return err;
                if (at >= csv->rest.len || csv->rest.data[at] != csv->separator)
                        break;
                at++;
        }
        for (size_t i = 0; i < count; i++)
                if (!cells[i].data) {
                        cells[i].data = csv->plain.data ? csv->plain.data + plain_at : "";
                        plain_at += cells[i].len;
                }
        end_row(csv, at);
        *out_count = count;
        return 0;
}

static size_t count_in_line(struct text line, char c)
{
        size_t n = 0;
        bool quoted = false;

        for (size_t i = 0; i < line.len; i++) {
                quoted ^= line.data[i] == '"';
                n += !quoted && line.data[i] == c;
        }
        return n;
}

char csv_guess_separator(struct text bytes)
{
        static const char candidates[] = { '\t', ';', ',', '|' };
        char best = '\0';
        size_t best_score = 0;

        for (size_t c = 0; c < sizeof(candidates); c++) {
                struct text rest = bytes, line;
                size_t lines = 0, score = 0, last = 0;
                while (lines < 50 && text_split(&line, &rest, '\n')) {
                        size_t n = count_in_line(line, candidates[c]);
                        if (line.len == 0 || line.data[0] == '#')
                                continue;
                        lines++;
                        score += n ? (n == last ? 4 : 1) : 0;
                        last = n;
                }
                if (lines && score > best_score && score >= lines / 2 + 1) {
                        best_score = score;
                        best = candidates[c];
                }
        }
        return best;
}

static int add_cell(struct buffer *out, struct text cell, char separator, bool danger)
{
        bool quote = text_find(cell, '"') < cell.len || text_find(cell, separator) < cell.len ||
                     text_find(cell, '\n') < cell.len || text_find(cell, '\r') < cell.len;
        size_t start = out->len;
        int err = 0;

        if (quote)
                err = buffer_add_byte(out, '"');
        if (!err && danger)
                err = buffer_add_byte(out, '\'');
        for (size_t i = 0; i < cell.len && !err; i++) {
                if (cell.data[i] == '"')
                        err = buffer_add_byte(out, '"');
                if (!err)
                        err = buffer_add_byte(out, cell.data[i]);
        }
        if (!err && quote)
                err = buffer_add_byte(out, '"');
        if (err)
                out->len = start;
        return err;
}

int csv_add_cell(struct buffer *out, struct text cell, char separator)
{
        return add_cell(
            out, cell, separator, cell.len && cell.data[0] && strchr("=+-@\t", cell.data[0]));
}

int csv_add_exact_cell(struct buffer *out, struct text cell, char separator)
{
        return add_cell(out, cell, separator, false);
}
