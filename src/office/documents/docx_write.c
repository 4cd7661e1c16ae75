/* office/documents/docx_write.c: the parts of the package, and the zip around them (libarchive).
 * Measures of the page are those of pdf_write.c, in twentieths of a point.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/timestamp.h"
#include "office/documents/docx_parts.h"
#include "office/documents/docx_write.h"
#include "office/documents/sheet.h"
#include "office/documents/xml_text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

enum { PART_BYTES_MAX = 16 << 20, TEXT_WIDTH = 9185, LEFT_COLUMN = 3860 };

/* Everything is added through one sticky error, so that the parts read as what they write. */
struct writer {
        struct buffer *out;
        struct sheet *sheet;
        int err;
};

static void raw(struct writer *w, const char *xml)
{
        if (!w->err)
                w->err = buffer_add_text(w->out, xml);
}

PRINTF_LIKE(2, 3) static void rawf(struct writer *w, const char *format, ...)
{
        char piece[1024];
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(piece, sizeof(piece), format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= sizeof(piece))
                w->err = w->err ? w->err : ERR_BUG;
        else
                raw(w, piece);
}

static void words(struct writer *w, struct text t)
{
        if (!w->err)
                w->err = xml_add_text(w->out, t);
}

struct look {
        const char *align; /* left, center, right, both */
        int half_points;
        bool bold, italic, keep_next;
        int indent, before, after;
};

static void paragraph_begin(struct writer *w, const struct look *l)
{
        rawf(w,
            "<w:p><w:pPr>%s<w:spacing w:before=\"%d\" w:after=\"%d\" w:line=\"264\" "
            "w:lineRule=\"auto\"/>",
            l->keep_next ? "<w:keepNext/><w:keepLines/>" : "", l->before, l->after);
        if (l->indent)
                rawf(w, "<w:ind w:firstLine=\"%d\"/>", l->indent);
        rawf(w, "<w:jc w:val=\"%s\"/></w:pPr>", l->align ? l->align : "left");
}

static void run(struct writer *w, const struct look *l, struct text t)
{
        rawf(w,
            "<w:r><w:rPr>%s%s<w:sz w:val=\"%d\"/><w:szCs w:val=\"%d\"/></w:rPr><w:t "
            "xml:space=\"preserve\">",
            l->bold ? "<w:b/>" : "", l->italic ? "<w:i/>" : "", l->half_points, l->half_points);
        words(w, t);
        raw(w, "</w:t></w:r>");
}

static void paragraph(struct writer *w, const struct look *l, struct text t)
{
        paragraph_begin(w, l);
        run(w, l, t);
        raw(w, "</w:p>");
}

/* A rule of a given share of `width`: the top border of an empty, very low paragraph. */
static void rule(struct writer *w, int width, int percent)
{
        int side = width * (100 - percent) / 200;

        rawf(w,
            "<w:p><w:pPr><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"0\" "
            "w:color=\"000000\"/></w:pBdr>"
            "<w:spacing w:before=\"20\" w:after=\"0\" w:line=\"120\" w:lineRule=\"exact\"/>"
            "<w:ind w:left=\"%d\" w:right=\"%d\"/></w:pPr></w:p>",
            side, side);
}

static void cell_begin(struct writer *w, int width)
{
        rawf(w, "<w:tc><w:tcPr><w:tcW w:w=\"%d\" w:type=\"dxa\"/></w:tcPr>", width);
}

/* Two columns without borders: the head and the foot of an official document. */
static void columns_begin(struct writer *w)
{
        rawf(w,
            "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblLayout "
            "w:type=\"fixed\"/><w:tblCellMar>"
            "<w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" "
            "w:type=\"dxa\"/></w:tblCellMar></w:tblPr>"
            "<w:tblGrid><w:gridCol w:w=\"%d\"/><w:gridCol "
            "w:w=\"%d\"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>",
            TEXT_WIDTH, LEFT_COLUMN, TEXT_WIDTH - LEFT_COLUMN);
}

