/* workstation/sweep/hash_list_test.c: see hash_list.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/hash_list.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define EICAR_MD5 "44d88612fea8a8f36de82e1278abb02f"
#define EICAR_SHA256 "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"

static const char *find_hex(const struct hash_list *h, enum hash_kind kind, const char *hex)
{
        uint8_t digest[SHA256_BYTES];

        assert_int_equal(hex_parse(digest, hash_kind_bytes(kind), text_of(hex)), 0);
        return hash_list_find(h, kind, digest);
}

static void every_way_of_writing_a_line_is_read(void **state)
{
        AUTO(hash_list_free_at) struct hash_list *h = NULL;

        (void)state;
        assert_int_equal(hash_list_new(&h), 0);
        assert_int_equal(
            hash_list_add_text(h,
                TEXT("\xEF\xBB\xBF# remark\r\n" EICAR_MD5 ":68:Eicar-Test\r\n\r\n" EICAR_SHA256
                     "  eicar.com\n3395856CE81F2B7382DEE72602F798B642F14140;EICAR thử\n"),
                NULL),
            0);
        hash_list_finish(h);
        assert_int_equal(hash_list_count(h), 3);
        assert_string_equal(find_hex(h, HASH_KIND_MD5, EICAR_MD5), "Eicar-Test");
        assert_string_equal(find_hex(h, HASH_KIND_SHA256, EICAR_SHA256), "eicar.com");
        assert_string_equal(
            find_hex(h, HASH_KIND_SHA1, "3395856ce81f2b7382dee72602f798b642f14140"), "EICAR thử");
        assert_null(find_hex(h, HASH_KIND_MD5, "00000000000000000000000000000000"));
}

static void bad_line_is_named_and_nothing_of_the_list_stays(void **state)
{
        AUTO(hash_list_free_at) struct hash_list *h = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        assert_int_equal(hash_list_new(&h), 0);
        assert_int_equal(hash_list_add_text(h, TEXT(EICAR_MD5 "\nnot a hash\n"), &bad), ERR_FORMAT);
        assert_int_equal(bad.line, 2);
        assert_non_null(strstr(bad.why_vi, "not a hash"));
        assert_int_equal(hash_list_count(h), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_way_of_writing_a_line_is_read),
                cmocka_unit_test(bad_line_is_named_and_nothing_of_the_list_stays),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
