/* codec/unicode.h: Vietnamese text in one form (NFC), and its accent-free shadow for search and
 * sort. Pure (libunistring).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_UNICODE_H
#define CANH_CODEC_UNICODE_H

#include "base/buffer.h"
#include "base/text.h"

/* Adds t in NFC to out. FORMAT if t is not UTF-8. */
MUST_USE int unicode_add_nfc(struct buffer *out, struct text t);
/* Adds t in lower case without marks, đ as d, runs of blanks as one: "Sự cố" becomes "su co". */
MUST_USE int unicode_add_folded(struct buffer *out, struct text t);

#endif
