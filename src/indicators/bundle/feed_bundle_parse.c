/* indicators/bundle/feed_bundle_parse.c: a bundle's bytes, believed nowhere; see feed_bundle.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/bundle/feed_bundle.h"
#include "indicators/bundle/feed_bundle_layout.h"

#include <string.h>

static int no_bundle(struct parse_error *bad)
{
        return parse_error_set(bad, 0, "tệp không phải gói danh sách của Canh, hoặc đã bị cắt",
            "the file is no bundle of lists of Canh, or it was cut");
}

static uint32_t get_u32(const char *at)
{
        const uint8_t *b = (const uint8_t *)at;

        return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Takes `len` bytes off *rest. */
static int take(struct text *out, struct text *rest, size_t len, size_t most)
{
        if (len > most || len > rest->len)
                return ERR_FORMAT;
        *out = (struct text){ rest->data, len };
        *rest = (struct text){ rest->data + len, rest->len - len };
        return 0;
}

static int take_heads(struct feed_bundle *b, struct text *rest, struct parse_error *bad)
{
        const char *head = rest->data;
        struct text skipped;

        if (rest->len < FEED_BUNDLE_HEAD_BYTES ||
            memcmp(head, FEED_BUNDLE_MAGIC, FEED_BUNDLE_MAGIC_BYTES) != 0)
                return no_bundle(bad);
        if (get_u32(head + 8) != FEED_BUNDLE_VERSION) {
                (void)parse_error_set(bad, 0,
                    "gói danh sách thuộc phiên bản mà chương trình này chưa biết",
                    "the bundle is of a version that this program does not know");
                return ERR_UNSUPPORTED;
        }
        if (take(&skipped, rest, FEED_BUNDLE_HEAD_BYTES, FEED_BUNDLE_HEAD_BYTES) ||
            take(&b->manifest, rest, get_u32(head + 12), FEED_BUNDLE_MANIFEST_MAX) ||
            take(&b->signature, rest, get_u32(head + 16), FEED_BUNDLE_SIGNATURE_MAX) ||
            take(&b->key, rest, get_u32(head + 20), FEED_BUNDLE_KEY_MAX))
                return no_bundle(bad);
        return 0;
}

/* A word that is shown to people: one line. */
static int copy_word(char *out, size_t room, const json_t *o, const char *name)
{
        struct text t;
        int err = json_field_text_or_none(&t, o, name, room - 1, NULL);

        for (size_t i = 0; i < t.len && !err; i++)
                err = (unsigned char)t.data[i] < ' ' || t.data[i] == 0x7f ? ERR_FORMAT : 0;
        return err ? err : text_copy(out, room, t.len ? t : TEXT(""));
}

static int take_file(struct feed_bundle_file *f, struct text *rest, const json_t *o)
{
        struct text hex;
        int64_t bytes = 0;
        int err = copy_word(f->source, sizeof(f->source), o, "source");

        if (!err)
                err = copy_word(f->format, sizeof(f->format), o, "format");
        if (!err)
                err = copy_word(f->file_name, sizeof(f->file_name), o, "file_name");
        if (!err)
                err = copy_word(f->url, sizeof(f->url), o, "url");
        if (!err)
                err = json_field_time(&f->fetched_at, o, "fetched_at", NULL);
        if (!err)
                err = json_field_i64(&bytes, o, "bytes", 0, FEED_BUNDLE_BYTES_MAX, NULL);
        if (!err)
                err = json_field_text(&hex, o, "sha256", SHA256_HEX_MAX - 1, NULL);
        if (!err)
                err = sha256_parse(&f->digest, hex);
        if (!err && !f->source[0])
                err = ERR_FORMAT;
        return err ? err : take(&f->content, rest, (size_t)bytes, FEED_BUNDLE_BYTES_MAX);
}

static int check_contents(const struct feed_bundle *b, struct parse_error *bad)
{
        for (size_t i = 0; i < b->count; i++) {
                const struct feed_bundle_file *f = &b->files[i];
                struct sha256 is = sha256_of(f->content.data, f->content.len);

                if (memcmp(&is, &f->digest, sizeof(is)) == 0)
                        continue;
                (void)parse_error_quote(bad, 0, "danh sách \"%s\" trong gói đã bị sửa hoặc hỏng",
                    "the list \"%s\" in the bundle was altered or damaged", f->source,
                    strlen(f->source));
                return ERR_UNTRUSTED;
        }
        return 0;
}

/* Each source once: which of two would count? */
static bool has_twins(const struct feed_bundle *b)
{
        for (size_t i = 0; i < b->count; i++)
                for (size_t j = 0; j < i; j++)
                        if (strcmp(b->files[i].source, b->files[j].source) == 0)
                                return true;
        return false;
}

static int read_manifest(struct feed_bundle *b, struct text *rest, const json_t *o)
{
        struct text format;
        json_t *files;
        int err = json_field_text(&format, o, "format", 32, NULL);

        if (!err && !text_is(format, FEED_BUNDLE_FORMAT))
                err = ERR_FORMAT;
        if (!err)
                err = copy_word(b->office, sizeof(b->office), o, "office");
        if (!err)
                err = json_field_i64(&b->sequence, o, "sequence", 1, INT64_MAX, NULL);
        if (!err)
                err = json_field_time(&b->made_at, o, "made_at", NULL);
        if (!err)
                err = json_field_array(&files, o, "files", FEED_BUNDLE_FILES_MAX, NULL);
        if (err)
                return ERR_FORMAT;
        b->files = mem_zero(json_array_size(files), sizeof(*b->files));
        if (!b->files)
                return ERR_MEMORY;
        for (size_t i = 0; i < json_array_size(files); i++)
                if (take_file(&b->files[b->count++], rest, json_array_get(files, i)))
                        return ERR_FORMAT;
        return has_twins(b) ? ERR_FORMAT : 0;
}

int feed_bundle_parse(struct feed_bundle *out, struct text bytes, struct parse_error *bad)
{
        AUTO(feed_bundle_done) struct feed_bundle b = { .count = 0 };
        AUTO(json_free_at) json_t *o = NULL;
        struct text rest = bytes;
        int err = bytes.len > FEED_BUNDLE_BYTES_MAX ? ERR_LIMIT : take_heads(&b, &rest, bad);

        if (err)
                return err;
        err = json_read(&o, b.manifest, NULL);
        if (!err)
                err = read_manifest(&b, &rest, o);
        if (err == ERR_FORMAT || (!err && rest.len))
                return no_bundle(bad);
        if (!err)
                err = check_contents(&b, bad);
        if (err)
                return err;
        *out = b;
        b = (struct feed_bundle){ .count = 0 };
        return 0;
}

void feed_bundle_done(struct feed_bundle *b)
{
        mem_free(b->files);
        *b = (struct feed_bundle){ .count = 0 };
}
