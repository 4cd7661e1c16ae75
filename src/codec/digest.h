/* codec/digest.h: SHA-256 (libsodium) and its text form; hex for any bytes.
 * Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_DIGEST_H
#define CANH_CODEC_DIGEST_H

#include "base/text.h"

enum { SHA256_BYTES = 32, SHA256_HEX_MAX = 65 };

struct sha256 {
        uint8_t bytes[SHA256_BYTES];
};

struct sha256 sha256_of(const void *bytes, size_t len);
const char *sha256_write(char out[SHA256_HEX_MAX], const struct sha256 *d);
MUST_USE int sha256_parse(struct sha256 *out, struct text hex);
/* Lower-case hex into out[2 * len + 1]. */
void hex_write(char *out, const uint8_t *bytes, size_t len);
/* Either case; FORMAT unless t is exactly 2 * len hex digits. */
MUST_USE int hex_parse(uint8_t *out, size_t len, struct text t);

#endif
