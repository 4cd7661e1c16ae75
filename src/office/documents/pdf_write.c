/* office/documents/pdf_write.c: lays a sheet out on A4 pages. Sizes are points; the numbers are
 * those of Decree 30/2020, Annex I, part I. Font sizes are absolute: Pango would else assume 96
 * dots an inch.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/timestamp.h"
#include "office/documents/pdf_write.h"
#include "office/documents/sheet.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define MM (72.0 / 25.4)
#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define TOP (22 * MM)
#define BOTTOM (PAGE_HEIGHT - 20 * MM)
#define LEFT (30 * MM)
#define WIDTH (PAGE_WIDTH - LEFT - 18 * MM)
#define LEFT_COLUMN (WIDTH * 0.42) /* of the head and the foot */
#define SHIFT (6 * MM)             /* the left column may reach into the margin, as clerks do */
#define LINE_FACTOR 1.1
#define CELL_PAD 3.0

struct page {
        cairo_t *cr;
        PangoContext *context;
        struct sheet *sheet;
        double y;
        int number;
};

struct style {
        double size;
        bool bold, italic, justify;
        PangoAlignment align;
        double indent, before; /* first line; space above */
};

static const struct style body = { .size = 14, .justify = true, .indent = 12.7 * MM, .before = 6 };
static const struct style heading = { .size = 14, .bold = true, .indent = 12.7 * MM, .before = 8 };
static const struct style title = {
        .size = 14, .bold = true, .align = PANGO_ALIGN_CENTER, .before = 20
};
static const struct style subject = {
        .size = 14, .bold = true, .align = PANGO_ALIGN_CENTER, .before = 2
};
static const struct style addressee = { .size = 14, .align = PANGO_ALIGN_CENTER, .before = 12 };
static const struct style note = { .size = 11, .italic = true, .before = 4 };

/* Vietnamese words are not divided; a narrow column breaks them without a mark. */
static void no_hyphens(PangoLayout *layout)
{
        PangoAttrList *list = pango_attr_list_new();

        pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
        pango_layout_set_attributes(layout, list);
        pango_attr_list_unref(list);
}