static void write_head(struct writer *w)
{
        static const struct look plain = { "center", 24 }, bold = { "center", 24, .bold = true },
                                 motto = { "center", 26, .bold = true },
                                 number = { "center", 26, .before = 80 },
                                 date = { "center", 26, .italic = true, .before = 80 };
        const struct sheet_frame *f = &w->sheet->frame;

        columns_begin(w);
        cell_begin(w, LEFT_COLUMN);
        paragraph(w, &plain, f->parent);
        paragraph(w, &bold, f->issuer);
        rule(w, LEFT_COLUMN, 40);
        raw(w, "</w:tc>");
        cell_begin(w, TEXT_WIDTH - LEFT_COLUMN);
        paragraph(w, &bold, TEXT("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"));
        paragraph(w, &motto, TEXT("Độc lập - Tự do - Hạnh phúc"));
        rule(w, TEXT_WIDTH - LEFT_COLUMN, 60);
        raw(w, "</w:tc></w:tr><w:tr><w:trPr><w:cantSplit/></w:trPr>");
        cell_begin(w, LEFT_COLUMN);
        paragraph(w, &number,
            f->number.len
                ? sheet_format(w->sheet, "Số: %.*s", TEXT_ARGS(f->number))
                : sheet_format(w->sheet, "Số:\u2003\u2003\u2003/%.*s", TEXT_ARGS(f->symbol)));
        raw(w, "</w:tc>");
        cell_begin(w, TEXT_WIDTH - LEFT_COLUMN);
        paragraph(w, &date,
            sheet_format(w->sheet, "%.*s, %.*s", TEXT_ARGS(f->place), TEXT_ARGS(f->date)));
        raw(w, "</w:tc></w:tr></w:tbl>");
}

static void write_signature(struct writer *w)
{
        static const struct look label = { "left", 24, .bold = true, .italic = true },
                                 small = { "left", 22 }, strong = { "center", 28, .bold = true },
                                 gap = { "center", 28, .before = 1300 };
        const struct sheet_frame *f = &w->sheet->frame;
        struct look name = strong, empty = small;

        empty.keep_next = true;
        paragraph(w, &empty, TEXT(""));
        columns_begin(w);
        cell_begin(w, LEFT_COLUMN);
        paragraph(w, &label, TEXT("Nơi nhận:"));
        for (size_t i = 0; i < f->recipient_count; i++)
                paragraph(w, &small,
                    sheet_format(w->sheet, "- %.*s%s", TEXT_ARGS(f->recipients[i]),
                        i + 1 == f->recipient_count ? "." : ";"));
        raw(w, "</w:tc>");
        cell_begin(w, TEXT_WIDTH - LEFT_COLUMN);
        for (size_t i = 0; i < f->authority_count; i++)
                paragraph(w, &strong, f->authority[i]);
        name.before = gap.before;
        paragraph(w, &name, f->signer);
        raw(w, "</w:tc></w:tr></w:tbl>");
}

static int column_width(const struct sheet_table *t, size_t column)
{
        int sum = 0;

        for (size_t i = 0; i < t->column_count; i++)
                sum += t->columns[i].width;
        return TEXT_WIDTH * t->columns[column].width / (sum ? sum : 1);
}

/* cells NULL: the titles, which Word repeats on each page (tblHeader). */
static void table_row(struct writer *w, const struct sheet_table *t, const struct text *cells)
{
        rawf(w, "<w:tr><w:trPr><w:cantSplit/>%s</w:trPr>", cells ? "" : "<w:tblHeader/>");
        for (size_t i = 0; i < t->column_count; i++) {
                struct look l = { !cells                ? "center"
                                  : t->columns[i].right ? "right"
                                                        : "left",
                        23, .bold = !cells, .before = 20, .after = 20 };

                cell_begin(w, column_width(t, i));
                paragraph(w, &l, cells ? cells[i] : t->columns[i].title);
                raw(w, "</w:tc>");
        }
        raw(w, "</w:tr>");
}

