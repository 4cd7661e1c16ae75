/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "indicators/bundle/feed_bundle.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A bundle of two invented lists, signed with a fresh key. */
static void make(struct buffer *out)
{
        struct feed_bundle_file files[2] = { { .source = "Nguồn một",
                                                 .format = "lines",
                                                 .file_name = "a.txt",
                                                 .url = "https://a.example/a.txt",
                                                 .fetched_at = 1700000000000,
                                                 .content = TEXT("45.95.147.1\n") },
                { .source = "hai", .fetched_at = 1700000000000, .content = TEXT("") } };
        struct feed_bundle b = { .office = "UBND tỉnh Mẫu",
                .sequence = 7,
                .made_at = 1700000001000,
                .files = files,
                .count = 2 };
        struct buffer manifest = BUFFER(FEED_BUNDLE_MANIFEST_MAX);
        gnutls_datum_t signature = { 0 }, der = { 0 }, data;
        gnutls_x509_privkey_t x509;
        gnutls_privkey_t key;
        gnutls_pubkey_t public_key;

        assert_int_equal(feed_bundle_manifest(&manifest, &b), 0);
        data = (gnutls_datum_t){ (unsigned char *)manifest.data, (unsigned)manifest.len };
        assert_int_equal(gnutls_x509_privkey_init(&x509), 0);
        assert_int_equal(gnutls_x509_privkey_generate(x509, GNUTLS_PK_ECDSA,
                             GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
            0);
        assert_int_equal(gnutls_privkey_init(&key), 0);
        assert_int_equal(gnutls_privkey_import_x509(key, x509, 0), 0);
        assert_int_equal(gnutls_pubkey_init(&public_key), 0);
        assert_int_equal(gnutls_pubkey_import_privkey(public_key, key, 0, 0), 0);
        assert_true(gnutls_privkey_sign_data(key, GNUTLS_DIG_SHA256, 0, &data, &signature) >= 0);
        assert_int_equal(gnutls_pubkey_export2(public_key, GNUTLS_X509_FMT_DER, &der), 0);
        b.manifest = (struct text){ manifest.data, manifest.len };
        b.signature = (struct text){ (char *)signature.data, signature.size };
        b.key = (struct text){ (char *)der.data, der.size };
        assert_int_equal(feed_bundle_write(out, &b), 0);
        gnutls_free(signature.data);
        gnutls_free(der.data);
        gnutls_pubkey_deinit(public_key);
        gnutls_privkey_deinit(key);
        gnutls_x509_privkey_deinit(x509);
        buffer_done(&manifest);
}

static void what_was_made_reads_the_same_and_its_signature_holds(void **state)
{
        struct buffer bytes = BUFFER(FEED_BUNDLE_BYTES_MAX);
        struct feed_bundle b = { .count = 0 };
        char fingerprint[SHA256_HEX_MAX];
        const char *keep = getenv("KEEP_BUNDLE");

        (void)state;
        make(&bytes);
        if (keep) {
                FILE *f = fopen(keep, "wb");

                assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
                (void)fclose(f);
        }
        assert_int_equal(feed_bundle_parse(&b, (struct text){ bytes.data, bytes.len }, NULL), 0);
        assert_int_equal(b.count, 2);
        assert_int_equal(b.sequence, 7);
        assert_string_equal(b.office, "UBND tỉnh Mẫu");
        assert_string_equal(b.files[0].url, "https://a.example/a.txt");
        assert_true(text_is(b.files[0].content, "45.95.147.1\n"));
        assert_int_equal(b.files[1].content.len, 0);
        assert_int_equal(feed_bundle_check(fingerprint, &b, NULL), 0);
        assert_int_equal(strlen(fingerprint), 64);
        feed_bundle_done(&b);
        buffer_done(&bytes);
}

/* Each byte in turn: no altered bundle is both read and believed. */
static void no_altered_byte_is_believed(void **state)
{
        struct buffer bytes = BUFFER(FEED_BUNDLE_BYTES_MAX);

        (void)state;
        make(&bytes);
        for (size_t i = 0; i < bytes.len; i++) {
                struct feed_bundle b = { .count = 0 };
                char was[SHA256_HEX_MAX], now[SHA256_HEX_MAX];
                const struct text all = { bytes.data, bytes.len };

                assert_int_equal(feed_bundle_parse(&b, all, NULL), 0);
                assert_int_equal(feed_bundle_check(was, &b, NULL), 0);
                feed_bundle_done(&b);
                bytes.data[i] ^= 1;
                if (feed_bundle_parse(&b, all, NULL) == 0 && feed_bundle_check(now, &b, NULL) == 0)
                        assert_string_not_equal(was, now); /* another key is another signer */
                feed_bundle_done(&b);
                bytes.data[i] ^= 1;
        }
        for (size_t len = 0; len < bytes.len; len++) {
                struct feed_bundle b = { .count = 0 };

                assert_int_not_equal(
                    feed_bundle_parse(&b, (struct text){ bytes.data, len }, NULL), 0);
        }
        buffer_done(&bytes);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_made_reads_the_same_and_its_signature_holds),
                cmocka_unit_test(no_altered_byte_is_believed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
