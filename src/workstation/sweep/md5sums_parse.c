/* workstation/sweep/md5sums_parse.c: see md5sums_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/md5sums_parse.h"
#include "codec/digest.h"

#include <string.h>

enum { DIGITS = 2 * MD5_BYTES };

int md5sums_line_parse(struct md5sums_line *out, struct text line)
{
        struct md5sums_line l = { .path = { line.data + DIGITS + 2, line.len - DIGITS - 2 } };

        if (line.len <= DIGITS + 2 || memcmp(line.data + DIGITS, "  ", 2) != 0 ||
            l.path.data[0] == '/' || memchr(l.path.data, '\0', l.path.len))
                return ERR_FORMAT;
        if (hex_parse(l.md5, MD5_BYTES, (struct text){ line.data, DIGITS }))
                return ERR_FORMAT;
        *out = l;
        return 0;
}
