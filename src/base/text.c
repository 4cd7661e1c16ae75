/* base/text.c: see text.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>
#include <strings.h>

struct text text_of(const char *zero_ended)
{
        return (struct text){ zero_ended ? zero_ended : "", zero_ended ? strlen(zero_ended) : 0 };
}

static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t)
{
        while (t.len && is_blank(t.data[0])) {
                t.data++;
                t.len--;
        }
        while (t.len && is_blank(t.data[t.len - 1]))
                t.len--;
        return t;
}

bool text_is(struct text t, const char *word)
{
        return t.len == strlen(word) && memcmp(t.data, word, t.len) == 0;
}

bool text_is_nocase(struct text t, const char *word)
{
        return t.len == strlen(word) && strncasecmp(t.data, word, t.len) == 0;
}

bool text_starts(struct text t, const char *head)
{
        size_t n = strlen(head);

        return t.len >= n && memcmp(t.data, head, n) == 0;
}

bool text_ends(struct text t, const char *tail)
{
        size_t n = strlen(tail);

        return t.len >= n && memcmp(t.data + t.len - n, tail, n) == 0;
}

size_t text_find(struct text t, char byte)
{
        const char *at = t.len ? memchr(t.data, byte, t.len) : NULL;

        return at ? (size_t)(at - t.data) : t.len;
}

bool text_split(struct text *out, struct text *rest, char byte)
{
        size_t at;

        if (!rest->data)
                return false;
        at = text_find(*rest, byte);
        *out = (struct text){ rest->data, at };
        if (at == rest->len)
                *rest = (struct text){ NULL, 0 };
        else
                *rest = (struct text){ rest->data + at + 1, rest->len - at - 1 };
        return true;
}

int text_to_u64(uint64_t *out, struct text t, uint64_t max)
{
        uint64_t value = 0;

        if (t.len == 0)
                return ERR_FORMAT;
        for (size_t i = 0; i < t.len; i++) {
                unsigned digit = (unsigned)(unsigned char)t.data[i] - '0';
                if (digit > 9)
                        return ERR_FORMAT;
                if (digit > max || value > (max - digit) / 10)
                        return ERR_LIMIT;
                value = value * 10 + digit;
        }
        *out = value;
        return 0;
}

int text_to_i64(int64_t *out, struct text t)
{
        bool minus = t.len && t.data[0] == '-';
        uint64_t value;
        int err;

        if (minus) {
                t.data++;
                t.len--;
        }
        err = text_to_u64(&value, t, INT64_MAX);
        if (err)
                return err;
        *out = minus ? -(int64_t)value : (int64_t)value;
        return 0;
}

/* Length of the UTF-8 character at p (n bytes left), or 0: the table 3-7 of the Unicode standard.
 */
static size_t utf8_char(const unsigned char *p, size_t n)
{
        unsigned char a = p[0], low = 0x80, high = 0xBF;
        size_t need;

        if (a < 0x80)
                return 1;
        if (a < 0xC2 || a > 0xF4)
                return 0;
        need = a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
        if (n < need)
                return 0;
        if (a == 0xE0)
                low = 0xA0;
        else if (a == 0xED)
                high = 0x9F;
        else if (a == 0xF0)
                low = 0x90;
        else if (a == 0xF4)
                high = 0x8F;
        if (p[1] < low || p[1] > high)
                return 0;
        for (size_t i = 2; i < need; i++)
                if ((p[i] & 0xC0) != 0x80)
                        return 0;
        return need;
}

bool text_is_utf8(struct text t)
{
        const unsigned char *p = (const unsigned char *)t.data;
        size_t left = t.len;

        while (left) {
                size_t n = utf8_char(p, left);
                if (n == 0)
                        return false;
                p += n;
                left -= n;
        }
        return true;
}

int text_copy(char *out, size_t room, struct text t)
{
        if (t.len >= room)
                return ERR_LIMIT;
        if (t.len)
                memcpy(out, t.data, t.len);
        out[t.len] = '\0';
        return 0;
}
