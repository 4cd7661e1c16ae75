/* codec/charset.h: text files of offices, whatever they were saved as, become UTF-8: with or
 * without byte order mark, UTF-16 of both orders, Windows-1258 (Vietnamese).
 * Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_CHARSET_H
#define CANH_CODEC_CHARSET_H

#include "base/buffer.h"
#include "base/text.h"

/* *out is a view into bytes where they are UTF-8 already, else into own (which the caller has set
 * up with a limit and frees). *encoding is static. FORMAT when it is no text (a zero byte, control
 * characters). */
MUST_USE int charset_to_utf8(struct text *out, struct buffer *own, const char **encoding,
    struct text bytes, struct parse_error *bad);

#endif