static void write_table(struct writer *w, const struct sheet_table *t)
{
        static const char *const sides[] = { "top", "left", "bottom", "right", "insideH",
                "insideV" };

        rawf(w, "<w:tbl><w:tblPr><w:tblW w:w=\"%d\" w:type=\"dxa\"/><w:tblBorders>", TEXT_WIDTH);
        for (size_t i = 0; i < ARRAY_LEN(sides); i++)
                rawf(w, "<w:%s w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>",
                    sides[i]);
        raw(w, "</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"60\" "
               "w:type=\"dxa\"/>"
               "<w:right w:w=\"60\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>");
        for (size_t i = 0; i < t->column_count; i++)
                rawf(w, "<w:gridCol w:w=\"%d\"/>", column_width(t, i));
        raw(w, "</w:tblGrid>");
        table_row(w, t, NULL);
        for (const struct sheet_row *r = t->first; r; r = r->next)
                table_row(w, t, r->cells);
        raw(w, "</w:tbl>");
}

static void write_annex(struct writer *w, struct text t)
{
        static const struct look name = { "center", 28, .bold = true, .after = 80 };

        raw(w, "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>");
        paragraph(w, &name, t);
}

static void write_block(struct writer *w, const struct sheet_block *b)
{
        static const struct look title = { "center", 28, .bold = true, .before = 360 },
                                 subject = { "center", 28, .bold = true },
                                 addressee = { "center", 28, .before = 240, .after = 120 },
                                 heading = { "both", 28, .bold = true, .keep_next = true,
                                         .indent = 720, .before = 160 },
                                 body = { "both", 28, .indent = 720, .before = 120 },
                                 note = { "left", 22, .italic = true, .before = 80 };
        struct text t = sheet_block_text(w->sheet, b);
        struct look last = body;

        last.keep_next = b->next && b->next->kind == SHEET_SIGNATURE;
        if (b->kind == SHEET_TABLE)
                write_table(w, b->table);
        else if (b->kind == SHEET_SIGNATURE)
                write_signature(w);
        else if (b->kind == SHEET_ANNEX)
                write_annex(w, t);
        else if (b->kind == SHEET_POINT)
                paragraph(w, &body,
                    sheet_format(
                        w->sheet, "%s) %.*s", sheet_point_letter(b->letter), TEXT_ARGS(t)));
        else
                paragraph(w,
                    b->kind == SHEET_TITLE       ? &title
                    : b->kind == SHEET_SUBJECT   ? &subject
                    : b->kind == SHEET_ADDRESSEE ? &addressee
                    : b->kind == SHEET_HEADING   ? &heading
                    : b->kind == SHEET_NOTE      ? &note
                                                 : &last,
                    t);
        if (b->kind == SHEET_SUBJECT)
                rule(w, TEXT_WIDTH, 25);
}

static void write_document(struct writer *w)
{
        raw(w, DOCX_DOCUMENT_BEGIN);
        write_head(w);
        for (const struct sheet_block *b = w->sheet->first; b; b = b->next)
                write_block(w, b);
        raw(w, DOCX_DOCUMENT_END);
}

static void write_header(struct writer *w, bool first)
{
        raw(w, DOCX_HEADER_BEGIN);
        raw(w, "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>");
        if (w->sheet->draft)
                raw(w, DOCX_DRAFT_MARK);
        if (!first)
                raw(w, DOCX_PAGE_NUMBER);
        raw(w, "</w:p></w:hdr>");
}

