/* codec/json_write.c: see json_write.h. SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_write.h"
#include "codec/timestamp.h"

#include <string.h>

static size_t character_length(struct text t, size_t at)
{
        unsigned char c = (unsigned char)t.data[at];
        size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

        if (at + len > t.len || !text_is_utf8((struct text){ t.data + at, len }))
                return 0;
        return len;
}

static int add_character(struct buffer *out, struct text t, size_t *at)
{
        unsigned char c = (unsigned char)t.data[*at];
        size_t len;

        if (c == '"' || c == '\\') {
                char pair[2] = { '\\', (char)c };
                (*at)++;
                return buffer_add(out, pair, 2);
        }
        if (c < ' ' || c == 0x7F) {
                (*at)++;
                return buffer_add_format(out, "\\u%04x", c);
        }
        len = character_length(t, *at);
        if (len == 0) {
                (*at)++;
                return buffer_add_text(out, "\xEF\xBF\xBD");
        }
        *at += len;
        return buffer_add(out, t.data + *at - len, len);
}

int json_add_text(struct buffer *out, struct text t)
{
        size_t at = 0, plain;
        int err = buffer_add_byte(out, '"');

        while (!err && at < t.len) {
                for (plain = at; plain < t.len && t.data[plain] >= ' ' && t.data[plain] != '"' &&
                                 t.data[plain] != '\\' && t.data[plain] != 0x7F;)
                        plain++;
                err = buffer_add(out, t.data + at, plain - at);
                at = plain;
                if (!err && at < t.len)
                        err = add_character(out, t, &at);
        }
        return err ? err : buffer_add_byte(out, '"');
}

int json_add_name(struct buffer *out, const char *name)
{
        bool first = out->len == 0 || out->data[out->len - 1] == '{';
        int err = first ? 0 : buffer_add_byte(out, ',');

        if (!err)
                err = json_add_text(out, text_of(name));
        return err ? err : buffer_add_byte(out, ':');
}

int json_add_text_member(struct buffer *out, const char *name, struct text value)
{
        int err = json_add_name(out, name);

        if (err)
                return err;
        return value.len ? json_add_text(out, value) : buffer_add_text(out, "null");
}

int json_add_time_member(struct buffer *out, const char *name, time_ms at)
{
        char text[TIMESTAMP_TEXT_MAX];

        if (at == 0)
                return json_add_text_member(out, name, (struct text){ "", 0 });
        return json_add_text_member(out, name, text_of(timestamp_write(text, at)));
}

int json_add_number_member(struct buffer *out, const char *name, int64_t value, int64_t none)
{
        int err = json_add_name(out, name);

        if (err)
                return err;
        return value == none ? buffer_add_text(out, "null")
                             : buffer_add_format(out, "%lld", (long long)value);
}
