/* traffic/query/filter_parse_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/query/filter_parse.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static struct ip_address address(const char *t)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(t)), 0);
        return a;
}

/* 10.1.2.3:50000 -> 203.0.113.9:443, TCP, 2 s, 30 packets, 12,000 bytes, SYN without answer. */
static struct flow sample(void)
{
        return (struct flow){ .begin = 1000,
                .end = 3000,
                .source = address("10.1.2.3"),
                .destination = address("203.0.113.9"),
                .source_port = 50000,
                .destination_port = 443,
                .protocol = PACKET_TCP,
                .flags_out = 0x02,
                .packets_out = 20,
                .packets_in = 10,
                .bytes_out = 8000,
                .bytes_in = 4000 };
}

static struct filter *filter_of(const char *words)
{
        struct filter *f = NULL;
        struct parse_error bad = { 0 };
        int err = filter_parse(&f, text_of(words), &bad);

        if (err)
                print_error("%s: column %zu: %s\n", words, bad.column, bad.why_en);
        assert_int_equal(err, 0);
        return f;
}

static bool has(const char *words)
{
        AUTO(filter_free_at) struct filter *f = filter_of(words);
        struct flow flow = sample();

        return filter_has_flow(f, &flow);
}

static bool has_name(const char *words, const char *name)
{
        AUTO(filter_free_at) struct filter *f = filter_of(words);
        struct name_sighting s = { .host = address("10.1.2.3"),
                .peer = address("10.0.0.53"),
                .has_answer = true,
                .answer = address("198.51.100.7"),
                .name = text_of(name) };

        return filter_has_name(f, &s);
}

static void words_of_tcpdump_and_nfdump_match_as_there(void **state)
{
        static const char *const yes[] = { "", "any", "tcp", "host 10.1.2.3", "src host 10.1.2.3",
                "ip 10.1.2.3", "src ip 10.1.2.3", "src 10.1.2.3", "10.1.2.3", "net 10.0.0.0/8",
                "src net 10/8", "net 10.0.0.0 255.0.0.0", "net 10.0.0.0 mask 255.0.0.0", "10.1",
                "dst net 203.0.113.0/24", "port 443", "dst port https", "src port > 1024",
                "port in [80,443]", "port in [80 443]", "portrange 400-500", "tcp dst port 443",
                "ip and tcp", "inet", "ipv4 host 203.0.113.9", "proto 6", "proto tcp",
                "proto in [tcp, udp]", "bytes > 10k", "bytes=12000", "packets >= 30", "packets 30",
                "duration < 3s", "duration > 1999", "pps = 15", "bps 48k",
                "flags S and not flags A", "FLAGS s", "udp or tcp", "not udp", "! udp && tcp",
                "port 80 or 443", "host 192.0.2.1 or 10.1.2.3", "src or dst port 443",
                "src and dst net 0.0.0.0/0", "host in [192.0.2.1, 10.1.2.3]",
                "(udp or tcp) and (port 443)", "port != 80", "udp and port 1 or tcp",
                "tcp or udp and port 1", "src host 10.1.2.3 and dst port 443", "packets gt 3",
                "src 10.1.2.3 and dst 203.0.113.9" };
        static const char *const no[] = { "udp", "host 10.1.2.4", "dst host 10.1.2.3", "inet6",
                "src port 443", "port in [80,81]", "port > 65535", "bytes < 0", "bytes > 12000",
                "flags SA", "not tcp", "src and dst port 443", "icmp", "ip6", "portrange 1-400",
                "(tcp or udp) and port 1", "net 2001:db8::/32", "duration >= 3s" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
                if (!has(yes[i]))
                        print_error("does not match: %s\n", yes[i]);
                assert_true(has(yes[i]));
        }
        for (size_t i = 0; i < ARRAY_LEN(no); i++) {
                if (has(no[i]))
                        print_error("matches: %s\n", no[i]);
                assert_false(has(no[i]));
        }
}

static void names_match_whole_or_by_suffix_at_a_dot(void **state)
{
        (void)state;
        assert_true(has_name("name c2.example", "c2.example"));
        assert_false(has_name("name c2.example", "www.c2.example"));
        assert_true(has_name("name suffix c2.example", "www.c2.example"));
        assert_true(has_name("name suffix .example", "c2.example"));
        assert_false(has_name("name suffix c2.example", "notc2.example"));
        assert_true(has_name("name any and dst host 198.51.100.7", "x.example"));
        assert_true(has_name("name in [a.example, b.example]", "b.example"));
        assert_true(has_name("name a.example or b.example", "b.example"));
        assert_false(has("name any"));
}