static void write_properties(struct writer *w)
{
        char made_at[TIMESTAMP_TEXT_MAX];

        (void)timestamp_write(made_at, w->sheet->made_at - w->sheet->made_at % SECOND_MS);
        raw(w, DOCX_PROPERTIES_BEGIN);
        raw(w, "<dc:title>");
        words(w, w->sheet->title);
        rawf(w,
            "</dc:title><dc:creator>Canh</dc:creator><dcterms:created "
            "xsi:type=\"dcterms:W3CDTF\">%s</dcterms:created>"
            "</cp:coreProperties>",
            made_at);
}

static int zip_add(struct archive *zip, const char *name, const char *bytes, size_t len)
{
        struct archive_entry *entry = archive_entry_new();
        int err = 0;

        if (!entry)
                return ERR_MEMORY;
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (la_int64_t)len);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        /* 1980-01-02 UTC: the zip's own earliest year, in any zone; the same bytes every time */
        archive_entry_set_mtime(entry, 315619200, 0);
        if (archive_write_header(zip, entry) != ARCHIVE_OK ||
            archive_write_data(zip, bytes, len) != (la_ssize_t)len)
                err = ERR_IO;
        archive_entry_free(entry);
        return err;
}

struct target {
        struct buffer *out;
        int err;
};

static la_ssize_t zip_bytes(struct archive *zip, void *state, const void *bytes, size_t len)
{
        struct target *target = state;

        target->err = buffer_add(target->out, bytes, len);
        if (target->err) {
                archive_set_error(zip, ENOMEM, "no room");
                return -1;
        }
        return (la_ssize_t)len;
}

static int add_made(
    struct archive *zip, const char *name, struct sheet *sheet, void (*make)(struct writer *w))
{
        AUTO(buffer_done) struct buffer part = BUFFER(PART_BYTES_MAX);
        struct writer w = { &part, sheet, 0 };

        make(&w);
        if (!w.err)
                w.err = sheet_check(sheet);
        return w.err ? w.err : zip_add(zip, name, part.data, part.len);
}

static void write_header_first(struct writer *w)
{
        write_header(w, true);
}

static void write_header_next(struct writer *w)
{
        write_header(w, false);
}

static int add_parts(struct archive *zip, struct sheet *sheet)
{
        static const struct {
                const char *name, *xml;
                void (*make)(struct writer *w);
        } parts[] = {
                { "[Content_Types].xml", DOCX_CONTENT_TYPES, NULL },
                { "_rels/.rels", DOCX_RELATIONS, NULL },
                { "docProps/core.xml", NULL, write_properties },
                { "word/document.xml", NULL, write_document },
                { "word/_rels/document.xml.rels", DOCX_DOCUMENT_RELATIONS, NULL },
                { "word/styles.xml", DOCX_STYLES, NULL },
                { "word/header1.xml", NULL, write_header_first },
                { "word/header2.xml", NULL, write_header_next },
        };
        int err = 0;

        for (size_t i = 0; i < ARRAY_LEN(parts) && !err; i++)
                err = parts[i].make
                          ? add_made(zip, parts[i].name, sheet, parts[i].make)
                          : zip_add(zip, parts[i].name, parts[i].xml, strlen(parts[i].xml));
        return err;
}

int docx_write(struct buffer *out, struct sheet *sheet)
{
        struct target target = { out, 0 };
        struct archive *zip;
        int err = 0;

        if (sheet_check(sheet))
                return sheet_check(sheet);
        zip = archive_write_new();
        if (!zip)
                return ERR_MEMORY;
        if (archive_write_set_format_zip(zip) != ARCHIVE_OK ||
            archive_write_set_bytes_in_last_block(zip, 1) != ARCHIVE_OK ||
            archive_write_open(zip, &target, NULL, zip_bytes, NULL) != ARCHIVE_OK)
                err = ERR_IO;
        if (!err)
                err = add_parts(zip, sheet);
        if (archive_write_close(zip) != ARCHIVE_OK && !err)
                err = ERR_IO;
        archive_write_free(zip);
        return target.err ? target.err : err;
}
