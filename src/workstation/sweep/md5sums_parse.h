/* workstation/sweep/md5sums_parse.h: one line of dpkg's lists of what a package brought
 * (/var/lib/dpkg/info/NAME.md5sums): `MD5`, two blanks, the path without its first slash. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_MD5SUMS_PARSE_H
#define CANH_WORKSTATION_SWEEP_MD5SUMS_PARSE_H

#include "base/text.h"

enum { MD5_BYTES = 16 };

struct md5sums_line {
        uint8_t md5[MD5_BYTES];
        struct text path; /* a view; any bytes but zero, never empty, no leading slash */
};

/* FORMAT for anything else. */
MUST_USE int md5sums_line_parse(struct md5sums_line *out, struct text line);

#endif
