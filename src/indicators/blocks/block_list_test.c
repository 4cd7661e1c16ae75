/* indicators/blocks/block_list_test.c. That other programs load what is written is shown by
 * tests/system/block_test.py.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/blocks/block_list.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { ROOM = 1 << 16 };
static const time_ms at = INT64_C(1704672000000); /* 2024-01-08 */

static const struct indicator indicators[] = {
        { .type = INDICATOR_IPV4, .value = TEXT("198.51.100.7"), .confidence = 80 },
        { .type = INDICATOR_PREFIX, .value = TEXT("203.0.113.0/24") },
        { .type = INDICATOR_IPV6, .value = TEXT("2001:db8::1") },
        { .type = INDICATOR_PREFIX, .value = TEXT("2001:db8:1::/48") },
        { .type = INDICATOR_NAME, .value = TEXT("bad.example"), .subdomains = true },
        { .type = INDICATOR_NAME, .value = TEXT("one.example"), .confidence = 20 },
        { .type = INDICATOR_IPV4, .value = TEXT("198.51.100.8"), .valid_until = 1 },
        { .type = INDICATOR_URL, .value = TEXT("bad.example/x") },
        { .type = INDICATOR_NAME,
            .value = TEXT("sink.example"),
            .origin = INDICATOR_ORIGIN_SINKHOLE },
};

static void write_all(struct buffer *out, struct block_counts *counts, const char *id,
    const struct block_options *options)
{
        const struct block_target *t = block_target_named(text_of(id));

        assert_non_null(t);
        *counts = (struct block_counts){ 0 };
        assert_int_equal(block_list_begin(out, t, options), 0);
        for (size_t i = 0; i < ARRAY_LEN(indicators); i++)
                assert_int_equal(block_list_add(out, counts, t, options, &indicators[i]), 0);
        assert_int_equal(block_list_end(out, t, options), 0);
}

static void assert_has(const struct buffer *out, const char *line)
{
        if (!strstr(out->data, line))
                fail_msg("\"%s\" is not in:\n%s", line, out->data);
}

static void a_zone_names_addresses_backwards_and_names_with_those_below(void **state)
{
        AUTO(buffer_done) struct buffer out = BUFFER(ROOM);
        struct block_counts counts;
        struct block_options options = {
                .name = TEXT("canh"), .at = at, .answer = BLOCK_NODATA, .serial = 2024010801
        };

        (void)state;
        write_all(&out, &counts, "rpz", &options);
        assert_has(&out, "( 2024010801 ");
        assert_has(&out, "\nbad.example CNAME *.\n*.bad.example CNAME *.\none.example CNAME *.\n");
        assert_null(strstr(out.data, "*.one.example"));
        assert_null(strstr(out.data, "sink.example"));
        assert_int_equal(counts.sinkholes, 1);
        assert_has(&out, "\n32.7.100.51.198.rpz-ip CNAME *.\n24.0.113.0.203.rpz-ip CNAME *.\n");
        assert_has(&out, "\n128.1.zz.db8.2001.rpz-ip CNAME *.\n48.zz.1.db8.2001.rpz-ip CNAME *.\n");
        assert_int_equal(counts.written, 6);
        assert_int_equal(counts.expired, 1);
        assert_int_equal(counts.foreign, 1);
}

static void what_is_less_sure_than_asked_is_left_out_and_counted(void **state)
{
        AUTO(buffer_done) struct buffer out = BUFFER(ROOM);
        struct block_counts counts;
        struct block_options options = { .name = TEXT("canh"), .at = at, .least_confidence = 50 };

        (void)state;
        write_all(&out, &counts, "fortigate-name", &options);
        assert_has(&out, "\nbad.example\n*.bad.example\n");
        assert_null(strstr(out.data, "one.example"));
        assert_int_equal(counts.unsure, 1);
        assert_int_equal(counts.foreign, 5);
}

static void addresses_of_both_kinds_go_to_their_own_list(void **state)
{
        AUTO(buffer_done) struct buffer nft = BUFFER(ROOM), router = BUFFER(ROOM);
        AUTO(buffer_done) struct buffer feed = BUFFER(ROOM);
        struct block_counts counts;
        struct block_options options = { .name = TEXT("canh"), .at = at };

        (void)state;
        write_all(&nft, &counts, "nftables", &options);
        assert_has(&nft, "add element inet canh canh_v4 { 203.0.113.0/24 }\n");
        assert_has(&nft, "add element inet canh canh_v6 { 2001:db8::1 }\n");
        assert_int_equal(counts.written, 4);
        write_all(&router, &counts, "mikrotik", &options);
        assert_has(&router, "/ip firewall address-list add list=canh address=198.51.100.7\n");
        assert_has(&router, "/ipv6 firewall address-list add list=canh address=2001:db8:1::/48\n");
        write_all(&feed, &counts, "fortigate-address", &options);
        assert_has(&feed, "\n198.51.100.7\n203.0.113.0/24\n2001:db8::1\n");
        assert_null(strstr(feed.data, "198.51.100.8"));
}

static void a_name_that_could_be_a_command_is_refused(void **state)
{
        static const char *const bad[] = { "", "a b", "a;reboot", "a\"", "-a", "1a", "A",
                "a234567890123456789012345" };
        AUTO(buffer_done) struct buffer out = BUFFER(ROOM);

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct block_options options = { .name = text_of(bad[i]), .at = at };
                for (size_t t = 0; block_target_at(t); t++)
                        assert_int_equal(
                            block_list_begin(&out, block_target_at(t), &options), ERR_FORMAT);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_zone_names_addresses_backwards_and_names_with_those_below),
                cmocka_unit_test(what_is_less_sure_than_asked_is_left_out_and_counted),
                cmocka_unit_test(addresses_of_both_kinds_go_to_their_own_list),
                cmocka_unit_test(a_name_that_could_be_a_command_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
