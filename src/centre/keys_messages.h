/* centre/keys_messages.h: what web may ask the keys process. Every body is a struct of exact size
 * except the manifest to sign: the keys process parses nothing, and above all no foreign bytes
 * (docs/decisions/007-keys-sees-a-curve-point.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_KEYS_MESSAGES_H
#define CANH_CENTRE_KEYS_MESSAGES_H

#include <stdint.h>

enum keys_message {
        KEYS_AUTHORITY =
            1, /* empty -> KEYS_AUTHORITY: PEM of the authority and of the signing certificate */
        KEYS_ISSUE =
            2,         /* struct keys_issue -> KEYS_ISSUE: struct keys_certificate head, then PEM */
        KEYS_SIGN = 3, /* manifest text -> KEYS_SIGN: signature, DER */
        KEYS_SEAL = 4, /* struct keys_secret -> KEYS_SEAL: sealed bytes */
        KEYS_UNSEAL = 5,    /* struct keys_secret (sealed bytes) -> KEYS_UNSEAL: the bytes */
        KEYS_LIST_KEY = 6,  /* empty -> KEYS_LIST_KEY: public key of lists, DER */
        KEYS_LIST_SIGN = 7, /* struct sha256 -> KEYS_LIST_SIGN: signature, DER (list_key.h) */
        KEYS_FAILED = 15    /* int32_t err */
};

enum keys_kind { KEYS_KIND_MACHINE = 1, KEYS_KIND_KIT = 2, KEYS_KIND_SERVER = 3 };
enum {
        KEYS_POINT_BYTES = 32,
        KEYS_SERVER_NAMES_MAX = 512,
        KEYS_MANIFEST_MAX = 60 << 10,
        KEYS_DAYS_MAX = 400,
        KEYS_PLACE_MAX = 1280,
        KEYS_SECRET_MAX = 512,
        KEYS_SEALED_MAX = KEYS_SECRET_MAX + 40 /* nonce and authenticator of XChaCha20-Poly1305 */
};
/* Only texts that begin so are signed: a taken-over web cannot have anything else signed. */
#define KEYS_MANIFEST_HEAD "{\"format\":\"canh-bundle/1\""

struct keys_issue {
        uint32_t kind;
        uint32_t days;
        uint8_t x[KEYS_POINT_BYTES], y[KEYS_POINT_BYTES]; /* the public key: a point of P-256 */
        char name[32];                                    /* ULID, zero-ended; server: empty */
        char server_names[KEYS_SERVER_NAMES_MAX]; /* KIND_SERVER: names and addresses, one a line */
};

struct keys_secret {
        char place[KEYS_PLACE_MAX]; /* zero-ended */
        uint32_t len;
        uint8_t bytes[KEYS_SEALED_MAX];
};

struct keys_certificate {
        char serial[65];
        char pad[7];
        int64_t until_ms;
};

#endif
