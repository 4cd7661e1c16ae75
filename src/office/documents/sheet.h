/* office/documents/sheet.h: the content of an official document, without a page: a list of blocks
 * that the writers (pdf_write.h, docx_write.h, sheet_json.h) lay out after Decree 30/2020, Annex I.
 *
 * All texts are copied into the arena, in NFC, without control characters; bytes that are not UTF-8
 * become U+FFFD. An add that finds no room sets a sticky error that sheet_check returns; so
 * builders read as prose.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_DOCUMENTS_SHEET_H
#define CANH_OFFICE_DOCUMENTS_SHEET_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"

enum { SHEET_BLOCKS_MAX = 4000, SHEET_COLUMNS_MAX = 12, SHEET_LINES_MAX = 20 };

enum sheet_block_kind {
        SHEET_TITLE,     /* BÁO CÁO, bold, centred */
        SHEET_SUBJECT,   /* under the title, with its rule */
        SHEET_ADDRESSEE, /* Kính gửi */
        SHEET_HEADING,   /* I. II. III. */
        SHEET_PARAGRAPH,
        SHEET_POINT, /* a) b) c) d) đ): the letter is given by its place in the row of points */
        SHEET_TABLE,
        SHEET_SIGNATURE, /* Nơi nhận and the signer */
        SHEET_ANNEX,     /* begins a page: "Phụ lục I" */
        SHEET_NOTE       /* small, italic: under a table */
};

/* A piece of a paragraph; figure > 0 when it is the n-th figure of the evidence table. */
struct sheet_run {
        struct text text;
        int figure;
        struct sheet_run *next;
};

struct sheet_column {
        struct text title;
        int width;  /* parts of the sum of all */
        bool right; /* figures are set to the right, words to the left */
};

struct sheet_row {
        struct text *cells;
        struct sheet_row *next;
};

struct sheet_table {
        struct sheet_column columns[SHEET_COLUMNS_MAX];
        size_t column_count;
        struct sheet_row *first, *last;
};

struct sheet_block {
        enum sheet_block_kind kind;
        int letter; /* SHEET_POINT: 0 = a) */
        struct sheet_run *first, *last;
        struct sheet_table *table;
        struct sheet_block *next;
};

/* The head of the first page, and the foot of the last. Empty texts leave the blank that a clerk
 * fills in. */
struct sheet_frame {
        struct text parent, issuer; /* set in capitals */
        struct text number;         /* "12/BC-VHTT"; empty: a blank before /BC */
        struct text symbol;         /* "BC-VHTT", shown while there is no number */
        struct text place, date; /* date: "ngày 07 tháng 02 năm 2024", blanks while not signed */
        struct text authority[4]; /* "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH" */
        size_t authority_count;
        struct text signer;
        struct text recipients[SHEET_LINES_MAX]; /* without dash and semicolon */
        size_t recipient_count;
};

struct sheet {
        struct arena *arena;
        struct sheet_frame frame;
        struct sheet_block *first, *last;
        size_t block_count;
        bool draft;        /* prints DỰ THẢO over every page */
        time_ms made_at;   /* the only time in the files */
        struct text title; /* for the file's own properties */
        int err;
};

MUST_USE int sheet_new(struct sheet **out, struct arena *arena);
/* The error that stuck, or 0. */
MUST_USE int sheet_check(const struct sheet *s);
/* A copy as described above. */
struct text sheet_text(struct sheet *s, struct text t);
struct text sheet_format(struct sheet *s, const char *format, ...) PRINTF_LIKE(2, 3);
/* Vietnamese capitals. */
struct text sheet_capitals(struct sheet *s, struct text t);

/* Begins a block; runs are added to the last one begun. */
void sheet_begin(struct sheet *s, enum sheet_block_kind kind);
void sheet_add(struct sheet *s, struct text t);
void sheet_add_figure(struct sheet *s, int number, struct text value);
/* begin + add. */
void sheet_line(struct sheet *s, enum sheet_block_kind kind, struct text t);

struct sheet_table *sheet_table(struct sheet *s);
void sheet_table_column(
    struct sheet *s, struct sheet_table *t, struct text title, int width, bool right);
/* `cells` has one text per column. */
void sheet_table_row(struct sheet *s, struct sheet_table *t, const struct text *cells);

/* "a", "b", "c", "d", "đ", "e", "g" …: the order of points in Vietnamese documents (no f, j, w, z).
 * Static. */
const char *sheet_point_letter(int index);
/* "ngày 07 tháng 02 năm 2024" (days below 10 and months 1, 2 with a leading 0); at 0: blanks to
 * fill in, with the month and year of `about`. */
struct text sheet_date(struct sheet *s, time_ms at, time_ms about);
/* All runs of a block as one text. */
struct text sheet_block_text(struct sheet *s, const struct sheet_block *b);

#endif
