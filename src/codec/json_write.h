/* codec/json_write.h: JSON written straight into a buffer, for output of many rows.
 * Building jansson values first would double the memory of an answer.
 * Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_JSON_WRITE_H
#define CANH_CODEC_JSON_WRITE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

/* A quoted string; bytes that are no UTF-8 become U+FFFD. LIMIT. */
MUST_USE int json_add_text(struct buffer *out, struct text t);
/* ,"name": — the comma is left out behind '{'. */
MUST_USE int json_add_name(struct buffer *out, const char *name);
/* Members of an object; an empty text, a time 0 and a number equal to `none` are written as null.
 */
MUST_USE int json_add_text_member(struct buffer *out, const char *name, struct text value);
MUST_USE int json_add_time_member(struct buffer *out, const char *name, time_ms at);
MUST_USE int json_add_number_member(
    struct buffer *out, const char *name, int64_t value, int64_t none);

#endif