static PangoLayout *layout_new(struct page *p, struct text t, const struct style *s, double width)
{
        PangoLayout *layout = pango_layout_new(p->context);
        PangoFontDescription *font = pango_font_description_new();

        pango_font_description_set_family_static(
            font, "Tinos, Times New Roman, Liberation Serif, serif");
        pango_font_description_set_absolute_size(font, s->size * PANGO_SCALE);
        pango_font_description_set_weight(font, s->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_font_description_set_style(font, s->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
        pango_layout_set_font_description(layout, font);
        pango_font_description_free(font);
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(layout, s->align);
        pango_layout_set_justify(layout, s->justify);
        pango_layout_set_indent(layout, (int)(s->indent * PANGO_SCALE));
        pango_layout_set_auto_dir(layout, FALSE);
        no_hyphens(layout);
        pango_layout_set_text(layout, t.data, (int)t.len);
        return layout;
}

static double layout_height(PangoLayout *layout)
{
        int height;

        pango_layout_get_size(layout, NULL, &height);
        return (double)height / PANGO_SCALE;
}

/* Draws at (x, y) without looking at the page's end; returns the height. */
static double draw_at(
    struct page *p, struct text t, const struct style *s, double x, double y, double width)
{
        PangoLayout *layout = layout_new(p, t, s, width);
        double height = layout_height(layout);

        cairo_move_to(p->cr, x, y);
        pango_cairo_show_layout(p->cr, layout);
        g_object_unref(layout);
        return height;
}

static double text_width(struct page *p, struct text t, const struct style *s)
{
        struct style plain = *s;
        PangoLayout *layout;
        int width;

        plain.align = PANGO_ALIGN_LEFT;
        layout = layout_new(p, t, &plain, PAGE_WIDTH);
        pango_layout_get_size(layout, &width, NULL);
        g_object_unref(layout);
        return (double)width / PANGO_SCALE;
}

static void rule(struct page *p, double middle, double y, double length)
{
        cairo_set_line_width(p->cr, 0.7);
        cairo_move_to(p->cr, middle - length / 2, y);
        cairo_line_to(p->cr, middle + length / 2, y);
        cairo_stroke(p->cr);
}

static void draw_draft_mark(struct page *p)
{
        static const struct style mark = { .size = 96, .bold = true, .align = PANGO_ALIGN_CENTER };

        cairo_save(p->cr);
        cairo_set_source_rgb(p->cr, 0.92, 0.92, 0.92);
        cairo_translate(p->cr, PAGE_WIDTH / 2, PAGE_HEIGHT / 2);
        cairo_rotate(p->cr, -0.66);
        (void)draw_at(p, TEXT("DỰ THẢO"), &mark, -PAGE_WIDTH / 2, -60, PAGE_WIDTH);
        cairo_restore(p->cr);
}

static void page_begin(struct page *p)
{
        static const struct style number = { .size = 13, .align = PANGO_ALIGN_CENTER };
        char digits[12];

        if (p->number)
                cairo_show_page(p->cr);
        p->number++;
        p->y = TOP;
        if (p->sheet->draft)
                draw_draft_mark(p);
        cairo_set_source_rgb(p->cr, 0, 0, 0);
        if (p->number == 1)
                return;
        (void)snprintf(digits, sizeof(digits), "%d", p->number);
        (void)draw_at(p, text_of(digits), &number, LEFT, 10 * MM, WIDTH);
}

/* A block that must stay whole. */
static void need(struct page *p, double height)
{
        if (p->y + height > BOTTOM && p->y > TOP)
                page_begin(p);
}

/* Line by line, so that a paragraph may go over the page. No line stands alone at the foot (keep:
 * lines that must follow the first one on its page). */
static void flow(struct page *p, struct text t, const struct style *s, int keep)
{
        PangoLayout *layout = layout_new(p, t, s, WIDTH);
        PangoLayoutIter *iter = pango_layout_get_iter(layout);
        bool first = true;

        p->y += s->before;
        do {
                PangoRectangle r;
                double height, base;

                pango_layout_iter_get_line_extents(iter, NULL, &r);
                height = (double)r.height / PANGO_SCALE;
                base = (double)(pango_layout_iter_get_baseline(iter) - r.y) / PANGO_SCALE;
                need(p, first ? height * LINE_FACTOR * (1 + keep) : height);
                cairo_move_to(p->cr, LEFT + (double)r.x / PANGO_SCALE, p->y + base);
                pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(iter));
                p->y += height * LINE_FACTOR;
                first = false;
        } while (pango_layout_iter_next_line(iter));
        pango_layout_iter_free(iter);
        g_object_unref(layout);
}

/* The head: issuer on the left, the nation's name and motto on the right, each with its rule. */
static void draw_head(struct page *p)
{
        static const struct style plain = { .size = 12, .align = PANGO_ALIGN_CENTER };
        static const struct style bold = { .size = 12, .bold = true, .align = PANGO_ALIGN_CENTER };
        static const struct style motto = { .size = 13, .bold = true, .align = PANGO_ALIGN_CENTER };
        static const struct style number = { .size = 13, .align = PANGO_ALIGN_CENTER };
        static const struct style date = {
                .size = 13, .italic = true, .align = PANGO_ALIGN_CENTER
        };
        const struct sheet_frame *f = &p->sheet->frame;
        const struct text words = TEXT("Độc lập - Tự do - Hạnh phúc");
        double right = LEFT + LEFT_COLUMN, right_width = WIDTH - LEFT_COLUMN + 4 * MM;
        double left_y = p->y, right_y = p->y;

        left_y += draw_at(p, f->parent, &plain, LEFT - SHIFT, left_y, LEFT_COLUMN + SHIFT);
        left_y += draw_at(p, f->issuer, &bold, LEFT - SHIFT, left_y, LEFT_COLUMN + SHIFT) + 2;
        rule(p, LEFT - SHIFT + (LEFT_COLUMN + SHIFT) / 2, left_y, 0.4 * LEFT_COLUMN);
        right_y += draw_at(
            p, TEXT("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), &bold, right, right_y, right_width);
        right_y += draw_at(p, words, &motto, right, right_y, right_width) + 2;
        rule(p, right + right_width / 2, right_y, text_width(p, words, &motto));
        p->y = (left_y > right_y ? left_y : right_y) + 8;
        left_y = draw_at(p,
            f->number.len
                ? sheet_format(p->sheet, "Số: %.*s", TEXT_ARGS(f->number))
                : sheet_format(p->sheet, "Số:\u2003\u2003\u2003/%.*s", TEXT_ARGS(f->symbol)),
            &number, LEFT - SHIFT, p->y, LEFT_COLUMN + SHIFT);
        right_y = draw_at(p,
            sheet_format(p->sheet, "%.*s, %.*s", TEXT_ARGS(f->place), TEXT_ARGS(f->date)), &date,
            right, p->y, right_width);
        p->y += left_y > right_y ? left_y : right_y;
}

static double signature_height(const struct sheet_frame *f)
{
        double left = 16 + 14.0 * (double)f->recipient_count,
               right = 16.0 * (double)f->authority_count + 88;

        return left > right ? left : right;
}

static void draw_signature(struct page *p)
{
        static const struct style label = { .size = 12, .bold = true, .italic = true };
        static const struct style small = { .size = 11 };
        static const struct style strong = {
                .size = 14, .bold = true, .align = PANGO_ALIGN_CENTER
        };
        const struct sheet_frame *f = &p->sheet->frame;
        double right = LEFT + LEFT_COLUMN, y;

        p->y += 14;
        need(p, signature_height(f));
        y = p->y + draw_at(p, TEXT("Nơi nhận:"), &label, LEFT, p->y, LEFT_COLUMN);
        for (size_t i = 0; i < f->recipient_count; i++)
                y += draw_at(p,
                    sheet_format(p->sheet, "- %.*s%s", TEXT_ARGS(f->recipients[i]),
                        i + 1 == f->recipient_count ? "." : ";"),
                    &small, LEFT, y, LEFT_COLUMN);
        for (size_t i = 0; i < f->authority_count; i++)
                p->y += draw_at(p, f->authority[i], &strong, right, p->y, WIDTH - LEFT_COLUMN);
        p->y += 62; /* room for the signature and the seal */
        p->y += draw_at(p, f->signer, &strong, right, p->y, WIDTH - LEFT_COLUMN);
        p->y = y > p->y ? y : p->y;
}

struct cell_row {
        PangoLayout *cells[SHEET_COLUMNS_MAX];
        double height;
};

static double column_width(const struct sheet_table *t, size_t column)
{
        int sum = 0;

        for (size_t i = 0; i < t->column_count; i++)
                sum += t->columns[i].width;
        return WIDTH * t->columns[column].width / (sum ? sum : 1);
}

/* cells NULL: the row of titles. */
static void row_make(
    struct cell_row *row, struct page *p, const struct sheet_table *t, const struct text *cells)
{
        row->height = 0;
        for (size_t i = 0; i < t->column_count; i++) {
                struct style s = { .size = 11.5, .bold = !cells };
                double height;

                s.align = !cells                ? PANGO_ALIGN_CENTER
                          : t->columns[i].right ? PANGO_ALIGN_RIGHT
                                                : PANGO_ALIGN_LEFT;
                row->cells[i] = layout_new(p, cells ? cells[i] : t->columns[i].title, &s,
                    column_width(t, i) - 2 * CELL_PAD);
                height = layout_height(row->cells[i]) + 2 * CELL_PAD;
                row->height = height > row->height ? height : row->height;
        }
}

static void row_draw(struct page *p, const struct sheet_table *t, const struct cell_row *row)
{
        double x = LEFT;

        cairo_set_line_width(p->cr, 0.5);
        for (size_t i = 0; i < t->column_count; i++) {
                double width = column_width(t, i);

                cairo_rectangle(p->cr, x, p->y, width, row->height);
                cairo_stroke(p->cr);
                cairo_move_to(p->cr, x + CELL_PAD, p->y + CELL_PAD);
                pango_cairo_show_layout(p->cr, row->cells[i]);
                x += width;
        }
        p->y += row->height;
}

static void row_done(const struct sheet_table *t, struct cell_row *row)
{
        for (size_t i = 0; i < t->column_count; i++)
                g_object_unref(row->cells[i]);
}

/* The titles come again on each page that the table reaches. */
static void draw_table(struct page *p, const struct sheet_table *t)
{
        struct cell_row head, row;

        p->y += 6;
        row_make(&head, p, t, NULL);
        need(p, head.height * 2);
        row_draw(p, t, &head);
        for (const struct sheet_row *r = t->first; r; r = r->next) {
                row_make(&row, p, t, r->cells);
                if (p->y + row.height > BOTTOM) {
                        page_begin(p);
                        row_draw(p, t, &head);
                }
                row_draw(p, t, &row);
                row_done(t, &row);
        }
        row_done(t, &head);
}

static void draw_annex(struct page *p, const struct sheet_block *b)
{
        static const struct style name = { .size = 14, .bold = true, .align = PANGO_ALIGN_CENTER };

        page_begin(p);
        flow(p, sheet_block_text(p->sheet, b), &name, 0);
        p->y += 4;
}

static double block_height(struct page *p, const struct sheet_block *b, const struct style *s)
{
        PangoLayout *layout = layout_new(p, sheet_block_text(p->sheet, b), s, WIDTH);
        double height = layout_height(layout) * LINE_FACTOR + s->before;

        g_object_unref(layout);
        return height;
}

/* The signature never stands alone on a page: the last paragraph goes over with it, and with that
 * the heading above it. */
static void keep_with_signature(struct page *p, const struct sheet_block *b)
{
        const struct sheet_block *last = b->kind == SHEET_HEADING ? b->next : b;
        double height = 0;

        if (!last || last->kind != SHEET_PARAGRAPH || !last->next ||
            last->next->kind != SHEET_SIGNATURE)
                return;
        if (b != last)
                height = block_height(p, b, &heading);
        height += block_height(p, last, &body);
        if (height < (BOTTOM - TOP) / 2)
                need(p, height + 14 + signature_height(&p->sheet->frame));
}

static void draw_block(struct page *p, const struct sheet_block *b)
{
        struct text t = sheet_block_text(p->sheet, b);

        switch (b->kind) {
        case SHEET_TITLE:
                flow(p, t, &title, 1);
                break;
        case SHEET_SUBJECT:
                flow(p, t, &subject, 0);
                rule(p, LEFT + WIDTH / 2, p->y + 2, 0.25 * WIDTH);
                p->y += 4;
                break;
        case SHEET_ADDRESSEE:
                flow(p, t, &addressee, 0);
                p->y += 4;
                break;
        case SHEET_HEADING:
                keep_with_signature(p, b);
                flow(p, t, &heading, 2);
                break;
        case SHEET_PARAGRAPH:
                keep_with_signature(p, b);
                flow(p, t, &body, 1);
                break;
        case SHEET_POINT:
                flow(p,
                    sheet_format(p->sheet, "%s) %.*s", sheet_point_letter(b->letter), TEXT_ARGS(t)),
                    &body, 1);
                break;
        case SHEET_TABLE:
                draw_table(p, b->table);
                break;
        case SHEET_SIGNATURE:
                draw_signature(p);
                break;
        case SHEET_ANNEX:
                draw_annex(p, b);
                break;
        case SHEET_NOTE:
                flow(p, t, &note, 0);
                break;
        }
}

struct target {
        struct buffer *out;
        int err;
};

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned len)
{
        struct target *target = closure;

        if (!target->err)
                target->err = buffer_add(target->out, bytes, len);
        return target->err ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void draw_sheet(cairo_surface_t *surface, struct sheet *sheet)
{
        struct page p = { .cr = cairo_create(surface), .sheet = sheet };

        p.context = pango_cairo_create_context(p.cr);
        pango_cairo_context_set_resolution(p.context, 72);
        page_begin(&p);
        draw_head(&p);
        for (const struct sheet_block *b = sheet->first; b; b = b->next)
                draw_block(&p, b);
        cairo_show_page(p.cr);
        g_object_unref(p.context);
        cairo_destroy(p.cr);
}

int pdf_write(struct buffer *out, struct sheet *sheet)
{
        struct target target = { .out = out };
        char made_at[TIMESTAMP_TEXT_MAX];
        cairo_surface_t *surface;
        cairo_status_t status;

        if (sheet_check(sheet))
                return sheet_check(sheet);
        surface = cairo_pdf_surface_create_for_stream(
            write_bytes, &target, PAGE_WIDTH, PAGE_HEIGHT);
        (void)timestamp_write(made_at, sheet->made_at - sheet->made_at % SECOND_MS);
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made_at);
        cairo_pdf_surface_set_metadata(
            surface, CAIRO_PDF_METADATA_TITLE, sheet->title.data ? sheet->title.data : "");
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Canh");
        draw_sheet(surface, sheet);
        cairo_surface_finish(surface);
        status = cairo_surface_status(surface);
        cairo_surface_destroy(surface);
        if (target.err)
                return target.err;
        if (sheet_check(sheet))
                return sheet_check(sheet);
        return status == CAIRO_STATUS_SUCCESS     ? 0
               : status == CAIRO_STATUS_NO_MEMORY ? ERR_MEMORY
                                                  : ERR_IO;
}
