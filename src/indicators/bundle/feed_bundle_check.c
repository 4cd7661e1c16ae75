/* indicators/bundle/feed_bundle_check.c: who signed it; see feed_bundle.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/bundle/feed_bundle.h"

#include <gnutls/abstract.h>

static gnutls_datum_t datum(struct text t)
{
        return (gnutls_datum_t){ (unsigned char *)(uintptr_t)t.data, (unsigned)t.len };
}

static void key_free(gnutls_pubkey_t *key)
{
        if (*key)
                gnutls_pubkey_deinit(*key);
}

int feed_bundle_check(
    char fingerprint[SHA256_HEX_MAX], const struct feed_bundle *b, struct parse_error *bad)
{
        AUTO(key_free) gnutls_pubkey_t key = NULL;
        const gnutls_datum_t der = datum(b->key), signature = datum(b->signature),
                             manifest = datum(b->manifest);
        struct sha256 digest = sha256_of(b->key.data, b->key.len);

        if (gnutls_pubkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) != 0 ||
            gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &manifest, &signature) <
                0) {
                (void)parse_error_set(bad, 0, "chữ ký của gói danh sách sai: gói đã bị sửa",
                    "the bundle's signature does not hold: it was altered");
                return ERR_UNTRUSTED;
        }
        (void)sha256_write(fingerprint, &digest);
        return 0;
}
