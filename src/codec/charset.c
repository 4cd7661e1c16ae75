/* codec/charset.c: see charset.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/charset.h"

#include <string.h>

enum { SAMPLE = 4096, HIGH_FIRST = 0x80 };

/* Windows-1258 from 0x80 on; 0 = not used. Tone marks follow their letter; NFC joins them later.
 * Own tables, because iconv loads its tables from files and the process that reads lists has none.
 */
static const uint16_t windows_1258[128] = {
        0x20AC,
        0x0000,
        0x201A,
        0x0192,
        0x201E,
        0x2026,
        0x2020,
        0x2021,
        0x02C6,
        0x2030,
        0x0000,
        0x2039,
        0x0152,
        0x0000,
        0x0000,
        0x0000,
        0x0000,
        0x2018,
        0x2019,
        0x201C,
        0x201D,
        0x2022,
        0x2013,
        0x2014,
        0x02DC,
        0x2122,
        0x0000,
        0x203A,
        0x0153,
        0x0000,
        0x0000,
        0x0178,
        0x00A0,
        0x00A1,
        0x00A2,
        0x00A3,
        0x00A4,
        0x00A5,
        0x00A6,
        0x00A7,
        0x00A8,
        0x00A9,
        0x00AA,
        0x00AB,
        0x00AC,
        0x00AD,
        0x00AE,
        0x00AF,
        0x00B0,
        0x00B1,
        0x00B2,
        0x00B3,
        0x00B4,
        0x00B5,
        0x00B6,
        0x00B7,
        0x00B8,
        0x00B9,
        0x00BA,
        0x00BB,
        0x00BC,
        0x00BD,
        0x00BE,
        0x00BF,
        0x00C0,
        0x00C1,
        0x00C2,
        0x0102,
        0x00C4,
        0x00C5,
        0x00C6,
        0x00C7,
        0x00C8,
        0x00C9,
        0x00CA,
        0x00CB,
        0x0300,
        0x00CD,
        0x00CE,
        0x00CF,
        0x0110,
        0x00D1,
        0x0309,
        0x00D3,
        0x00D4,
        0x01A0,
        0x00D6,
        0x00D7,
        0x00D8,
        0x00D9,
        0x00DA,
        0x00DB,
        0x00DC,
        0x01AF,
        0x0303,
        0x00DF,
        0x00E0,
        0x00E1,
        0x00E2,
        0x0103,
        0x00E4,
        0x00E5,
        0x00E6,
        0x00E7,
        0x00E8,
        0x00E9,
        0x00EA,
        0x00EB,
        0x0301,
        0x00ED,
        0x00EE,
        0x00EF,
        0x0111,
        0x00F1,
        0x0323,
        0x00F3,
        0x00F4,
        0x01A1,
        0x00F6,
        0x00F7,
        0x00F8,
        0x00F9,
        0x00FA,
        0x00FB,
        0x00FC,
        0x01B0,
        0x20AB,
        0x00FF,
};

