/* line/agent_key.h: the machine's key (ECDSA P-256) and what is done with it. The key never leaves
 * the machine.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_AGENT_KEY_H
#define CANH_LINE_AGENT_KEY_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "codec/digest.h"

/* A new key in PEM. */
MUST_USE int agent_key_make(struct buffer *out_pem);
/* A certificate request in PEM for the key. */
MUST_USE int agent_key_request(
    struct buffer *out_pem, struct text key_pem, const char *common_name);
/* ECDSA-P256-SHA256 in DER. */
MUST_USE int agent_key_sign(struct buffer *out, struct text key_pem, struct text bytes);
/* authority_pem: the authority's certificate, then the signing certificate, which must come from it
 * and be for signing. UNTRUSTED unless the signature is its. */
MUST_USE int agent_signature_check(
    struct text authority_pem, struct text bytes, struct text signature);
/* Whether the first certificate has this fingerprint. */
bool agent_authority_is(struct text authority_pem, const struct sha256 *fingerprint);
/* Begin and end of a certificate, and whether it belongs to the key: UNTRUSTED if not. */
MUST_USE int agent_certificate_check(
    time_ms *from, time_ms *until, struct text certificate_pem, struct text key_pem);

#endif
