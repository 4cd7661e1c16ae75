/* codec/charset.c: see charset.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { STEP = 16384, SAMPLE = 4096 };

static int convert(struct buffer *own, iconv_t with, struct text bytes)
{
        char *in = (char *)(uintptr_t)bytes.data; /* iconv does not write there */
        size_t left = bytes.len;
        char step[STEP];

        while (left) {
                char *to = step;
                size_t room = sizeof(step);
                size_t done = iconv(with, &in, &left, &to, &room);
                int err = buffer_add(own, step, sizeof(step) - room);
                if (err)
                        return err;
                if (done == (size_t)-1 && errno != E2BIG)
                        return ERR_FORMAT;
        }
        /* Windows-1258 holds back a letter that a tone mark may follow. */
        char *to = step;
        size_t room = sizeof(step);
        if (iconv(with, NULL, NULL, &to, &room) == (size_t)-1)
                return ERR_FORMAT;
        return buffer_add(own, step, sizeof(step) - room);
}

static int from_charset(struct text *out, struct buffer *own, const char *name, struct text bytes,
    struct parse_error *bad)
{
        iconv_t with = iconv_open("UTF-8", name);
        int err;

        if (with == (iconv_t)-1) { // NOLINT: the error value of iconv_open
                (void)parse_error_set(bad, 0, "hệ thống này thiếu bảng mã để đọc tệp",
                    "this system lacks the character table for the file");
                return ERR_UNSUPPORTED;
        }
        buffer_clear(own);
        err = convert(own, with, bytes);
        (void)iconv_close(with);
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
                err = from_charset(&view, own, utf16, view, bad);
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
        err = from_charset(&view, own, "WINDOWS-1258", view, bad);
        if (err)
                return err;
        *out = view;
        *encoding = "windows-1258";
        return 0;
}
