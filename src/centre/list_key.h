/* centre/list_key.h: the key with which the office signs lists that it hands on (bundles of feeds,
 * block lists): ECDSA P-256, DATA/keys/lists.key, made at the first start. It signs any digest that
 * web names, and therefore is no key of the authority: agents believe nothing of it. Lives in the
 * keys process. One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LIST_KEY_H
#define CANH_CENTRE_LIST_KEY_H

#include "base/buffer.h"
#include "codec/digest.h"

struct list_key;

/* Reads the key, or makes it. FORMAT: the file there is none; DENIED, IO. */
MUST_USE int list_key_open(struct list_key **out, const char *data_folder);
struct list_key *list_key_close(struct list_key *k); /* takes NULL, returns NULL */
/* SubjectPublicKeyInfo, DER. */
MUST_USE int list_key_public(struct buffer *out, const struct list_key *k);
/* ECDSA-SHA256 in DER over the bytes that have this digest. */
MUST_USE int list_key_sign(
    struct buffer *out, const struct list_key *k, const struct sha256 *digest);

#endif
