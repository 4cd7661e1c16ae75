/* codec/json_fields.c: see json_fields.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <string.h>

void json_free_at(json_t **value)
{
        json_decref(*value);
        *value = NULL;
}

static size_t depth_of(struct text t)
{
        size_t depth = 0, most = 0;
        bool quoted = false;

        for (size_t i = 0; i < t.len; i++) {
                char c = t.data[i];
                if (quoted) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                quoted = false;
                } else if (c == '"') {
                        quoted = true;
                } else if (c == '{' || c == '[') {
                        if (++depth > most)
                                most = depth;
                } else if ((c == '}' || c == ']') && depth) {
                        depth--;
                }
        }
        return most;
}

int json_read(json_t **out, struct text t, struct parse_error *bad)
{
        json_error_t error;
        json_t *value;

        if (depth_of(t) > JSON_DEPTH_MAX)
                return parse_error_set(bad, 0, "JSON lồng quá sâu", "JSON is nested too deep");
        value = json_loadb(t.data ? t.data : "", t.len, JSON_REJECT_DUPLICATES, &error);
        if (!value)
                return parse_error_quote(bad, error.line > 0 ? (size_t)error.line : 0,
                    "JSON không đúng: %s", "not valid JSON: %s", error.text, strlen(error.text));
        *out = value;
        return 0;
}

static int wrong(struct parse_error *bad, const char *name, const char *vi, const char *en)
{
        return parse_error_quote(bad, 0, vi, en, name, strlen(name));
}

static int missing(struct parse_error *bad, const char *name)
{
        return wrong(bad, name, "Thiếu hoặc sai kiểu trường «%s»",
            "field «%s» is missing or of another type");
}

static int out_of_bounds(struct parse_error *bad, const char *name)
{
        (void)wrong(bad, name, "Trường «%s» vượt giới hạn", "field «%s» is out of bounds");
        return ERR_LIMIT;
}

int json_field_text(struct text *out, const json_t *object, const char *name, size_t max_bytes,
    struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!json_is_string(value))
                return missing(bad, name);
        if (json_string_length(value) > max_bytes)
                return out_of_bounds(bad, name);
        *out = (struct text){ json_string_value(value), json_string_length(value) };
        return 0;
}

int json_field_text_or_none(struct text *out, const json_t *object, const char *name,
    size_t max_bytes, struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!value || json_is_null(value)) {
                *out = (struct text){ "", 0 };
                return 0;
        }
        return json_field_text(out, object, name, max_bytes, bad);
}

int json_field_i64(int64_t *out, const json_t *object, const char *name, int64_t min, int64_t max,
    struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!json_is_integer(value))
                return missing(bad, name);
        if (json_integer_value(value) < min || json_integer_value(value) > max)
                return out_of_bounds(bad, name);
        *out = json_integer_value(value);
        return 0;
}

int json_field_bool(bool *out, const json_t *object, const char *name, struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!json_is_boolean(value))
                return missing(bad, name);
        *out = json_is_true(value);
        return 0;
}

int json_field_time(time_ms *out, const json_t *object, const char *name, struct parse_error *bad)
{
        struct text t = { 0 };
        int err = json_field_text(&t, object, name, TIMESTAMP_TEXT_MAX, bad);

        if (err)
                return err;
        if (timestamp_parse(out, t))
                return missing(bad, name);
        return 0;
}

int json_field_array(
    json_t **out, const json_t *object, const char *name, size_t max_items, struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!json_is_array(value))
                return missing(bad, name);
        if (json_array_size(value) > max_items)
                return out_of_bounds(bad, name);
        *out = value;
        return 0;
}

int json_field_object(json_t **out, const json_t *object, const char *name, struct parse_error *bad)
{
        json_t *value = json_object_get(object, name);

        if (!json_is_object(value))
                return missing(bad, name);
        *out = value;
        return 0;
}
