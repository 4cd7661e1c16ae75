/* indicators/lists/list_format_text.c: a letter or message pasted as it is: addresses, names, URLs
 * and hashes are picked out of the sentences; what only looks like an address is reported.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/lists/list_format.h"

#include <string.h>
#include <strings.h>

enum { SNIFF_SCORE = 10 };

static bool is_end(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n' || strchr(",;<>\"'|()", c);
}

/* "(.)" is a guard of an address, not a bracket of the sentence. */
static bool is_guard(struct text t, size_t at)
{
        return (at + 2 < t.len && memcmp(t.data + at, "(.)", 3) == 0) ||
               (at >= 2 && memcmp(t.data + at - 2, "(.)", 3) == 0);
}

static bool next_token(struct text *out, struct text *line)
{
        size_t start = 0, end;

        while (start < line->len && is_end(line->data[start]))
                start++;
        for (end = start; end < line->len && (!is_end(line->data[end]) || is_guard(*line, end));)
                end++;
        *out = (struct text){ line->data + start, end - start };
        *line = (struct text){ line->data + end, line->len - end };
        while (out->len && strchr(".:!?…", out->data[out->len - 1]) && out->data[out->len - 1])
                out->len--;
        return out->len > 0 || line->len > 0;
}

/* "report.docx" and "v.v" are words of the letter, not names of hosts. */
static bool is_file_name(const char *name)
{
        static const char *const ends[] = { "exe", "dll", "doc", "docx", "xls", "xlsx", "pdf",
                "zip", "rar", "txt", "js", "php", "html", "htm", "csv", "png", "jpg", "bat", "vbs",
                "ps1", "sys", "tmp", "dat", "log", "v", "pptx", "apk", "lnk" };
        const char *dot = strrchr(name, '.');

        for (size_t i = 0; dot && i < ARRAY_LEN(ends); i++)
                if (strcasecmp(dot + 1, ends[i]) == 0)
                        return true;
        return !dot || strlen(dot) < 3;
}

/* Four numbers with dots: meant as an address, even when it is none. */
static bool looks_like_address(struct text t)
{
        size_t dots = 0, digits = 0;

        for (size_t i = 0; i < t.len; i++) {
                dots += t.data[i] == '.';
                digits += t.data[i] >= '0' && t.data[i] <= '9';
        }
        return dots == 3 && digits >= 4 && dots + digits == t.len;
}

static bool is_ascii(struct text t)
{
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] >= 0x80)
                        return false;
        return true;
}

static bool has_scheme(struct text t)
{
        return text_starts(t, "http://") || text_starts(t, "https://") || text_starts(t, "hxxp") ||
               text_starts(t, "ftp://");
}

static bool is_wanted(struct text token)
{
        struct list_item item;
        struct list_why why;

        if (token.len < 4 || !is_ascii(token))
                return false;
        if (looks_like_address(token) || has_scheme(token))
                return true; /* if it is none, the reader is told why */
        if (list_item_parse(&item, token, &why))
                return false;
        if (item.type == INDICATOR_URL)
                return text_find(token, '[') < token.len;
        return item.type != INDICATOR_NAME || !is_file_name(item.value);
}

static int read_text(struct text bytes, const struct list_rows *rows, struct parse_error *bad)
{
        struct text line, token;
        size_t number = 0;

        (void)bad;
        while (text_split(&line, &bytes, '\n')) {
                number++;
                while (next_token(&token, &line)) {
                        int err = is_wanted(token) ? rows->row(rows->state, number, &token, 1) : 0;
                        if (err)
                                return err;
                }
        }
        return 0;
}

static int sniff(const struct list_sample *sample)
{
        return sample->head.len ? SNIFF_SCORE : 0;
}

static const enum list_field fields[] = { FIELD_VALUE };

extern const struct list_format list_format_text;
const struct list_format list_format_text = { .id = "text",
        .vi = "Văn bản (chọn ra các dấu hiệu nhận biết)",
        .en = "Free text (indicators are picked out)",
        .sniff = sniff,
        .read = read_text,
        .fields = fields,
        .field_count = 1 };
