/* codec/unicode.h: Vietnamese text in one form (NFC), and its accent-free shadow for search and
 * sort. Pure (libunistring; on Windows its own
 * calls, system/os/windows/unicode_windows.c).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_UNICODE_H
#define CANH_CODEC_UNICODE_H

#include "base/buffer.h"
#include "base/text.h"

/* Adds t in NFC to out. FORMAT if t is not UTF-8. */
MUST_USE int unicode_add_nfc(struct buffer *out, struct text t);
/* Adds t in lower case without marks, đ as d, runs of blanks as one: "Sự cố" becomes "su co". */
MUST_USE int unicode_add_folded(struct buffer *out, struct text t);
/* The characters of t in lower case and NFC, as numbers. FORMAT: not UTF-8, or more than room. */
MUST_USE int unicode_lower_points(uint32_t *out, size_t *count, size_t room, struct text t);

#endif
