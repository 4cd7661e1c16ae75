/* codec/domain_name.h: a host name in one form: lower case, no final dot, non-ASCII labels in
 * punycode (RFC 3492, RFC 5890). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CODEC_DOMAIN_NAME_H
#define CANH_CODEC_DOMAIN_NAME_H

#include "base/text.h"

enum { DOMAIN_NAME_MAX = 254 };

/* At least two labels of 1..63 letters, digits, '-' and '_', the last one not a number, 253 bytes
 * in all. FORMAT. */
MUST_USE int domain_name_parse(char out[DOMAIN_NAME_MAX], struct text t);
/* The part behind the first dot; empty at the end. */
struct text domain_name_parent(struct text name);

#endif
