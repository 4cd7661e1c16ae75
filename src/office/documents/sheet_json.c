/* office/documents/sheet_json.c. SPDX-License-Identifier: Apache-2.0 */
#include "office/documents/sheet_json.h"
#include "office/documents/sheet.h"

static json_t *string_of(struct text t)
{
        return json_stringn(t.data ? t.data : "", t.len);
}

static json_t *runs_json(const struct sheet_block *b)
{
        json_t *runs = json_array();

        for (const struct sheet_run *r = b->first; r; r = r->next) {
                json_t *run = json_pack("{s:o}", "text", string_of(r->text));

                if (r->figure)
                        (void)json_object_set_new(run, "figure", json_integer(r->figure));
                (void)json_array_append_new(runs, run);
        }
        return runs;
}

static json_t *table_json(const struct sheet_table *t)
{
        json_t *columns = json_array(), *rows = json_array();

        for (size_t i = 0; i < t->column_count; i++)
                (void)json_array_append_new(
                    columns, json_pack("{s:o,s:i,s:b}", "title", string_of(t->columns[i].title),
                                 "width", t->columns[i].width, "right", t->columns[i].right));
        for (const struct sheet_row *r = t->first; r; r = r->next) {
                json_t *row = json_array();

                for (size_t i = 0; i < t->column_count; i++)
                        (void)json_array_append_new(row, string_of(r->cells[i]));
                (void)json_array_append_new(rows, row);
        }
        return json_pack("{s:s,s:o,s:o}", "kind", "table", "columns", columns, "rows", rows);
}

static json_t *block_json(const struct sheet_block *b)
{
        static const char *const kinds[] = { "title", "subject", "addressee", "heading",
                "paragraph", "point", "table", "signature", "annex", "note" };
        json_t *block;

        if (b->kind == SHEET_TABLE)
                return table_json(b->table);
        block = json_pack("{s:s,s:o}", "kind", kinds[b->kind], "runs", runs_json(b));
        if (b->kind == SHEET_POINT)
                (void)json_object_set_new(
                    block, "letter", json_string(sheet_point_letter(b->letter)));
        return block;
}

static json_t *lines_json(const struct text *lines, size_t count)
{
        json_t *array = json_array();

        for (size_t i = 0; i < count; i++)
                (void)json_array_append_new(array, string_of(lines[i]));
        return array;
}

json_t *sheet_json(const struct sheet *s)
{
        const struct sheet_frame *f = &s->frame;
        json_t *blocks = json_array();

        for (const struct sheet_block *b = s->first; b; b = b->next)
                (void)json_array_append_new(blocks, block_json(b));
        return json_pack("{s:{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o},s:b,s:o}", "frame", "parent",
            string_of(f->parent), "issuer", string_of(f->issuer), "number", string_of(f->number),
            "symbol", string_of(f->symbol), "place", string_of(f->place), "date",
            string_of(f->date), "authority", lines_json(f->authority, f->authority_count), "signer",
            string_of(f->signer), "recipients", lines_json(f->recipients, f->recipient_count),
            "draft", s->draft, "blocks", blocks);
}
