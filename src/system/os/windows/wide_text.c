/* system/os/windows/wide_text.c: see wide_text.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/windows/wide_text.h"

enum { SURROGATE_HIGH = 0xD800, SURROGATE_LOW = 0xDC00, SURROGATE_END = 0xE000 };

/* One character of 1 to 4 bytes; 0 when it is none. Lone surrogates are let through. */
static size_t take(uint32_t *out, const unsigned char *p, size_t left)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC0 ? 2 : 0;
        uint32_t c;

        if (!n || n > left || p[0] > 0xF4)
                return 0;
        c = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
        for (size_t i = 1; i < n; i++) {
                if ((p[i] & 0xC0) != 0x80)
                        return 0;
                c = c << 6 | (p[i] & 0x3Fu);
        }
        if (c < least[n] || c > 0x10FFFF)
                return 0;
        *out = c;
        return n;
}

int wide_from_text(uint16_t *out, size_t room, size_t *out_len, struct text t)
{
        size_t len = 0;

        for (size_t i = 0; i < t.len;) {
                uint32_t c = 0;
                size_t n = take(&c, (const unsigned char *)t.data + i, t.len - i);

                if (!n)
                        return ERR_FORMAT;
                if (len + 3 > room)
                        return ERR_LIMIT;
                i += n;
                if (c < 0x10000) {
                        out[len++] = (uint16_t)c;
                } else {
                        out[len++] = (uint16_t)(SURROGATE_HIGH + ((c - 0x10000) >> 10));
                        out[len++] = (uint16_t)(SURROGATE_LOW + (c & 0x3FF));
                }
        }
        if (len >= room)
                return ERR_LIMIT;
        out[len] = 0;
        *out_len = len;
        return 0;
}

static size_t put(char *out, uint32_t c)
{
        static const unsigned char heads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        for (size_t i = n; i-- > 1; c >>= 6)
                out[i] = (char)(0x80 | (c & 0x3F));
        out[0] = (char)(heads[n] | c);
        return n;
}

int wide_to_text(char *out, size_t room, const uint16_t *wide, size_t len)
{
        size_t used = 0;

        for (size_t i = 0; i < len; i++) {
                uint32_t c = wide[i];

                if (c >= SURROGATE_HIGH && c < SURROGATE_LOW && i + 1 < len &&
                    wide[i + 1] >= SURROGATE_LOW && wide[i + 1] < SURROGATE_END)
                        c = 0x10000 + ((c - SURROGATE_HIGH) << 10) +
                            (wide[++i] - (uint32_t)SURROGATE_LOW);
                if (used + 5 > room)
                        return ERR_LIMIT;
                used += put(out + used, c);
        }
        if (used >= room)
                return ERR_LIMIT;
        out[used] = '\0';
        return 0;
}
