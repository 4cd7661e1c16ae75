/* workstation/sweep/clamd_parse.c: see clamd_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/clamd_parse.h"

#include <string.h>

void clamd_write_version(struct clamd_command *out)
{
        *out = (struct clamd_command){ .parts = { TEXT("zVERSION\0") }, .count = 1 };
}

int clamd_write_stream(struct clamd_command *out, struct text bytes)
{
        if (bytes.len > UINT32_MAX)
                return ERR_LIMIT;
        for (int i = 0; i < 4; i++)
                out->length[i] = (char)(bytes.len >> (24 - 8 * i));
        out->parts[0] = TEXT("zINSTREAM\0");
        out->parts[1] = (struct text){ out->length, sizeof(out->length) };
        out->parts[2] = bytes;
        out->parts[3] = TEXT("\0\0\0\0");
        /* a piece of no bytes is already the end of the stream */
        out->count = bytes.len ? 4 : 2;
        return 0;
}

/* Up to the zero byte or line feed that ends it. */
static struct text first_line(struct text answer)
{
        size_t n = 0;

        while (n < answer.len && answer.data[n] && answer.data[n] != '\n')
                n++;
        return text_trim((struct text){ answer.data, n });
}

static int take(char out[CLAMD_NAME_MAX], struct text t)
{
        if (!t.len || t.len >= CLAMD_NAME_MAX || !text_is_utf8(t))
                return ERR_FORMAT;
        for (size_t i = 0; i < t.len; i++)
                if ((unsigned char)t.data[i] < ' ' || t.data[i] == 0x7F)
                        return ERR_FORMAT;
        memcpy(out, t.data, t.len);
        out[t.len] = '\0';
        return 0;
}

int clamd_answer_parse(enum clamd_verdict *out, char name[CLAMD_NAME_MAX], struct text answer)
{
        struct text line = first_line(answer);
        int err;

        if (text_is(line, "INSTREAM size limit exceeded. ERROR"))
                return ERR_LIMIT;
        if (!text_starts(line, "stream: "))
                return ERR_FORMAT;
        line.data += 8;
        line.len -= 8;
        if (text_is(line, "OK")) {
                *out = CLAMD_CLEAN;
                return 0;
        }
        if (!text_ends(line, " FOUND"))
                return ERR_FORMAT;
        err = take(name, text_trim((struct text){ line.data, line.len - 6 }));
        if (!err)
                *out = CLAMD_FOUND;
        return err;
}

int clamd_version_parse(char version[CLAMD_NAME_MAX], struct text answer)
{
        struct text line = first_line(answer);

        return text_starts(line, "ClamAV ") ? take(version, line) : ERR_FORMAT;
}
