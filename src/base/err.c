/* base/err.c: see err.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { QUOTE_MAX = 40 };

const char *err_text(int err)
{
        switch (err) {
        case 0:
                return "no error";
        case ERR_BUG:
                return "internal error";
        case ERR_MEMORY:
                return "out of memory";
        case ERR_FORMAT:
                return "bad format";
        case ERR_LIMIT:
                return "limit reached";
        case ERR_IO:
                return "input/output error";
        case ERR_DENIED:
                return "not allowed";
        case ERR_MISSING:
                return "not found";
        case ERR_EXISTS:
                return "exists already";
        case ERR_BUSY:
                return "busy";
        case ERR_CLOSED:
                return "closed by the other side";
        case ERR_UNTRUSTED:
                return "not trusted";
        case ERR_UNSUPPORTED:
                return "not supported";
        default:
                return "unknown error";
        }
}

int err_from_errno(int number)
{
        switch (number) {
        case ENOMEM:
                return ERR_MEMORY;
        case ENOENT:
        case ENOTDIR:
                return ERR_MISSING;
        case EEXIST:
                return ERR_EXISTS;
        case EACCES:
        case EPERM:
        case EROFS:
                return ERR_DENIED;
        case EAGAIN:
        case EBUSY:
        case EINTR:
                return ERR_BUSY;
        case EPIPE:
        case ECONNRESET:
                return ERR_CLOSED;
        case EFBIG:
        case E2BIG:
        case EMFILE:
        case ENFILE:
                return ERR_LIMIT;
        default:
                return ERR_IO;
        }
}

/* Ends `text` before a UTF-8 character that was cut in two. */
static void end_on_character(char *text)
{
        size_t len = strlen(text), at = len;

        while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80)
                at--;
        if (at == 0)
                return;
        unsigned char lead = (unsigned char)text[at - 1];
        size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        if (len - (at - 1) < need)
                text[at - 1] = '\0';
}

int parse_error_set(struct parse_error *bad, size_t line, const char *vi, const char *en)
{
        if (!bad)
                return ERR_FORMAT;
        bad->line = line;
        bad->column = 0;
        (void)snprintf(bad->why_vi, sizeof(bad->why_vi), "%s", vi);
        (void)snprintf(bad->why_en, sizeof(bad->why_en), "%s", en);
        end_on_character(bad->why_vi);
        end_on_character(bad->why_en);
        return ERR_FORMAT;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                     \
    "-Wformat-nonliteral" /* both formats are our own literals with one %s */
int parse_error_quote(struct parse_error *bad, size_t line, const char *vi, const char *en,
    const char *piece, size_t piece_len)
{
        char shown[QUOTE_MAX + 4];
        size_t n = piece_len < QUOTE_MAX ? piece_len : QUOTE_MAX;

        if (!bad)
                return ERR_FORMAT;
        for (size_t i = 0; i < n; i++)
                shown[i] = ((unsigned char)piece[i] < 0x20 || piece[i] == 0x7F) ? '?' : piece[i];
        shown[n] = '\0';
        end_on_character(shown);
        if (piece_len > QUOTE_MAX)
                (void)snprintf(shown + strlen(shown), 4, "…");
        bad->line = line;
        bad->column = 0;
        (void)snprintf(bad->why_vi, sizeof(bad->why_vi), vi, shown);
        (void)snprintf(bad->why_en, sizeof(bad->why_en), en, shown);
        end_on_character(bad->why_vi);
        end_on_character(bad->why_en);
        return ERR_FORMAT;
}
#pragma GCC diagnostic pop