static int add_point(struct buffer *out, uint32_t p)
{
        char bytes[4];

        if (p < 0x80) {
                bytes[0] = (char)p;
                return buffer_add(out, bytes, 1);
        }
        if (p < 0x800) {
                bytes[0] = (char)(0xC0 | p >> 6);
                bytes[1] = (char)(0x80 | (p & 0x3F));
                return buffer_add(out, bytes, 2);
        }
        if (p < 0x10000) {
                bytes[0] = (char)(0xE0 | p >> 12);
                bytes[1] = (char)(0x80 | (p >> 6 & 0x3F));
                bytes[2] = (char)(0x80 | (p & 0x3F));
                return buffer_add(out, bytes, 3);
        }
        bytes[0] = (char)(0xF0 | p >> 18);
        bytes[1] = (char)(0x80 | (p >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (p >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (p & 0x3F));
        return buffer_add(out, bytes, 4);
}

static int from_windows_1258(struct buffer *own, struct text bytes)
{
        for (size_t i = 0; i < bytes.len; i++) {
                unsigned char c = (unsigned char)bytes.data[i];
                uint32_t point = c < HIGH_FIRST ? c : windows_1258[c - HIGH_FIRST];
                int err = point || c == 0 ? add_point(own, point) : ERR_FORMAT;
                if (err)
                        return err;
        }
        return 0;
}

static uint32_t unit_at(struct text bytes, size_t i, bool little)
{
        uint32_t low = (unsigned char)bytes.data[i + !little],
                 high = (unsigned char)bytes.data[i + little];

        return high << 8 | low;
}

/* A lone half of a pair becomes U+FFFD, as everybody does. */
static int from_utf16(struct buffer *own, struct text bytes, bool little)
{
        for (size_t i = 0; i + 1 < bytes.len; i += 2) {
                uint32_t point = unit_at(bytes, i, little), next;
                int err;
                if (point >= 0xD800 && point < 0xDC00 && i + 3 < bytes.len) {
                        next = unit_at(bytes, i + 2, little);
                        if (next >= 0xDC00 && next < 0xE000) {
                                point = 0x10000 + ((point - 0xD800) << 10) + (next - 0xDC00);
                                i += 2;
                        }
                }
                err = add_point(own, point >= 0xD800 && point < 0xE000 ? 0xFFFD : point);
                if (err)
                        return err;
        }
        return 0;
}

static int convert(struct text *out, struct buffer *own, const char *name, struct text bytes,
    struct parse_error *bad)
{
        int err;

        buffer_clear(own);
        err = name[0] == 'U' ? from_utf16(own, bytes, name[6] == 'L')
                             : from_windows_1258(own, bytes);
        if (err == ERR_FORMAT)
                return parse_error_set(bad, 0,
                    "tệp không phải văn bản UTF-8, UTF-16 hay Windows-1258",
                    "the file is not text in UTF-8, UTF-16 or Windows-1258");
        if (err)
                return err;
        *out = (struct text){ own->data ? own->data : "", own->len };
        return 0;
}

/* UTF-16 without mark: most ASCII letters have a zero byte at the same side. */
static const char *guess_utf16(struct text bytes)
{
        size_t zeros[2] = { 0, 0 }, n = bytes.len < SAMPLE ? bytes.len : SAMPLE;

        for (size_t i = 0; i < n; i++)
                zeros[i & 1] += bytes.data[i] == '\0';
        if (bytes.len % 2 || n < 4)
                return NULL;
        if (zeros[1] > n / 5 && zeros[0] * 8 < zeros[1])
                return "UTF-16LE";
        if (zeros[0] > n / 5 && zeros[1] * 8 < zeros[0])
                return "UTF-16BE";
        return NULL;
}

static bool is_binary(struct text t)
{
        size_t odd = 0, n = t.len < SAMPLE ? t.len : SAMPLE;

        if (t.len && memchr(t.data, '\0', t.len))
                return true;
        for (size_t i = 0; i < n; i++) {
                unsigned char c = (unsigned char)t.data[i];
                odd += c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1A;
        }
        return odd > n / 20;
}

static int not_text(struct parse_error *bad)
{
        return parse_error_set(bad, 0, "đây không phải tệp văn bản (có byte nhị phân)",
            "this is not a text file (it holds binary bytes)");
}

int charset_to_utf8(struct text *out, struct buffer *own, const char **encoding, struct text bytes,
    struct parse_error *bad)
{
        const char *utf16 = NULL;
        struct text view = bytes;
        int err;

        if (text_starts(bytes, "\xEF\xBB\xBF")) {
                view = (struct text){ bytes.data + 3, bytes.len - 3 };
        } else if (bytes.len >= 2 && memcmp(bytes.data, "\xFF\xFE", 2) == 0) {
                utf16 = "UTF-16LE";
                view = (struct text){ bytes.data + 2, bytes.len - 2 };
        } else if (bytes.len >= 2 && memcmp(bytes.data, "\xFE\xFF", 2) == 0) {
                utf16 = "UTF-16BE";
                view = (struct text){ bytes.data + 2, bytes.len - 2 };
        } else {
                utf16 = guess_utf16(bytes);
        }
        if (utf16) {
                view.len &= ~(size_t)1;
                err = convert(&view, own, utf16, view, bad);
                if (err)
                        return err;
        }
        if (is_binary(view))
                return not_text(bad);
        if (utf16 || text_is_utf8(view)) {
                *out = view;
                *encoding = utf16 ? utf16 : "UTF-8";
                return 0;
        }
        err = convert(&view, own, "windows-1258", view, bad);
        if (err)
                return err;
        *out = view;
        *encoding = "windows-1258";
        return 0;
}
