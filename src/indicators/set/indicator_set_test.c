/* indicators/set/indicator_set_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/indicator_set.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "indicators/set/indicator_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define MD5_HEX "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1_HEX "da39a3ee5e6b4b0d3255bfef95601890afd80709"

static void add(struct indicator_builder *b, enum indicator_type type, const char *value,
    const char *source, int confidence, time_ms valid_until, bool subdomains)
{
        struct indicator i = { .type = type,
                .value = text_of(value),
                .family = TEXT("Mẫu"),
                .source = text_of(source),
                .confidence = confidence,
                .valid_until = valid_until,
                .subdomains = subdomains };

        assert_int_equal(indicator_builder_add(b, &i), 0);
}

static struct indicator_set *sample(void)
{
        struct indicator_builder *b = NULL;
        struct indicator_set *set = NULL;

        assert_int_equal(indicator_builder_new(&b, 1000), 0);
        add(b, INDICATOR_IPV4, "203.0.113.7", "a", 50, 10 * (time_ms)DAY_MS, false);
        add(b, INDICATOR_IPV4, "203.0.113.7", "b", 80, 20 * (time_ms)DAY_MS, false);
        add(b, INDICATOR_IPV6, "2001:db8::1", "a", 0, 0, false);
        add(b, INDICATOR_PREFIX, "198.51.100.0/24", "wide", 0, 0, false);
        add(b, INDICATOR_PREFIX, "198.51.100.64/26", "narrow", 0, 0, false);
        add(b, INDICATOR_PREFIX, "2001:db8:5::/48", "six", 0, 0, false);
        add(b, INDICATOR_NAME, "Only.Example.", "a", 0, 0, false);
        add(b, INDICATOR_NAME, "all.example", "a", 0, 0, true);
        add(b, INDICATOR_URL, "http://Bad.example:80/A", "a", 0, 0, false);
        add(b, INDICATOR_MD5, MD5_HEX, "a", 0, 0, false);
        add(b, INDICATOR_SHA1, SHA1_HEX, "a", 0, 0, false);
        add(b, INDICATOR_CERTIFICATE, SHA1_HEX, "c", 0, 0, false);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        return set;
}

static bool find(struct indicator_view *view, const struct indicator_set *set, const char *address)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(address)), 0);
        return indicator_set_find_address(view, set, &a);
}

static void the_same_value_of_two_lists_is_one_entry(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at) struct indicator_set *set = sample();
        struct indicator_counts counts;
        struct indicator_view v;

        indicator_set_count(&counts, set);
        assert_int_equal(counts.of[INDICATOR_IPV4], 1);
        assert_int_equal(counts.total, 11);
        assert_true(find(&v, set, "203.0.113.7"));
        assert_true(text_is(v.source, "a, b"));
        assert_true(text_is(v.family, "Mẫu"));
        assert_int_equal(v.confidence, 80);
        assert_true(indicator_view_is_valid(&v, 20 * (time_ms)DAY_MS));
        assert_false(indicator_view_is_valid(&v, 21 * (time_ms)DAY_MS));
        assert_false(find(&v, set, "203.0.113.8"));
        assert_true(indicator_set_has_v4(set, 0xCB007107));
        assert_false(indicator_set_has_v4(set, 0xCB007106));
}

static void the_narrowest_prefix_answers(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at) struct indicator_set *set = sample();
        struct indicator_view v;

        assert_true(find(&v, set, "198.51.100.70"));
        assert_true(text_is(v.source, "narrow"));
        assert_true(text_is(indicator_view_value(&v), "198.51.100.64/26"));
        assert_true(
            find(&v, set, "198.51.100.200")); /* behind the narrow one, still in the wide one */
        assert_true(text_is(v.source, "wide"));
        assert_false(find(&v, set, "198.51.101.0"));
        assert_true(find(&v, set, "2001:db8:5:1::9"));
        assert_true(text_is(v.source, "six"));
        assert_true(find(&v, set, "2001:db8::1"));
        assert_false(find(&v, set, "2001:db8::2"));
        assert_true(indicator_set_has_v4(set, 0xC6336446));
}

static void a_name_matches_below_only_when_it_says_so(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at) struct indicator_set *set = sample();
        struct indicator_view v;

        assert_true(indicator_set_find_name(&v, set, TEXT("ONLY.example.")));
        assert_true(text_is(indicator_view_value(&v), "only.example"));
        assert_false(indicator_set_find_name(&v, set, TEXT("x.only.example")));
        assert_true(indicator_set_find_name(&v, set, TEXT("x.y.all.example")));
        assert_false(indicator_set_find_name(&v, set, TEXT("small.example")));
        assert_false(indicator_set_find_name(&v, set, TEXT("not a name")));
        assert_true(indicator_set_find_url(&v, set, TEXT("https://bad.example/A#x")));
        assert_false(indicator_set_find_url(&v, set, TEXT("https://bad.example/a")));
}

static void hashes_of_files_and_certificates_are_apart(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at) struct indicator_set *set = sample();
        struct indicator_view v;
        uint8_t md5[16], sha1[20];

        assert_int_equal(hex_parse(md5, sizeof(md5), TEXT(MD5_HEX)), 0);
        assert_int_equal(hex_parse(sha1, sizeof(sha1), TEXT(SHA1_HEX)), 0);
        assert_true(indicator_set_find_hash(&v, set, INDICATOR_MD5, md5));
        assert_true(text_is(indicator_view_value(&v), MD5_HEX));
        assert_true(indicator_set_find_hash(&v, set, INDICATOR_CERTIFICATE, sha1));
        assert_true(text_is(v.source, "c"));
        assert_true(indicator_set_find_hash(&v, set, INDICATOR_SHA1, sha1));
        assert_true(text_is(v.source, "a"));
        sha1[0] ^= 1;
        assert_false(indicator_set_find_hash(&v, set, INDICATOR_SHA1, sha1));
}

