/* codec/unicode_test.c: also ulid and digest. SPDX-License-Identifier: Apache-2.0 */
#include "codec/unicode.h"
#include "codec/digest.h"
#include "codec/ulid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void search_finds_accented_text_by_plain_letters(void **state)
{
        struct buffer b = BUFFER(200);

        (void)state;
        assert_int_equal(unicode_add_folded(&b, TEXT("Sự cố  ĐÔN ĐỐC xã Mỹ Thọ")), 0);
        assert_string_equal(b.data, "su co don doc xa my tho");
        buffer_clear(&b);
        assert_int_equal(unicode_add_folded(&b, TEXT("bad \xFF")), ERR_FORMAT);
        buffer_done(&b);
}

static void decomposed_text_is_composed(void **state)
{
        struct buffer b = BUFFER(200);

        (void)state;
        assert_int_equal(unicode_add_nfc(&b, TEXT("Te\xCC\x82\xCC\x81t")), 0);
        assert_string_equal(b.data, "Tết");
        buffer_done(&b);
}

static void identifiers_sort_by_time(void **state)
{
        static const uint8_t random[ULID_RANDOM_BYTES] = { 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
        char a[ULID_MAX], b[ULID_MAX];

        (void)state;
        ulid_write(a, 1700000000000, random);
        ulid_write(b, 1700000000001, random);
        assert_true(strcmp(a, b) < 0);
        assert_true(ulid_is_valid(text_of(a)));
        assert_string_equal(ulid_write(a, 1469918176385, (const uint8_t[10]){ 0 }),
            "01ARYZ6S410000000000000000"); /* time part as in the specification's example */
        assert_false(ulid_is_valid(TEXT("81ARYZ6S410000000000000000")));
        assert_false(ulid_is_valid(TEXT("01ARYZ6S4100000000000000U0")));
}

static void sha256_matches_fips_180(void **state)
{
        char hex[SHA256_HEX_MAX];
        struct sha256 d = sha256_of("abc", 3), again;

        (void)state;
        assert_string_equal(sha256_write(hex, &d),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_int_equal(sha256_parse(&again, text_of(hex)), 0);
        assert_memory_equal(again.bytes, d.bytes, SHA256_BYTES);
        assert_int_equal(sha256_parse(&again, TEXT("ba78")), ERR_FORMAT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(search_finds_accented_text_by_plain_letters),
                cmocka_unit_test(decomposed_text_is_composed),
                cmocka_unit_test(identifiers_sort_by_time),
                cmocka_unit_test(sha256_matches_fips_180),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
