/* centre/reader/job_feed_bundle.c: see job_feed_bundle.h. SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_feed_bundle.h"
#include "base/mem.h"
#include "codec/json_write.h"
#include "indicators/bundle/feed_bundle.h"

static int add_file(
    struct buffer *out, const struct feed_bundle_file *f, const char *start, const char *comma)
{
        char hex[SHA256_HEX_MAX];
        int err = buffer_add_format(out, "%s{", comma);

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
                err = json_add_text_member(out, "sha256", text_of(sha256_write(hex, &f->digest)));
        if (!err)
                err = json_add_number_member(out, "at", f->content.data - start, -1);
        if (!err)
                err = json_add_number_member(out, "bytes", (int64_t)f->content.len, -1);
        return err ? err : buffer_add_byte(out, '}');
}

static int describe(
    struct buffer *out, const json_t *options, struct text bytes, struct parse_error *bad)
{
        AUTO(feed_bundle_done) struct feed_bundle b = { .count = 0 };
        char fingerprint[SHA256_HEX_MAX];
        int err = feed_bundle_parse(&b, bytes, bad);

        (void)options;
        if (!err)
                err = feed_bundle_check(fingerprint, &b, bad);
        if (!err)
                err = buffer_add_byte(out, '{');
        if (!err)
                err = json_add_text_member(out, "office", text_of(b.office));
        if (!err)
                err = json_add_number_member(out, "sequence", b.sequence, -1);
        if (!err)
                err = json_add_time_member(out, "made_at", b.made_at);
        if (!err)
                err = json_add_text_member(out, "fingerprint", text_of(fingerprint));
        if (!err)
                err = buffer_add_text(out, ",\"files\":[");
        for (size_t i = 0; i < b.count && !err; i++)
                err = add_file(out, &b.files[i], bytes.data, i ? "," : "");
        return err ? err : buffer_add_text(out, "]}");
}

const struct reader_job job_feed_bundle = { "feed-bundle", 30, 512, describe };