static void what_is_written_loads_to_the_same_bytes(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at)
        struct indicator_set *set = sample(), *again = NULL, *joined = NULL;
        struct indicator_builder *b = NULL;
        struct text bytes = indicator_set_bytes(set);

        assert_int_equal(indicator_set_parse(&again, bytes, NULL), 0);
        assert_int_equal(indicator_set_bytes(again).len, bytes.len);
        assert_memory_equal(indicator_set_bytes(again).data, bytes.data, bytes.len);
        assert_int_equal(indicator_builder_new(&b, 1000), 0);
        assert_int_equal(indicator_builder_add_set(b, set), 0);
        assert_int_equal(indicator_builder_add_set(b, set), 0);
        assert_int_equal(indicator_builder_finish(&joined, b), 0);
        (void)indicator_builder_free(b);
        struct indicator_counts x, y;
        indicator_set_count(&x, set);
        indicator_set_count(&y, joined);
        assert_memory_equal(x.of, y.of, sizeof(x.of));
}

static void no_changed_byte_goes_unnoticed(void **state)
{
        (void)state;
        AUTO(indicator_set_free_at) struct indicator_set *set = sample();
        AUTO(buffer_done) struct buffer copy = BUFFER(1 << 20);

        assert_int_equal(indicator_set_write(&copy, set), 0);
        for (size_t i = 0; i < copy.len; i++) {
                AUTO(indicator_set_free_at) struct indicator_set *other = NULL;
                copy.data[i] ^= 0x10;
                assert_int_not_equal(
                    indicator_set_parse(&other, (struct text){ copy.data, copy.len }, NULL), 0);
                copy.data[i] ^= 0x10;
                assert_int_not_equal(
                    indicator_set_parse(&other, (struct text){ copy.data, i }, NULL), 0);
        }
}

static void wrong_values_and_limits_are_refused(void **state)
{
        (void)state;
        struct indicator_builder *b = NULL;
        struct indicator i = { .type = INDICATOR_IPV4, .value = TEXT("not.an.address") };

        assert_int_equal(indicator_builder_new(&b, 1), 0);
        assert_int_equal(indicator_builder_add(b, &i), ERR_FORMAT);
        i.value = TEXT("192.0.2.1");
        assert_int_equal(indicator_builder_add(b, &i), 0);
        assert_int_equal(indicator_builder_add(b, &i), ERR_LIMIT);
        (void)indicator_builder_free(b);
}

static void an_origin_is_kept_and_only_then_the_file_is_of_the_newer_version(void **state)
{
        AUTO(indicator_set_free_at) struct indicator_set *plain = sample();
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *again = NULL;
        struct indicator i = { .type = INDICATOR_NAME,
                .value = TEXT("sink.example"),
                .source = TEXT("a"),
                .origin = INDICATOR_ORIGIN_CONTROL,
                .subdomains = true };
        struct indicator_builder *b = NULL;
        struct indicator_view view;

        (void)state;
        assert_int_equal(indicator_set_bytes(plain).data[8], 1);
        assert_int_equal(indicator_builder_new(&b, 1000), 0);
        assert_int_equal(indicator_builder_add_set(b, plain), 0);
        assert_int_equal(indicator_builder_add(b, &i), 0);
        i.source = TEXT("b");
        i.origin = INDICATOR_ORIGIN_SINKHOLE; /* of two lists this one counts */
        i.subdomains = false;
        assert_int_equal(indicator_builder_add(b, &i), 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        assert_int_equal(indicator_set_bytes(set).data[8], 2);
        assert_int_equal(indicator_set_parse(&again, indicator_set_bytes(set), NULL), 0);
        assert_true(indicator_set_find_name(&view, again, TEXT("x.sink.example")));
        assert_int_equal(view.origin, INDICATOR_ORIGIN_SINKHOLE);
        assert_int_equal(indicator_of_view(&view).origin, INDICATOR_ORIGIN_SINKHOLE);
        assert_true(find(&view, again, "203.0.113.7"));
        assert_int_equal(view.origin, INDICATOR_ORIGIN_UNSAID);
}

static void an_empty_set_finds_nothing(void **state)
{
        (void)state;
        struct indicator_builder *b = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        struct indicator_view v;

        assert_int_equal(indicator_builder_new(&b, 1), 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        assert_false(find(&v, set, "192.0.2.1"));
        assert_false(find(&v, set, "::1"));
        assert_false(indicator_set_find_name(&v, set, TEXT("a.b")));
        (void)indicator_builder_free(b);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_same_value_of_two_lists_is_one_entry),
                cmocka_unit_test(the_narrowest_prefix_answers),
                cmocka_unit_test(a_name_matches_below_only_when_it_says_so),
                cmocka_unit_test(hashes_of_files_and_certificates_are_apart),
                cmocka_unit_test(what_is_written_loads_to_the_same_bytes),
                cmocka_unit_test(no_changed_byte_goes_unnoticed),
                cmocka_unit_test(wrong_values_and_limits_are_refused),
                cmocka_unit_test(an_origin_is_kept_and_only_then_the_file_is_of_the_newer_version),
                cmocka_unit_test(an_empty_set_finds_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
