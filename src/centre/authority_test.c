/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/authority.h"

#include "base/mem.h"
#include "centre/fresh_key.h"

#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ID "01HZZZZZZZZZZZZZZZZZZZZZZZ"

enum { ROOM = 64 << 10 };

static char folder[64];
static time_ms at = 1705305600000; /* 2024-01-15 */

static struct authority *open_it(void)
{
        const struct clock clock = clock_fixed(&at);
        struct authority *a = NULL;

        assert_int_equal(authority_open(&a, folder, &clock), 0);
        return a;
}

static struct keys_issue request_for(enum keys_kind kind)
{
        AUTO(buffer_done) struct buffer key = BUFFER(ROOM);
        struct keys_issue r = { .kind = kind, .days = 30 };

        assert_int_equal(fresh_key_make(&key, &r), 0);
        if (kind != KEYS_KIND_SERVER)
                (void)snprintf(r.name, sizeof(r.name), "%s", ID);
        return r;
}

static gnutls_x509_crt_t read_one(const char *pem)
{
        gnutls_datum_t bytes = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
        gnutls_x509_crt_t c;

        assert_int_equal(gnutls_x509_crt_init(&c), 0);
        assert_int_equal(gnutls_x509_crt_import(c, &bytes, GNUTLS_X509_FMT_PEM), 0);
        return c;
}

static void an_issued_certificate_is_ours_and_names_the_machine(void **state)
{
        AUTO(buffer_done) struct buffer pem = BUFFER(ROOM);
        AUTO(buffer_done) struct buffer root_pem = BUFFER(ROOM);
        struct authority *a = open_it();
        struct keys_issue r = request_for(KEYS_KIND_MACHINE);
        struct keys_certificate head;
        gnutls_x509_crt_t c, root;
        unsigned trust = 1;
        char name[64];
        size_t len = sizeof(name);

        (void)state;
        assert_int_equal(authority_issue(&head, &pem, a, &r, at), 0);
        assert_int_equal(authority_add_pem(&root_pem, a), 0);
        c = read_one(pem.data);
        root = read_one(root_pem.data);
        assert_int_equal(
            gnutls_x509_crt_verify(c, &root, 1, GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &trust), 0);
        assert_int_equal(trust, 0);
        assert_int_equal(
            gnutls_x509_crt_get_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len), 0);
        assert_string_equal(name, ID);
        assert_int_equal(gnutls_x509_crt_get_ca_status(c, NULL), 0);
        assert_int_equal(head.until_ms, at + 30 * (time_ms)DAY_MS);
        gnutls_x509_crt_deinit(c);
        gnutls_x509_crt_deinit(root);
        (void)authority_close(a);
}

static void a_request_beyond_its_bounds_is_refused(void **state)
{
        struct authority *a = open_it();
        AUTO(buffer_done) struct buffer pem = BUFFER(ROOM);
        struct keys_certificate head;

        (void)state;
        for (int i = 0; i < 8; i++) {
                struct keys_issue r = request_for(i == 6 ? KEYS_KIND_SERVER : KEYS_KIND_MACHINE);

                switch (i) {
                case 0:
                        r.days = 0;
                        break;
                case 1:
                        r.days = KEYS_DAYS_MAX + 1;
                        break;
                case 2:
                        r.kind = 9;
                        break;
                case 3:
                        (void)snprintf(r.name, sizeof(r.name), "kit:x");
                        break;
                case 4:
                        memset(r.name, 'A', sizeof(r.name));
                        break;
                case 5:
                        r.name[0] = '\0';
                        break;
                case 6:
                        (void)snprintf(r.server_names, 64, "bad name/%s", "x");
                        break;
                default:
                        r.x[0] ^= 1;
                        break; /* not on the curve */
                }
                assert_int_not_equal(authority_issue(&head, &pem, a, &r, at), 0);
                assert_int_equal(pem.len, 0);
        }
        (void)authority_close(a);
}

static void only_a_manifest_is_signed(void **state)
{
        struct authority *a = open_it();
        AUTO(buffer_done) struct buffer out = BUFFER(ROOM);

        (void)state;
        assert_int_equal(authority_sign(&out, a, TEXT("pay 100 coins")), ERR_UNTRUSTED);
        assert_int_equal(out.len, 0);
        assert_int_equal(authority_sign(&out, a, TEXT(KEYS_MANIFEST_HEAD ",\"files\":[]}")), 0);
        assert_true(out.len > 60);
        (void)authority_close(a);
}

static void the_authority_stays_the_same_and_mixed_files_are_refused(void **state)
{
        AUTO(buffer_done) struct buffer first = BUFFER(ROOM);
        AUTO(buffer_done) struct buffer second = BUFFER(ROOM);
        const struct clock clock = clock_fixed(&at);
        struct authority *a = open_it();
        char from[128], to[128];
        struct stat seen;

        (void)state;
        assert_int_equal(authority_add_pem(&first, a), 0);
        a = authority_close(a);
        a = open_it();
        assert_int_equal(authority_add_pem(&second, a), 0);
        a = authority_close(a);
        assert_string_equal(first.data, second.data);
        (void)snprintf(from, sizeof(from), "%s/keys/signing.key", folder);
        (void)snprintf(to, sizeof(to), "%s/keys/authority.key", folder);
        assert_int_equal(stat(to, &seen), 0);
        assert_int_equal(seen.st_mode & 0777, 0600);
        assert_int_equal(rename(from, to), 0);
        assert_int_equal(authority_open(&a, folder, &clock), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_issued_certificate_is_ours_and_names_the_machine),
                cmocka_unit_test(a_request_beyond_its_bounds_is_refused),
                cmocka_unit_test(only_a_manifest_is_signed),
                cmocka_unit_test(the_authority_stays_the_same_and_mixed_files_are_refused),
        };
        static const char *const files[] = { "authority.key", "authority.pem", "signing.key",
                "signing.pem" };
        char path[128];
        int failed;

        (void)snprintf(folder, sizeof(folder), "/tmp/canh-authority-XXXXXX");
        if (!mkdtemp(folder))
                return 1;
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                (void)snprintf(path, sizeof(path), "%s/keys/%s", folder, files[i]);
                (void)unlink(path);
        }
        (void)snprintf(path, sizeof(path), "%s/keys", folder);
        (void)rmdir(path);
        (void)rmdir(folder);
        return failed;
}
