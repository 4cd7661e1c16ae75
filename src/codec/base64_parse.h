/* codec/base64_parse.h: base64 (RFC 4648, with padding) to bytes and back. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_BASE64_PARSE_H
#define CANH_CODEC_BASE64_PARSE_H

#include "base/buffer.h"
#include "base/text.h"

MUST_USE int base64_parse(struct buffer *out, struct text t);
MUST_USE int base64_add(struct buffer *out, struct text bytes);

#endif
