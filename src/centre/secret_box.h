/* centre/secret_box.h: seals small secrets that the database keeps and that must be had again (the
 * password of a feed): XChaCha20-Poly1305 under a key of its own, DATA/keys/secrets.key, made at
 * the first start. A sealed secret opens only for the place it was sealed for. Lives in the keys
 * process (and in its test). One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_SECRET_BOX_H
#define CANH_CENTRE_SECRET_BOX_H

#include "base/buffer.h"
#include "centre/keys_messages.h"

struct secret_box;

/* Reads the key, or makes it. FORMAT: the file there is none; DENIED, IO. */
MUST_USE int secret_box_open(struct secret_box **out, const char *data_folder);
struct secret_box *secret_box_close(struct secret_box *b); /* takes NULL, returns NULL */
/* FORMAT when the struct breaks its bounds. */
MUST_USE int secret_box_seal(
    struct buffer *out, const struct secret_box *b, const struct keys_secret *secret);
/* UNTRUSTED: altered, sealed for another place, or with another key. */
MUST_USE int secret_box_open_sealed(
    struct buffer *out, const struct secret_box *b, const struct keys_secret *sealed);

#endif
