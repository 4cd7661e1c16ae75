/* centre/fresh_key.h: a key of our own making, for a server certificate or a check kit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_FRESH_KEY_H
#define CANH_CENTRE_FRESH_KEY_H

#include "base/buffer.h"
#include "centre/keys_messages.h"

/* A fresh P-256 key: PKCS #8 in PEM is added to *pem, its point goes into the request. */
MUST_USE int fresh_key_make(struct buffer *pem, struct keys_issue *point);

#endif
