/* codec/ip_address_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "codec/ip_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void round_trip(const char *in, const char *out)
{
        struct ip_address a;
        char text[IP_TEXT_MAX];

        assert_int_equal(ip_address_parse(&a, text_of(in)), 0);
        assert_string_equal(ip_address_write(text, &a), out);
}

static void addresses_read_and_write_in_canonical_form(void **state)
{
        (void)state;
        round_trip("203.113.131.1", "203.113.131.1");
        round_trip("2001:DB8:0:0:0:0:0:1", "2001:db8::1");
        round_trip("::ffff:1.2.3.4", "1.2.3.4");
}

static void doubtful_addresses_are_refused(void **state)
{
        static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4",
                "1.2.3.4 ", "1..2.3", "fe80::1%eth0", "1.2.3.4/24", "12345::", "0x7f.1.1.1",
                "1.2.3.04" };
        struct ip_address a;

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(ip_address_parse(&a, text_of(bad[i])), ERR_FORMAT);
        assert_int_equal(ip_address_parse(&a, (struct text){ "1.2.3.4\0", 8 }), ERR_FORMAT);
}

static void prefixes_clear_or_refuse_host_bits(void **state)
{
        struct ip_prefix p;
        struct ip_address low, high, in;
        char text[IP_PREFIX_TEXT_MAX], hex[IP_HEX_MAX];

        (void)state;
        assert_int_equal(ip_prefix_parse(&p, TEXT("203.0.113.45/28"), true), ERR_FORMAT);
        assert_int_equal(ip_prefix_parse(&p, TEXT("203.0.113.45/28"), false), 0);
        assert_string_equal(ip_prefix_write(text, &p), "203.0.113.32/28");
        ip_prefix_range(&low, &high, &p);
        assert_string_equal(ip_address_write_hex(hex, &high), "00000000000000000000ffffcb00712f");
        assert_int_equal(ip_address_parse(&in, TEXT("203.0.113.47")), 0);
        assert_true(ip_prefix_contains(&p, &in));
        assert_int_equal(ip_address_parse(&in, TEXT("203.0.113.48")), 0);
        assert_false(ip_prefix_contains(&p, &in));
        assert_int_equal(ip_prefix_parse(&p, TEXT("2001:db8:14::/48"), true), 0);
        assert_string_equal(ip_prefix_write(text, &p), "2001:db8:14::/48");
        assert_int_equal(ip_prefix_parse(&p, TEXT("1.2.3.4/33"), false), ERR_FORMAT);
        assert_int_equal(ip_prefix_parse(&p, TEXT("0.0.0.0/0"), true), 0);
        assert_string_equal(ip_prefix_write(text, &p), "0.0.0.0/0");
}

static void scopes_follow_the_registries(void **state)
{
        static const struct {
                const char *address;
                enum ip_scope scope;
        } rows[] = { { "8.8.8.8", IP_SCOPE_PUBLIC }, { "10.30.4.22", IP_SCOPE_PRIVATE },
                { "172.31.255.255", IP_SCOPE_PRIVATE }, { "172.32.0.1", IP_SCOPE_PUBLIC },
                { "100.64.0.1", IP_SCOPE_PRIVATE }, { "100.128.0.1", IP_SCOPE_PUBLIC },
                { "203.0.113.9", IP_SCOPE_DOCUMENTATION }, { "198.19.0.1", IP_SCOPE_RESERVED },
                { "198.20.0.1", IP_SCOPE_PUBLIC }, { "224.0.0.251", IP_SCOPE_MULTICAST },
                { "255.255.255.255", IP_SCOPE_RESERVED }, { "0.0.0.1", IP_SCOPE_RESERVED },
                { "127.1.2.3", IP_SCOPE_LOOPBACK }, { "169.254.1.1", IP_SCOPE_LINK_LOCAL },
                { "2001:db8::1", IP_SCOPE_DOCUMENTATION }, { "fe80::1", IP_SCOPE_LINK_LOCAL },
                { "fd00::1", IP_SCOPE_PRIVATE }, { "::1", IP_SCOPE_LOOPBACK },
                { "2405:4800::1", IP_SCOPE_PUBLIC } };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct ip_address a;
                assert_int_equal(ip_address_parse(&a, text_of(rows[i].address)), 0);
                assert_int_equal(ip_address_scope(&a), rows[i].scope);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(addresses_read_and_write_in_canonical_form),
                cmocka_unit_test(doubtful_addresses_are_refused),
                cmocka_unit_test(prefixes_clear_or_refuse_host_bits),
                cmocka_unit_test(scopes_follow_the_registries),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
