/* system/net/https_answer_parse.c: see https_answer_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/https_answer_parse.h"

#include <string.h>

enum { LENGTH_MAX = 1 << 30, CHUNK_HEX_MAX = 8 };

static int status_parse(int *out, struct text line)
{
        uint64_t status;
        int err;

        if (!text_starts(line, "HTTP/1.") || line.len < 12 || line.data[8] != ' ')
                return ERR_FORMAT;
        err = text_to_u64(&status, (struct text){ line.data + 9, 3 }, 599);
        if (err || status < 200) /* 1xx is never sent to us: we ask for no "continue" */
                return ERR_FORMAT;
        *out = (int)status;
        return 0;
}

static int field_parse(struct https_head *h, struct text line)
{
        struct text name, value = line;
        uint64_t n;
        int err;

        if (!text_split(&name, &value, ':') || !value.data)
                return ERR_FORMAT;
        value = text_trim(value);
        if (text_is_nocase(name, "content-length")) {
                err = text_to_u64(&n, value, LENGTH_MAX);
                if (err || h->content_bytes >= 0)
                        return err ? err : ERR_FORMAT;
                h->content_bytes = (int64_t)n;
        } else if (text_is_nocase(name, "transfer-encoding")) {
                if (!text_is_nocase(value, "chunked"))
                        return ERR_FORMAT;
                h->chunked = true;
        } else if (text_is_nocase(name, "connection")) {
                h->close = text_is_nocase(value, "close");
        }
        return 0;
}

int https_head_parse(struct https_head *out, struct text bytes)
{
        struct https_head h = { .content_bytes = -1 };
        const char *end = bytes.len ? memmem(bytes.data, bytes.len, "\r\n\r\n", 4) : NULL;
        struct text line, rest;
        int err;

        if (!end)
                return ERR_BUSY;
        h.head_bytes = (size_t)(end - bytes.data) + 4;
        rest = (struct text){ bytes.data, (size_t)(end - bytes.data) };
        if (!text_split(&line, &rest, '\n'))
                return ERR_FORMAT;
        err = status_parse(&h.status, text_trim(line));
        while (!err && rest.data && text_split(&line, &rest, '\n'))
                err = field_parse(&h, text_trim(line));
        if (err)
                return err;
        if (h.chunked && h.content_bytes >= 0)
                return ERR_FORMAT; /* RFC 9112 6.3: a sign of smuggling */
        if (!h.chunked && h.content_bytes < 0) {
                if (h.status != 204 && h.status != 304)
                        return ERR_FORMAT;
                h.content_bytes = 0;
        }
        *out = h;
        return 0;
}

static int hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int https_chunk_parse(struct text *out, size_t *used, struct text bytes)
{
        uint64_t size = 0;
        size_t i = 0;

        for (; i < bytes.len && hex_value(bytes.data[i]) >= 0; i++) {
                if (i >= CHUNK_HEX_MAX)
                        return ERR_FORMAT;
                size = size * 16 + (uint64_t)hex_value(bytes.data[i]);
        }
        if (i == bytes.len || (bytes.data[i] == '\r' && i + 1 == bytes.len))
                return ERR_BUSY;
        if (i == 0 || bytes.data[i] != '\r' || bytes.data[i + 1] != '\n')
                return ERR_FORMAT;
        i += 2;
        if (bytes.len - i < size + 2)
                return ERR_BUSY;
        if (memcmp(bytes.data + i + size, "\r\n", 2) != 0)
                return ERR_FORMAT;
        *out = (struct text){ bytes.data + i, (size_t)size };
        *used = i + (size_t)size + 2;
        return 0;
}
