/* SPDX-License-Identifier: Apache-2.0 */
#include "centre/bundle.h"

#include "base/mem.h"
#include "codec/digest.h"
#include "system/os/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 64 << 10 };

static char top[64], kept[96], rules[96];
static time_ms at = 1705305600000;
static struct clock clock_of_test;
static int sign_err;

static int sign(void *state, struct buffer *signature, struct text manifest)
{
        (void)state;
        (void)manifest;
        return sign_err ? sign_err : buffer_add_text(signature, "signed");
}

static struct bundle *open_it(void)
{
        struct bundle *b = NULL;

        assert_int_equal(bundle_open(&b, kept, rules, &clock_of_test, sign, NULL), 0);
        return b;
}

static void write_rule(const char *name, const char *text)
{
        AUTO(folder_close_at) struct folder *f = NULL;

        assert_int_equal(folder_open(&f, rules), 0);
        assert_int_equal(file_write_atomic(f, name, text_of(text), 0600), 0);
}

static void make_folders(void)
{
        (void)snprintf(top, sizeof(top), "/tmp/canh-bundle-XXXXXX");
        assert_non_null(mkdtemp(top));
        (void)snprintf(kept, sizeof(kept), "%s/bundle", top);
        (void)snprintf(rules, sizeof(rules), "%s/rules", top);
        assert_int_equal(mkdir(kept, 0700), 0);
        assert_int_equal(mkdir(rules, 0700), 0);
        clock_of_test = clock_fixed(&at);
        sign_err = 0;
}

static int set_up(void **state)
{
        (void)state;
        make_folders();
        return 0;
}

static int remove_any(void *state, const char *name)
{
        struct folder *in = state;
        AUTO(folder_close_at) struct folder *inner = NULL;

        if (unlinkat(folder_handle(in), name, 0) == 0)
                return 0;
        if (folder_open_in(&inner, in, name, false) == 0 && folder_each(inner, remove_any, inner))
                return ERR_IO;
        return unlinkat(folder_handle(in), name, AT_REMOVEDIR);
}

static int tear_down(void **state)
{
        AUTO(folder_close_at) struct folder *f = NULL;

        (void)state;
        if (folder_open(&f, top) != 0 || folder_each(f, remove_any, f) != 0)
                return -1;
        return rmdir(top);
}

static void a_set_is_published_and_found_again_by_its_digest(void **state)
{
        AUTO(buffer_done) struct buffer manifest = BUFFER(ROOM);
        AUTO(buffer_done) struct buffer signature = BUFFER(ROOM);
        char generation[GENERATION_MAX], sha256[65], hex[SHA256_HEX_MAX], again[GENERATION_MAX];
        struct sha256 digest = sha256_of("the set", 7);
        struct bundle *b = open_it();
        uint64_t bytes = 0;
        int fd = -1;

        (void)state;
        assert_int_equal(bundle_manifest(b, NULL, NULL, sha256), ERR_MISSING);
        write_rule("a.yar", "rule a { condition: false }");
        assert_int_equal(bundle_set(b, generation, TEXT("the set"), TEXT("")), 0);
        assert_int_equal(bundle_manifest(b, &manifest, &signature, sha256), 0);
        assert_non_null(strstr(manifest.data, "a.yar"));
        assert_non_null(strstr(manifest.data, generation));
        assert_string_equal(signature.data, "signed");
        assert_int_equal(bundle_open_file(b, &fd, &bytes, text_of(sha256_write(hex, &digest))), 0);
        assert_int_equal(bytes, 7);
        (void)close(fd);
        for (int i = 0; i < 3; i++) {
                static const char *const bad[] = { "../../etc/passwd", "", "00" };
                assert_int_not_equal(bundle_open_file(b, &fd, &bytes, text_of(bad[i])), 0);
        }
        b = bundle_close(b);
        b = open_it(); /* after a restart */
        bundle_generation(b, again);
        assert_string_equal(again, generation);
        b = bundle_close(b);
}

static void a_changed_rule_makes_the_next_generation_and_nothing_else_does(void **state)
{
        char first[GENERATION_MAX], second[GENERATION_MAX];
        struct bundle *b = open_it();
        bool changed = false;

        (void)state;
        write_rule("a.yar", "rule a { condition: false }");
        assert_int_equal(bundle_set(b, first, TEXT("the set"), TEXT("hashes")), 0);
        at += MINUTE_MS;
        assert_int_equal(bundle_refresh(b, &changed), 0);
        assert_false(changed);
        write_rule("a.yar", "rule a { condition: true }");
        assert_int_equal(bundle_refresh(b, &changed), 0);
        assert_true(changed);
        bundle_generation(b, second);
        assert_true(strcmp(second, first) > 0);
        b = bundle_close(b);
}

static void without_a_signature_the_earlier_bundle_stays(void **state)
{
        char first[GENERATION_MAX], now[GENERATION_MAX];
        struct bundle *b = open_it();

        (void)state;
        assert_int_equal(bundle_set(b, first, TEXT("the set"), TEXT("")), 0);
        sign_err = ERR_BUSY;
        at += MINUTE_MS;
        assert_int_equal(bundle_set(b, now, TEXT("another"), TEXT("")), ERR_BUSY);
        bundle_generation(b, now);
        assert_string_equal(now, first);
        b = bundle_close(b);
        b = open_it();
        bundle_generation(b, now);
        assert_string_equal(now, first);
        b = bundle_close(b);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                    a_set_is_published_and_found_again_by_its_digest, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                    a_changed_rule_makes_the_next_generation_and_nothing_else_does, set_up,
                    tear_down),
                cmocka_unit_test_setup_teardown(
                    without_a_signature_the_earlier_bundle_stays, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
