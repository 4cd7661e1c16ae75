/* system/os/hash.c: see hash.h; GnuTLS uses the processor's own instructions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/hash.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

bool hash_bytes(uint8_t *out, enum hash_method method, struct text bytes)
{
        static const gnutls_digest_algorithm_t algorithms[] = { GNUTLS_DIG_MD5, GNUTLS_DIG_SHA1,
                GNUTLS_DIG_SHA256 };

        return gnutls_hash_fast(algorithms[method], bytes.data, bytes.len, out) == 0;
}
