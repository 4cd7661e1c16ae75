/* codec/p256_der_parse.h: the few DER forms of an ECDSA P-256 key, for where no library reads them
 * (Windows' CNG takes bare numbers): PKCS#8 (RFC 5208, 5915), a certificate request (RFC 2986), a
 * signature (RFC 3279), and what stands between PEM's lines (RFC 7468). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_P256_DER_PARSE_H
#define CANH_CODEC_P256_DER_PARSE_H

#include "base/buffer.h"
#include "base/text.h"

enum { P256_BYTES = 32, P256_NAME_MAX = 64 };

struct p256_key {
        uint8_t x[P256_BYTES], y[P256_BYTES];
        uint8_t secret[P256_BYTES];
};

struct p256_signature {
        uint8_t r[P256_BYTES], s[P256_BYTES];
};

/* The bytes of the first block of this label that begins in *rest, which then begins behind it.
 * MISSING: there is none. FORMAT. */
MUST_USE int pem_next(struct buffer *out, struct text *rest, const char *label);
MUST_USE int pem_add(struct buffer *out, const char *label, struct text bytes);

/* FORMAT: not PKCS#8, another curve, or without its public point. */
MUST_USE int p256_key_parse(struct p256_key *out, struct text pkcs8);
/* The first "PRIVATE KEY" of the text; UNTRUSTED: none, or another kind. */
MUST_USE int p256_key_from_pem(struct p256_key *out, struct text pem);
MUST_USE int p256_key_write(struct buffer *out, const struct p256_key *key);
MUST_USE int p256_signature_parse(struct p256_signature *out, struct text der);
MUST_USE int p256_signature_write(struct buffer *out, const struct p256_signature *signature);
/* What is signed of a request; LIMIT: the name is longer than P256_NAME_MAX. */
MUST_USE int p256_request_body_write(
    struct buffer *out, const struct p256_key *key, const char *common_name);
/* The body and its signature in DER. */
MUST_USE int p256_request_write(struct buffer *out, struct text body, struct text signature);

#endif
