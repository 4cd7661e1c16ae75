/* system/net/https_answer_parse.h: an HTTP/1.1 answer out of bytes (RFC 9112). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_NET_HTTPS_ANSWER_PARSE_H
#define CANH_SYSTEM_NET_HTTPS_ANSWER_PARSE_H

#include "base/text.h"

struct https_head {
        int status;
        size_t head_bytes;
        int64_t content_bytes; /* -1: chunked */
        bool chunked, close;
};

/* BUSY: more bytes are needed; FORMAT. An answer without length and chunks is refused, but for 204
 * and 304. */
MUST_USE int https_head_parse(struct https_head *out, struct text bytes);
/* The next chunk of a chunked body: *out views bytes, *used is how many bytes it took; an empty
 * *out is the end. BUSY: more is needed; FORMAT. Trailers are not allowed. */
MUST_USE int https_chunk_parse(struct text *out, size_t *used, struct text bytes);

#endif
