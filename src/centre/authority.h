/* centre/authority.h: the office's own certificate authority: made at the first start, then only
 * signs. Lives in the keys process (and in its test). Keys: ECDSA P-256;
 * DATA/keys/{authority,signing}.{key,pem}, whole or not there. One thread. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CENTRE_AUTHORITY_H
#define CANH_CENTRE_AUTHORITY_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "centre/keys_messages.h"

struct authority;

/* Reads the folder DATA/keys, or makes it (with a self-signed certificate of ten years). FORMAT
 * when the files there do not belong together, DENIED, IO. */
MUST_USE int authority_open(struct authority **out, const char *data_folder, const struct clock *c);
struct authority *authority_close(struct authority *a);
/* Certificate of the authority, then that of the signing key, in PEM. */
MUST_USE int authority_add_pem(struct buffer *out, const struct authority *a);
/* Issues what was asked: *head and PEM added to *out. FORMAT when the request breaks its bounds. */
MUST_USE int authority_issue(struct keys_certificate *head, struct buffer *out,
    const struct authority *a, const struct keys_issue *request, time_ms now);
/* ECDSA-P256-SHA256 in DER by the signing key, only over a manifest. UNTRUSTED for any other text.
 */
MUST_USE int authority_sign(struct buffer *out, const struct authority *a, struct text manifest);

#endif
