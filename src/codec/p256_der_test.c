/* codec/p256_der_test.c: our DER beside GnuTLS': it reads what we write, we read what it writes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "codec/p256_der_parse.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <string.h>

enum { KEYS = 300, DER_ROOM = 4096 };

static struct text view(const struct buffer *b)
{
        return (struct text){ b->data, b->len };
}

static gnutls_datum_t datum(const struct buffer *b)
{
        return (gnutls_datum_t){ (unsigned char *)b->data, (unsigned)b->len };
}

static void make(gnutls_x509_privkey_t *key, struct buffer *pem)
{
        gnutls_datum_t d;

        assert_int_equal(gnutls_x509_privkey_init(key), 0);
        assert_int_equal(gnutls_x509_privkey_generate(*key, GNUTLS_PK_ECDSA,
                             GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
            0);
        assert_int_equal(gnutls_x509_privkey_export2_pkcs8(
                             *key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &d),
            0);
        assert_int_equal(buffer_add(pem, d.data, d.size), 0);
        gnutls_free(d.data);
}

static void same_key(gnutls_x509_privkey_t key, const struct p256_key *ours)
{
        AUTO(buffer_done) struct buffer der = BUFFER(DER_ROOM);
        uint8_t one[64], two[64];
        size_t one_len = sizeof(one), two_len = sizeof(two);
        gnutls_x509_privkey_t again;
        gnutls_datum_t d;

        assert_int_equal(p256_key_write(&der, ours), 0);
        d = datum(&der);
        assert_int_equal(gnutls_x509_privkey_init(&again), 0);
        assert_int_equal(gnutls_x509_privkey_import_pkcs8(
                             again, &d, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN),
            0);
        assert_int_equal(gnutls_x509_privkey_verify_params(again), 0);
        assert_int_equal(gnutls_x509_privkey_get_key_id(key, 0, one, &one_len), 0);
        assert_int_equal(gnutls_x509_privkey_get_key_id(again, 0, two, &two_len), 0);
        assert_memory_equal(one, two, one_len);
        gnutls_x509_privkey_deinit(again);
}

static void same_signature(struct buffer *out, gnutls_x509_privkey_t key, const struct buffer *body)
{
        AUTO(buffer_done) struct buffer theirs = BUFFER(DER_ROOM);
        struct p256_signature bare;
        gnutls_privkey_t signer;
        gnutls_datum_t d = datum(body), signature;

        assert_int_equal(gnutls_privkey_init(&signer), 0);
        assert_int_equal(gnutls_privkey_import_x509(signer, key, 0), 0);
        assert_int_equal(gnutls_privkey_sign_data(signer, GNUTLS_DIG_SHA256, 0, &d, &signature), 0);
        assert_int_equal(buffer_add(&theirs, signature.data, signature.size), 0);
        assert_int_equal(p256_signature_parse(&bare, view(&theirs)), 0);
        assert_int_equal(p256_signature_write(out, &bare), 0);
        assert_int_equal(out->len, theirs.len);
        assert_memory_equal(out->data, theirs.data, theirs.len);
        gnutls_free(signature.data);
        gnutls_privkey_deinit(signer);
}

/* So many keys that numbers with a zero byte in front, and such that would be negative, are among
 * them. */
static void keys_requests_and_signatures_are_those_of_gnutls(void **state)
{
        (void)state;
        for (int i = 0; i < KEYS; i++) {
                AUTO(buffer_done) struct buffer pem = BUFFER(DER_ROOM);
                AUTO(buffer_done) struct buffer body = BUFFER(DER_ROOM);
                AUTO(buffer_done) struct buffer signature = BUFFER(DER_ROOM);
                AUTO(buffer_done) struct buffer request = BUFFER(DER_ROOM);
                AUTO(buffer_done) struct buffer request_pem = BUFFER(DER_ROOM);
                gnutls_x509_privkey_t key;
                gnutls_x509_crq_t crq;
                struct p256_key ours;
                gnutls_datum_t d;

                make(&key, &pem);
                assert_int_equal(p256_key_from_pem(&ours, view(&pem)), 0);
                same_key(key, &ours);
                assert_int_equal(p256_request_body_write(&body, &ours, "MÁY-01"), 0);
                same_signature(&signature, key, &body);
                assert_int_equal(p256_request_write(&request, view(&body), view(&signature)), 0);
                assert_int_equal(pem_add(&request_pem, "CERTIFICATE REQUEST", view(&request)), 0);
                d = datum(&request_pem);
                assert_int_equal(gnutls_x509_crq_init(&crq), 0);
                assert_int_equal(gnutls_x509_crq_import(crq, &d, GNUTLS_X509_FMT_PEM), 0);
                assert_int_equal(gnutls_x509_crq_verify(crq, 0), 0);
                gnutls_x509_crq_deinit(crq);
                gnutls_x509_privkey_deinit(key);
        }
}

static void other_keys_and_cut_ones_are_refused(void **state)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(DER_ROOM);
        AUTO(buffer_done) struct buffer der = BUFFER(DER_ROOM);
        gnutls_x509_privkey_t key;
        struct p256_key ours;
        struct text rest;

        (void)state;
        make(&key, &pem);
        gnutls_x509_privkey_deinit(key);
        rest = view(&pem);
        assert_int_equal(pem_next(&der, &rest, "PRIVATE KEY"), 0);
        assert_int_equal(p256_key_parse(&ours, view(&der)), 0);
        for (size_t n = 0; n < der.len; n++)
                assert_int_equal(p256_key_parse(&ours, (struct text){ der.data, n }), ERR_FORMAT);
        assert_int_equal(p256_key_from_pem(&ours, TEXT("")), ERR_UNTRUSTED);
        assert_int_equal(
            p256_key_from_pem(&ours, (struct text){ pem.data, pem.len - 30 }), ERR_UNTRUSTED);
        memcpy(der.data + 8, "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x02", 9); /* another algorithm */
        assert_int_equal(p256_key_parse(&ours, view(&der)), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(
                                                keys_requests_and_signatures_are_those_of_gnutls),
                cmocka_unit_test(other_keys_and_cut_ones_are_refused) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
