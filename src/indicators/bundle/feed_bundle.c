/* indicators/bundle/feed_bundle.c: the making of a bundle; see feed_bundle.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/bundle/feed_bundle.h"
#include "base/mem.h"
#include "codec/json_write.h"
#include "indicators/bundle/feed_bundle_layout.h"

static int add_file(struct buffer *out, struct feed_bundle_file *f, const char *comma)
{
        char hex[SHA256_HEX_MAX];
        int err = buffer_add_format(out, "%s{", comma);

        f->digest = sha256_of(f->content.data, f->content.len);
        if (!err)
                err = json_add_text_member(out, "source", text_of(f->source));
        if (!err)
                err = json_add_text_member(out, "format", text_of(f->format));
        if (!err)
                err = json_add_text_member(out, "file_name", text_of(f->file_name));
        if (!err)
                err = json_add_text_member(out, "url", text_of(f->url));
        if (!err)
                err = json_add_time_member(out, "fetched_at", f->fetched_at);
        if (!err)
                err = json_add_number_member(out, "bytes", (int64_t)f->content.len, -1);
        if (!err)
                err = json_add_text_member(out, "sha256", text_of(sha256_write(hex, &f->digest)));
        return err ? err : buffer_add_byte(out, '}');
}

int feed_bundle_manifest(struct buffer *out, struct feed_bundle *b)
{
        int err = buffer_add_text(out, "{\"format\":\"" FEED_BUNDLE_FORMAT "\"");

        if (!err)
                err = json_add_text_member(out, "office", text_of(b->office));
        if (!err)
                err = json_add_number_member(out, "sequence", b->sequence, -1);
        if (!err)
                err = json_add_time_member(out, "made_at", b->made_at);
        if (!err)
                err = buffer_add_text(out, ",\"files\":[");
        for (size_t i = 0; i < b->count && !err; i++)
                err = add_file(out, &b->files[i], i ? "," : "");
        return err ? err : buffer_add_text(out, "]}");
}

static int add_u32(struct buffer *out, size_t value)
{
        const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                (uint8_t)(value >> 24) };

        return buffer_add(out, bytes, sizeof(bytes));
}

int feed_bundle_write(struct buffer *out, const struct feed_bundle *b)
{
        const struct text heads[] = { b->manifest, b->signature, b->key };
        int err = buffer_add(out, FEED_BUNDLE_MAGIC, FEED_BUNDLE_MAGIC_BYTES);

        if (!err)
                err = add_u32(out, FEED_BUNDLE_VERSION);
        for (size_t i = 0; i < ARRAY_LEN(heads) && !err; i++)
                err = add_u32(out, heads[i].len);
        for (size_t i = 0; i < ARRAY_LEN(heads) && !err; i++)
                err = buffer_add(out, heads[i].data, heads[i].len);
        for (size_t i = 0; i < b->count && !err; i++)
                if (b->files[i].content.len)
                        err = buffer_add(out, b->files[i].content.data, b->files[i].content.len);
        return err;
}
