/* office/registry/account_hash.h: passwords and random secrets over libsodium. Only this folder
 * includes it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_ACCOUNT_HASH_H
#define CANH_OFFICE_REGISTRY_ACCOUNT_HASH_H

#include "base/text.h"
#include "codec/ulid.h"

enum { PASSWORD_HASH_MAX = 128 }; /* crypto_pwhash_STRBYTES */

/* Argon2id, 64 MiB, 2 passes: 95 ms on 2 GHz (2024-01). MEMORY when the machine has not that much
 * free. */
MUST_USE int password_hash(char out[PASSWORD_HASH_MAX], struct text password);
bool password_matches(const char *hash, struct text password);
/* As long as a comparison takes: an unknown login must not answer faster. */
void password_waste_time(struct text password);
/* A one-time password of 100 random bits in letters and digits that are not mistaken for each
 * other. */
void password_make(char out[ULID_MAX]);
/* 256 random bits in hex: out[65]. */
void secret_make(char *out);
/* Crockford base 32 of random bits, `groups` groups of five with '-' between; out[6 * groups]. */
void secret_make_groups(char *out, size_t groups);

#endif
