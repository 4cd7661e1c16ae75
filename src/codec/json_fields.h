/* codec/json_fields.h: strict reading of JSON objects (jansson): each call names the field, checks
 * its type and bound, and says in *bad what was wrong. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_JSON_FIELDS_H
#define CANH_CODEC_JSON_FIELDS_H

#include "base/clock.h"
#include "base/text.h"

#include <jansson.h>

enum { JSON_DEPTH_MAX = 32 };

void json_free_at(json_t **value); /* for AUTO: json_decref */

/* Whole text to a value: UTF-8, no duplicate keys, depth limited. *out belongs to the caller.
 * FORMAT with line in *bad. */
MUST_USE int json_read(json_t **out, struct text t, struct parse_error *bad);
/* The views live as long as the object. FORMAT when missing or of another type, LIMIT when out of
 * bounds; `bad` may be NULL. */
MUST_USE int json_field_text(struct text *out, const json_t *object, const char *name,
    size_t max_bytes, struct parse_error *bad);
/* The same, but a missing or null field gives an empty text. */
MUST_USE int json_field_text_or_none(struct text *out, const json_t *object, const char *name,
    size_t max_bytes, struct parse_error *bad);
MUST_USE int json_field_i64(int64_t *out, const json_t *object, const char *name, int64_t min,
    int64_t max, struct parse_error *bad);
MUST_USE int json_field_bool(
    bool *out, const json_t *object, const char *name, struct parse_error *bad);
/* RFC 3339 text. */
MUST_USE int json_field_time(
    time_ms *out, const json_t *object, const char *name, struct parse_error *bad);
MUST_USE int json_field_array(json_t **out, const json_t *object, const char *name,
    size_t max_items, struct parse_error *bad);
MUST_USE int json_field_object(
    json_t **out, const json_t *object, const char *name, struct parse_error *bad);

#endif
