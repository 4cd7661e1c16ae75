/* office/documents/sheet.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/timestamp.h"
#include "codec/unicode.h"
#include "office/documents/sheet.h"

#include <unicase.h>
#include <unistr.h>

enum { TEXT_BYTES_MAX = 64 << 10 };

int sheet_new(struct sheet **out, struct arena *arena)
{
        struct sheet *s = arena_zero(arena, 1, sizeof(*s));

        if (!s)
                return ERR_LIMIT;
        s->arena = arena;
        *out = s;
        return 0;
}

int sheet_check(const struct sheet *s)
{
        return s->err;
}

static void *sheet_room(struct sheet *s, size_t count, size_t size)
{
        void *p = arena_zero(s->arena, count, size);

        if (!p)
                s->err = ERR_LIMIT;
        return p;
}

/* One character of foreign text; what no document may hold becomes a blank or U+FFFD. */
static int add_character(struct buffer *b, const uint8_t *at, size_t left, size_t *used)
{
        ucs4_t c;
        int n = u8_mbtoucr(&c, at, left);

        if (n <= 0) {
                *used = 1;
                return buffer_add_text(b, "\xEF\xBF\xBD");
        }
        *used = (size_t)n;
        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
                return buffer_add_byte(b, ' ');
        if (c == 0xFFFE || c == 0xFFFF)
                return buffer_add_text(b, "\xEF\xBF\xBD");
        return buffer_add(b, at, (size_t)n);
}

struct text sheet_text(struct sheet *s, struct text t)
{
        AUTO(buffer_done)
        struct buffer clean = BUFFER(TEXT_BYTES_MAX), nfc = BUFFER(TEXT_BYTES_MAX);
        const char *copy = NULL;
        size_t used;
        int err = 0;

        for (size_t i = 0; i < t.len && !err; i += used)
                err = add_character(&clean, (const uint8_t *)t.data + i, t.len - i, &used);
        if (!err)
                err = unicode_add_nfc(
                    &nfc, (struct text){ clean.data ? clean.data : "", clean.len });
        if (!err)
                copy = arena_text(s->arena, (struct text){ nfc.data ? nfc.data : "", nfc.len });
        if (!copy) {
                s->err = err ? err : ERR_LIMIT;
                return (struct text){ "", 0 };
        }
        return (struct text){ copy, nfc.len };
}

struct text sheet_format(struct sheet *s, const char *format, ...)
{
        char line[4096];
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(line, sizeof(line), format, args);
        va_end(args);
        if (n < 0 || (size_t)n >= sizeof(line)) {
                s->err = ERR_LIMIT;
                return (struct text){ "", 0 };
        }
        return sheet_text(s, (struct text){ line, (size_t)n });
}

struct text sheet_capitals(struct sheet *s, struct text t)
{
        size_t len = 0;
        uint8_t *upper = u8_toupper((const uint8_t *)t.data, t.len, "vi", UNINORM_NFC, NULL, &len);
        struct text out = sheet_text(s, (struct text){ (const char *)upper, upper ? len : 0 });

        if (!upper && t.len)
                s->err = ERR_MEMORY;
        free(upper);
        return out;
}

void sheet_begin(struct sheet *s, enum sheet_block_kind kind)
{
        struct sheet_block *b;

        if (s->err)
                return;
        if (s->block_count == SHEET_BLOCKS_MAX) {
                s->err = ERR_LIMIT;
                return;
        }
        b = sheet_room(s, 1, sizeof(*b));
        if (!b)
                return;
        b->kind = kind;
        if (kind == SHEET_POINT && s->last && s->last->kind == SHEET_POINT)
                b->letter = s->last->letter + 1;
        if (s->last)
                s->last->next = b;
        else
                s->first = b;
        s->last = b;
        s->block_count++;
}

void sheet_add_figure(struct sheet *s, int number, struct text value)
{
        struct sheet_run *run;

        if (s->err || !s->last)
                return;
        run = sheet_room(s, 1, sizeof(*run));
        if (!run)
                return;
        run->text = sheet_text(s, value);
        run->figure = number;
        if (s->last->last)
                s->last->last->next = run;
        else
                s->last->first = run;
        s->last->last = run;
}

void sheet_add(struct sheet *s, struct text t)
{
        sheet_add_figure(s, 0, t);
}

void sheet_line(struct sheet *s, enum sheet_block_kind kind, struct text t)
{
        sheet_begin(s, kind);
        sheet_add(s, t);
}

struct sheet_table *sheet_table(struct sheet *s)
{
        sheet_begin(s, SHEET_TABLE);
        if (s->err)
                return NULL;
        s->last->table = sheet_room(s, 1, sizeof(*s->last->table));
        return s->last->table;
}

void sheet_table_column(
    struct sheet *s, struct sheet_table *t, struct text title, int width, bool right)
{
        if (s->err || !t)
                return;
        if (t->column_count == SHEET_COLUMNS_MAX) {
                s->err = ERR_LIMIT;
                return;
        }
        t->columns[t->column_count++] = (struct sheet_column){ sheet_text(s, title), width, right };
}

void sheet_table_row(struct sheet *s, struct sheet_table *t, const struct text *cells)
{
        struct sheet_row *row;

        if (s->err || !t)
                return;
        row = sheet_room(s, 1, sizeof(*row));
        if (!row)
                return;
        row->cells = sheet_room(s, t->column_count, sizeof(*row->cells));
        if (!row->cells)
                return;
        for (size_t i = 0; i < t->column_count; i++)
                row->cells[i] = sheet_text(s, cells[i]);
        if (t->last)
                t->last->next = row;
        else
                t->first = row;
        t->last = row;
}

const char *sheet_point_letter(int index)
{
        static const char *const letters[] = { "a", "b", "c", "d", "đ", "e", "g", "h", "i", "k",
                "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y" };

        return letters[(size_t)index % ARRAY_LEN(letters)];
}

struct text sheet_date(struct sheet *s, time_ms at, time_ms about)
{
        struct civil_time c;

        civil_time_from_utc(&c, at ? at : about, ZONE_VIETNAM_MINUTES);
        if (!at)
                return sheet_format(s, "ngày\u2003\u2003tháng %s%d năm %d", c.month < 3 ? "0" : "",
                    c.month, c.year);
        return sheet_format(
            s, "ngày %02d tháng %s%d năm %d", c.day, c.month < 3 ? "0" : "", c.month, c.year);
}

struct text sheet_block_text(struct sheet *s, const struct sheet_block *b)
{
        size_t len = 0;
        char *out;

        for (const struct sheet_run *r = b->first; r; r = r->next)
                len += r->text.len;
        out = sheet_room(s, len + 1, 1);
        if (!out)
                return (struct text){ "", 0 };
        len = 0;
        for (const struct sheet_run *r = b->first; r; r = r->next) {
                memcpy(out + len, r->text.data, r->text.len);
                len += r->text.len;
        }
        return (struct text){ out, len };
}
