/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/fresh_key.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

int fresh_key_make(struct buffer *pem, struct keys_issue *point)
{
        gnutls_x509_privkey_t key;
        gnutls_ecc_curve_t curve;
        gnutls_datum_t x = { 0 }, y = { 0 }, text = { 0 };
        int err = ERR_MEMORY;

        if (gnutls_x509_privkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_x509_privkey_generate(
                key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0 &&
            gnutls_x509_privkey_export_ecc_raw(key, &curve, &x, &y, NULL) == 0 &&
            gnutls_x509_privkey_export2_pkcs8(
                key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text) == 0)
                err = buffer_add(pem, text.data, text.size);
        /* the raw form may lead with zero bytes, or be short of some */
        for (int i = 0; !err && i < 2; i++) {
                const gnutls_datum_t *from = i ? &y : &x;
                uint8_t *to = i ? point->y : point->x;
                size_t skip = from->size > KEYS_POINT_BYTES ? from->size - KEYS_POINT_BYTES : 0;
                size_t n = from->size - skip;
                memcpy(to + KEYS_POINT_BYTES - n, from->data + skip, n);
        }
        if (text.data)
                gnutls_memset(text.data, 0, text.size);
        gnutls_free(text.data);
        gnutls_free(x.data);
        gnutls_free(y.data);
        gnutls_x509_privkey_deinit(key);
        return err;
}