static void what_is_wrong_is_named_with_its_column_in_both_languages(void **state)
{
        static const struct {
                const char *words;
                size_t column;
                const char *en;
        } cases[] = {
                { "tcp and prot 80", 9, "\"prot\" is not understood here" },
                { "host c2.example", 6, "\"c2.example\" is not an address" },
                { "port 70000", 6, "\"70000\" is not a number" },
                { "(tcp or udp", 12, "a ) is missing" },
                { "tcp udp", 5, "`and` or `or` is missing before \"udp\"" },
                { "tcp and", 8, "lacks a condition" },
                { "vlan 3", 1, "does not keep \"vlan\"" },
                { "name a.example and port 80", 27, "name goes with host and net only" },
                { "flags Q", 7, "TCP flags" },
                { "src bytes > 3", 11, "go with host, net or port only" },
                { "net 10.0.0.0 mask 255.0.255.0", 19, "not a network mask" },
                { "port in 80", 9, "\"in\" wants" },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                struct filter *f = NULL;
                struct parse_error bad = { 0 };
                assert_int_equal(filter_parse(&f, text_of(cases[i].words), &bad), ERR_FORMAT);
                assert_null(f);
                if (bad.column != cases[i].column || !strstr(bad.why_en, cases[i].en))
                        print_error("%s: %zu: %s\n", cases[i].words, bad.column, bad.why_en);
                assert_int_equal(bad.column, cases[i].column);
                assert_non_null(strstr(bad.why_en, cases[i].en));
                assert_true(bad.why_vi[0] && strcmp(bad.why_vi, bad.why_en) != 0);
        }
}

static void writes(const char *words, const char *expected)
{
        AUTO(filter_free_at) struct filter *f = filter_of(words);
        AUTO(buffer_done) struct buffer out = BUFFER(4096);

        assert_int_equal(filter_write(&out, f), 0);
        assert_string_equal(out.data, expected);
}

static void equal_filters_are_written_alike(void **state)
{
        (void)state;
        writes("tcp && !(port 80||443)", "proto tcp and not (port 80 or port 443)");
        writes("PROTO TCP and not port in [80 443]", "proto tcp and not (port 80 or port 443)");
        writes("", "any");
        writes("src ip 10.0.0.1 and net 10.9.9.9/8", "src host 10.0.0.1 and net 10.0.0.0/8");
        writes("bytes > 1k", "bytes >= 1001");
        writes(
            "(tcp or udp) or (icmp or esp)", "proto tcp or proto udp or (proto icmp or proto esp)");
        writes("flags AS", "flags SA");
}

static void reach_holds_what_every_match_must_touch(void **state)
{
        AUTO(filter_free_at)
        struct filter *f = filter_of(
            "tcp and (host 10.0.0.1 or dst net 192.0.2.0/24) and not host 10.0.0.2");
        AUTO(filter_free_at) struct filter *open = filter_of("host 10.0.0.1 or port 80");
        AUTO(filter_free_at) struct filter *without = filter_of("not host 10.0.0.1");
        AUTO(filter_free_at)
        struct filter *name = filter_of("name suffix a.example and host 10.0.0.1");
        struct filter_reach reach;

        (void)state;
        filter_reach(&reach, f);
        assert_int_equal(reach.address_count, 2);
        assert_int_equal(reach.addresses[0].bits, 128);
        assert_int_equal(reach.addresses[1].bits, 120);
        filter_reach(&reach, open);
        assert_int_equal(reach.address_count, 0);
        filter_reach(&reach, without);
        assert_int_equal(reach.address_count, 0);
        filter_reach(&reach, name);
        assert_int_equal(reach.address_count, 1);
        assert_true(text_is(reach.name, "a.example"));
}

static void too_deep_and_too_long_are_refused(void **state)
{
        AUTO(buffer_done) struct buffer deep = BUFFER(1 << 16), wide = BUFFER(1 << 16);
        struct filter *f = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        for (int i = 0; i < FILTER_DEPTH_MAX; i++)
                assert_int_equal(buffer_add_byte(&deep, '('), 0);
        assert_int_equal(buffer_add_text(&deep, "tcp"), 0);
        assert_int_equal(filter_parse(&f, (struct text){ deep.data, deep.len }, &bad), ERR_LIMIT);
        assert_int_equal(bad.column, FILTER_DEPTH_MAX + 1);
        for (int i = 0; i < FILTER_NODES_MAX; i++)
                assert_int_equal(buffer_add_text(&wide, i ? " or tcp" : "tcp"), 0);
        assert_int_equal(filter_parse(&f, (struct text){ wide.data, wide.len }, &bad), ERR_LIMIT);
        assert_null(f);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_of_tcpdump_and_nfdump_match_as_there),
                cmocka_unit_test(names_match_whole_or_by_suffix_at_a_dot),
                cmocka_unit_test(what_is_wrong_is_named_with_its_column_in_both_languages),
                cmocka_unit_test(equal_filters_are_written_alike),
                cmocka_unit_test(reach_holds_what_every_match_must_touch),
                cmocka_unit_test(too_deep_and_too_long_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
