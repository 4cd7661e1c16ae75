/* indicators/bundle/feed_bundle.h: the lists of an office with a line, as one signed file for an
 * office without one. From: centre (makes it, takes it), canh (takes it). Layout:
 * docs/formats/feed-bundle.md. Pure. Limits: FEED_BUNDLE_*_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_BUNDLE_FEED_BUNDLE_H
#define CANH_INDICATORS_BUNDLE_FEED_BUNDLE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "codec/digest.h"

enum {
        FEED_BUNDLE_BYTES_MAX = 64 << 20,
        FEED_BUNDLE_FILES_MAX = 500,
        FEED_BUNDLE_MANIFEST_MAX = 1 << 20,
        FEED_BUNDLE_SIGNATURE_MAX = 256,
        FEED_BUNDLE_KEY_MAX = 512,
        FEED_BUNDLE_WORD_MAX = 256,
        FEED_BUNDLE_URL_MAX = 1024
};

/* One list as it was fetched. */
struct feed_bundle_file {
        char source[FEED_BUNDLE_WORD_MAX], format[64], file_name[FEED_BUNDLE_WORD_MAX];
        char url[FEED_BUNDLE_URL_MAX]; /* where it came from, without password */
        time_ms fetched_at;
        struct sha256 digest;
        struct text content;
};

struct feed_bundle {
        char office[FEED_BUNDLE_WORD_MAX];
        int64_t sequence; /* grows with each bundle of a signer */
        time_ms made_at;
        struct feed_bundle_file *files;
        size_t count;
        struct text manifest, signature, key; /* views of the bytes */
};
void feed_bundle_done(struct feed_bundle *b);

/* Adds the manifest of office, sequence, made_at and files (digests are made here). */
MUST_USE int feed_bundle_manifest(struct buffer *out, struct feed_bundle *b);
/* Adds the whole file: b->manifest, signature, key and the contents. */
MUST_USE int feed_bundle_write(struct buffer *out, const struct feed_bundle *b);

/* *out views bytes; the contents are what their digests say. It is not yet known who signed it:
 * feed_bundle_check. FORMAT and LIMIT with *bad; UNTRUSTED: a content was altered. */
MUST_USE int feed_bundle_parse(struct feed_bundle *out, struct text bytes, struct parse_error *bad);
/* The signature holds under the key in the file: fingerprint is the key's SHA-256 in hex, by which
 * people know it. UNTRUSTED with *bad. */
MUST_USE int feed_bundle_check(
    char fingerprint[SHA256_HEX_MAX], const struct feed_bundle *b, struct parse_error *bad);

#endif
