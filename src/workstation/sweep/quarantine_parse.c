/* workstation/sweep/quarantine_parse.c: see quarantine_parse.h. SPDX-License-Identifier: Apache-2.0
 */
#include "workstation/sweep/quarantine_parse.h"
#include "workstation/sweep/path_text.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"

#include <string.h>

#define FORMAT_NAME "canh-quarantine/1"

void quarantine_note_done(struct quarantine_note *n)
{
        buffer_done(&n->path);
}

static int dump_to_buffer(const char *bytes, size_t len, void *state)
{
        return buffer_add(state, bytes, len) ? -1 : 0;
}

int quarantine_note_write(struct buffer *out, const struct quarantine_note *n)
{
        AUTO(buffer_done) struct buffer shown = BUFFER(QUARANTINE_PATH_MAX * 4);
        AUTO(mem_free_at) char *hex = mem_zero(n->path.len * 2 + 1, 1);
        AUTO(json_free_at) json_t *o = NULL;
        char content[SHA256_HEX_MAX], key[QUARANTINE_KEY_BYTES * 2 + 1], at[TIMESTAMP_TEXT_MAX];
        int err = hex ? path_text_add(&shown, n->path.data) : ERR_MEMORY;

        if (err)
                return err;
        hex_write(hex, (const uint8_t *)n->path.data, n->path.len);
        hex_write(key, n->key, sizeof(n->key));
        o = json_pack("{ss ss ss si si si sI sI sI ss ss ss ss ss}", "format", FORMAT_NAME, "path",
            shown.data, "path_hex", hex, "mode", (int)n->mode, "uid", (int)n->uid, "gid",
            (int)n->gid, "bytes", (json_int_t)n->bytes, "read_ns", (json_int_t)n->read_ns,
            "modified_ns", (json_int_t)n->modified_ns, "sha256", sha256_write(content, &n->content),
            "key", key, "taken_at", timestamp_write(at, n->taken_at), "engine", n->engine, "rule",
            n->rule);
        if (!o)
                return ERR_MEMORY;
        return json_dump_callback(o, dump_to_buffer, out, JSON_INDENT(1)) ? ERR_LIMIT : 0;
}

static int path_read(struct buffer *out, const json_t *o, struct parse_error *bad)
{
        struct text hex;
        int err = json_field_text(&hex, o, "path_hex", QUARANTINE_PATH_MAX * 2, bad);

        if (err)
                return err;
        if (hex.len < 2 || hex.len % 2)
                return parse_error_set(bad, 0, "đường dẫn hỏng", "the path is damaged");
        err = buffer_reserve(out, hex.len / 2);
        if (!err)
                err = hex_parse((uint8_t *)out->data, hex.len / 2, hex);
        if (err)
                return err;
        out->len = hex.len / 2;
        out->data[out->len] = '\0';
        if (!place_root_bytes((struct text){ out->data, out->len }) ||
            memchr(out->data, '\0', out->len))
                return parse_error_set(bad, 0, "đường dẫn hỏng", "the path is damaged");
        return 0;
}

static int numbers_read(struct quarantine_note *n, const json_t *o, struct parse_error *bad)
{
        int64_t v[6] = { 0 };
        int err = json_field_i64(&v[0], o, "mode", 0, 07777, bad);

        if (!err)
                err = json_field_i64(&v[1], o, "uid", INT32_MIN, UINT32_MAX, bad);
        if (!err)
                err = json_field_i64(&v[2], o, "gid", INT32_MIN, UINT32_MAX, bad);
        if (!err)
                err = json_field_i64(&v[3], o, "bytes", 0, INT64_MAX, bad);
        if (!err)
                err = json_field_i64(&v[4], o, "read_ns", INT64_MIN, INT64_MAX, bad);
        if (!err)
                err = json_field_i64(&v[5], o, "modified_ns", INT64_MIN, INT64_MAX, bad);
        n->mode = (uint32_t)v[0];
        n->uid = (uint32_t)v[1];
        n->gid = (uint32_t)v[2];
        n->bytes = (uint64_t)v[3];
        n->read_ns = v[4];
        n->modified_ns = v[5];
        return err;
}

static int words_read(struct quarantine_note *n, const json_t *o, struct parse_error *bad)
{
        struct text t;
        int err = json_field_text(&t, o, "sha256", 64, bad);

        if (!err)
                err = sha256_parse(&n->content, t);
        if (!err)
                err = json_field_text(&t, o, "key", QUARANTINE_KEY_BYTES * 2, bad);
        if (!err)
                err = hex_parse(n->key, sizeof(n->key), t);
        if (!err)
                err = json_field_text(&t, o, "engine", sizeof(n->engine) - 1, bad);
        if (!err)
                err = text_copy(n->engine, sizeof(n->engine), t);
        if (!err)
                err = json_field_text(&t, o, "rule", sizeof(n->rule) - 1, bad);
        if (!err)
                err = text_copy(n->rule, sizeof(n->rule), t);
        return err ? err : json_field_time(&n->taken_at, o, "taken_at", bad);
}

int quarantine_note_parse(struct quarantine_note *out, struct text json, struct parse_error *bad)
{
        AUTO(quarantine_note_done)
        struct quarantine_note n = { .path = BUFFER(QUARANTINE_PATH_MAX) };
        AUTO(json_free_at) json_t *o = NULL;
        struct text format;
        int err = json_read(&o, json, bad);

        if (!err)
                err = json_field_text(&format, o, "format", 64, bad);
        if (err)
                return err;
        if (!text_is(format, FORMAT_NAME))
                return parse_error_set(
                    bad, 0, "không phải tệp cách ly của Canh", "not a quarantine note of Canh");
        err = path_read(&n.path, o, bad);
        if (!err)
                err = numbers_read(&n, o, bad);
        if (!err)
                err = words_read(&n, o, bad);
        if (err)
                return err;
        *out = n;
        n.path = BUFFER(0);
        return 0;
}
