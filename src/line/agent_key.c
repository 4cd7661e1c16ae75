/* line/agent_key.c: see agent_key.h. SPDX-License-Identifier: Apache-2.0 */
#include "line/agent_key.h"
#include "base/mem.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>

enum { PEM_MAX = 16 << 10, CERTIFICATES_MAX = 4 };

static gnutls_datum_t datum(struct text t)
{
        return (gnutls_datum_t){ (unsigned char *)(uintptr_t)t.data, (unsigned)t.len };
}

static void x509_key_free_at(gnutls_x509_privkey_t *k)
{
        if (*k)
                gnutls_x509_privkey_deinit(*k);
}

static void key_free_at(gnutls_privkey_t *k)
{
        if (*k)
                gnutls_privkey_deinit(*k);
}

static void request_free_at(gnutls_x509_crq_t *r)
{
        if (*r)
                gnutls_x509_crq_deinit(*r);
}

static void public_free_at(gnutls_pubkey_t *p)
{
        if (*p)
                gnutls_pubkey_deinit(*p);
}

static int take_datum_own(struct buffer *out, gnutls_datum_t d, bool secret)
{
        int err = buffer_add(out, d.data, d.size);

        if (secret)
                sodium_memzero(d.data, d.size);
        gnutls_free(d.data);
        return err;
}

int agent_key_make(struct buffer *out_pem)
{
        AUTO(x509_key_free_at) gnutls_x509_privkey_t key = NULL;
        gnutls_datum_t pem;

        if (gnutls_x509_privkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_x509_privkey_generate(
                key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) != 0 ||
            gnutls_x509_privkey_export2_pkcs8(
                key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem) != 0)
                return ERR_BUG;
        return take_datum_own(out_pem, pem, true);
}

static int key_load(gnutls_x509_privkey_t *out, struct text pem)
{
        gnutls_datum_t d = datum(pem);

        if (gnutls_x509_privkey_init(out) != 0)
                return ERR_MEMORY;
        return gnutls_x509_privkey_import2(
                   *out, &d, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN) == 0
                   ? 0
                   : ERR_UNTRUSTED;
}

int agent_key_request(struct buffer *out_pem, struct text key_pem, const char *common_name)
{
        AUTO(x509_key_free_at) gnutls_x509_privkey_t key = NULL;
        AUTO(request_free_at) gnutls_x509_crq_t request = NULL;
        gnutls_datum_t pem;
        int err = key_load(&key, key_pem);

        if (err)
                return err;
        if (gnutls_x509_crq_init(&request) != 0)
                return ERR_MEMORY;
        if (gnutls_x509_crq_set_version(request, 1) != 0 ||
            gnutls_x509_crq_set_key(request, key) != 0 ||
            gnutls_x509_crq_set_dn_by_oid(request, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                (unsigned)strlen(common_name)) != 0 ||
            gnutls_x509_crq_sign2(request, key, GNUTLS_DIG_SHA256, 0) != 0 ||
            gnutls_x509_crq_export2(request, GNUTLS_X509_FMT_PEM, &pem) != 0)
                return ERR_BUG;
        return take_datum_own(out_pem, pem, false);
}

int agent_key_sign(struct buffer *out, struct text key_pem, struct text bytes)
{
        AUTO(x509_key_free_at) gnutls_x509_privkey_t key = NULL;
        AUTO(key_free_at) gnutls_privkey_t signer = NULL;
        gnutls_datum_t data = datum(bytes), signature;
        int err = key_load(&key, key_pem);

        if (err)
                return err;
        if (gnutls_privkey_init(&signer) != 0)
                return ERR_MEMORY;
        if (gnutls_privkey_import_x509(signer, key, 0) != 0 ||
            gnutls_privkey_sign_data(signer, GNUTLS_DIG_SHA256, 0, &data, &signature) != 0)
                return ERR_BUG;
        return take_datum_own(out, signature, false);
}

struct certificates {
        gnutls_x509_crt_t at[CERTIFICATES_MAX];
        unsigned count;
};

static void certificates_done(struct certificates *c)
{
        for (unsigned i = 0; i < c->count; i++)
                gnutls_x509_crt_deinit(c->at[i]);
}

static int certificates_load(struct certificates *c, struct text pem)
{
        gnutls_datum_t d = datum(pem);
        unsigned count = CERTIFICATES_MAX;

        if (gnutls_x509_crt_list_import(c->at, &count, &d, GNUTLS_X509_FMT_PEM,
                GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED) < 0)
                return ERR_UNTRUSTED;
        c->count = count;
        return 0;
}

static bool is_signer(gnutls_x509_crt_t authority, gnutls_x509_crt_t signer)
{
        gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                .data = (unsigned char *)(uintptr_t)GNUTLS_KP_CODE_SIGNING };
        gnutls_x509_trust_list_t list = NULL;
        unsigned status = 1;
        bool good = gnutls_x509_trust_list_init(&list, 0) == 0 &&
                    gnutls_x509_trust_list_add_cas(list, &authority, 1, 0) == 1 &&
                    gnutls_x509_trust_list_verify_crt2(
                        list, &signer, 1, &purpose, 1, 0, &status, NULL) == 0 &&
                    status == 0;

        if (list)
                gnutls_x509_trust_list_deinit(list, 0);
        return good;
}

int agent_signature_check(struct text authority_pem, struct text bytes, struct text signature)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        AUTO(public_free_at) gnutls_pubkey_t key = NULL;
        gnutls_datum_t data = datum(bytes), d = datum(signature);
        int err = certificates_load(&c, authority_pem);

        if (err)
                return err;
        if (c.count < 2 || !is_signer(c.at[0], c.at[1]))
                return ERR_UNTRUSTED;
        if (gnutls_pubkey_init(&key) != 0)
                return ERR_MEMORY;
        if (gnutls_pubkey_import_x509(key, c.at[1], 0) != 0 ||
            gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &d) < 0)
                return ERR_UNTRUSTED;
        return 0;
}

int agent_certificate_check(
    time_ms *from, time_ms *until, struct text certificate_pem, struct text key_pem)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        AUTO(x509_key_free_at) gnutls_x509_privkey_t key = NULL;
        uint8_t of_key[64], of_certificate[64];
        size_t key_len = sizeof(of_key), certificate_len = sizeof(of_certificate);
        int err = certificates_load(&c, certificate_pem);

        if (!err)
                err = key_load(&key, key_pem);
        if (err)
                return err;
        if (!c.count ||
            gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) != 0 ||
            gnutls_x509_crt_get_key_id(
                c.at[0], GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_len) != 0 ||
            key_len != certificate_len || memcmp(of_key, of_certificate, key_len) != 0)
                return ERR_UNTRUSTED;
        *from = (time_ms)gnutls_x509_crt_get_activation_time(c.at[0]) * SECOND_MS;
        *until = (time_ms)gnutls_x509_crt_get_expiration_time(c.at[0]) * SECOND_MS;
        return 0;
}

bool agent_authority_is(struct text authority_pem, const struct sha256 *fingerprint)
{
        AUTO(certificates_done) struct certificates c = { .count = 0 };
        uint8_t digest[SHA256_BYTES];
        size_t len = sizeof(digest);

        return certificates_load(&c, authority_pem) == 0 && c.count &&
               gnutls_x509_crt_get_fingerprint(c.at[0], GNUTLS_DIG_SHA256, digest, &len) == 0 &&
               memcmp(digest, fingerprint->bytes, sizeof(digest)) == 0;
}
