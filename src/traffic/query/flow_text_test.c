/* traffic/query/flow_text_test.c: with flow_top, whose sums it writes. SPDX-License-Identifier:
 * Apache-2.0 */
#include "traffic/query/flow_text.h"

#include "base/mem.h"
#include "codec/timestamp.h"

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

/* 15/01/2024 07:00:00 in Vietnam. */
static struct flow sample(const char *source, const char *destination, uint64_t bytes)
{
        return (struct flow){ .begin = 1705276800000,
                .end = 1705276801500,
                .source = address(source),
                .destination = address(destination),
                .source_port = 50000,
                .destination_port = 443,
                .protocol = PACKET_TCP,
                .flags_out = 0x12,
                .packets_out = 3,
                .bytes_out = bytes,
                .sampling = 1 };
}

static size_t columns(const char *text)
{
        size_t width = 0, widest = 0;

        for (; *text; text++) {
                width = *text == '\n' ? 0 : width + (((unsigned char)*text & 0xC0) != 0x80);
                widest = width > widest ? width : widest;
        }
        return widest;
}

static void table_fits_eighty_columns_and_shows_each_day_once(void **state)
{
        AUTO(buffer_done) struct buffer out = BUFFER(4096);
        struct flow_text t = { .language = LANGUAGE_VI, .zone_minutes = ZONE_VIETNAM_MINUTES };
        struct flow f = sample("192.168.100.200", "203.0.113.255", 1234567);

        (void)state;
        f.source_port = 65535;
        assert_int_equal(flow_text_add_flow(&out, &t, &f), 0);
        assert_int_equal(flow_text_add_flow(&out, &t, &f), 0);
        assert_true(columns(out.data) <= 80);
        assert_non_null(strstr(out.data, "Ngày 15/01/2024\n07:00:00   1,5 tcp    "
                                         "192.168.100.200:65535 203.0.113.255:443         3  1,2M\n"
                                         "07:00:00"));
}

static void csv_and_json_say_everything_in_utc(void **state)
{
        AUTO(buffer_done) struct buffer csv = BUFFER(4096), json = BUFFER(4096);
        struct flow_text c = { .format = FLOW_TEXT_CSV }, j = { .format = FLOW_TEXT_JSON };
        struct flow f = sample("2001:db8::1", "2001:db8::2", 99);

        (void)state;
        assert_int_equal(flow_text_add_flow(&csv, &c, &f), 0);
        assert_string_equal(csv.data,
            "begin,end,protocol,source,source_port,destination,destination_port,flags_out,flags_in,"
            "packets_out,bytes_out,packets_in,bytes_in\n"
            "2024-01-15T00:00:00Z,2024-01-15T00:00:01.500Z,tcp,2001:db8::1,50000,2001:db8::2,443,"
            "...A..S.,........,3,99,0,0\n");
        assert_int_equal(flow_text_add_flow(&json, &j, &f), 0);
        assert_non_null(strstr(json.data, "\"source\":\"2001:db8::1\",\"source_port\":50000"));
}

static void name_that_a_spreadsheet_would_run_is_quoted(void **state)
{
        AUTO(buffer_done) struct buffer out = BUFFER(4096);
        struct flow_text c = { .format = FLOW_TEXT_CSV };
        struct name_sighting s = { .at = 1705276800000,
                .host = address("10.0.0.1"),
                .peer = address("10.0.0.53"),
                .place = PACKET_PLACE_DNS,
                .name = TEXT("=cmd.example") };

        (void)state;
        assert_int_equal(flow_text_add_name(&out, &c, &s), 0);
        assert_non_null(strstr(out.data, ",dns,'=cmd.example,"));
}

static void sums_are_by_end_service_and_network(void **state)
{
        static const struct {
                enum flow_top_by by;
                size_t keys;
                const char *first;
                uint64_t bytes;
        } cases[] = { { FLOW_TOP_HOST, 2, "10.0.0.1", 30 }, { FLOW_TOP_REMOTE, 2, "192.0.2.9", 35 },
                { FLOW_TOP_PORT, 1, "tcp/443", 45 }, { FLOW_TOP_PROTOCOL, 1, "tcp", 45 },
                { FLOW_TOP_NET, 1, "10.0.0.0/24", 45 } };
        struct flow flows[] = { sample("10.0.0.1", "192.0.2.9", 20),
                sample("10.0.0.1", "192.0.2.8", 10), sample("10.0.0.2", "192.0.2.9", 15) };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                AUTO(flow_top_free_at) struct flow_top *top = NULL;
                struct flow_top_options options = { .by = cases[i].by };
                struct flow_top_row row;
                assert_int_equal(flow_top_new(&top, &options), 0);
                for (size_t j = 0; j < ARRAY_LEN(flows); j++)
                        assert_int_equal(flow_top_add_flow(top, &flows[j]), 0);
                assert_int_equal(flow_top_sort(top), cases[i].keys);
                flow_top_at(&row, top, 0);
                assert_string_equal(row.key, cases[i].first);
                assert_int_equal(row.bytes, cases[i].bytes);
        }
}

static void keys_beyond_the_limit_are_counted_not_kept(void **state)
{
        AUTO(flow_top_free_at) struct flow_top *top = NULL;
        struct flow_top_options options = { .by = FLOW_TOP_HOST, .max_keys = 1 };
        struct flow one = sample("10.0.0.1", "192.0.2.9", 20);
        struct flow two = sample("10.0.0.2", "192.0.2.9", 20);

        (void)state;
        assert_int_equal(flow_top_new(&top, &options), 0);
        assert_int_equal(flow_top_add_flow(top, &one), 0);
        assert_int_equal(flow_top_add_flow(top, &two), 0);
        assert_int_equal(flow_top_sort(top), 1);
        assert_int_equal(flow_top_left_out(top), 1);
}

static void amounts_take_at_most_five_characters(void **state)
{
        static const struct {
                uint64_t amount;
                const char *en;
        } cases[] = { { 0, "0" }, { 999, "999" }, { 1000, "1.0k" }, { 12345, "12k" },
                { 999400, "999k" }, { 999999, "1.0M" }, { 1234567890, "1.2G" } };
        char text[FLOW_TEXT_AMOUNT_MAX];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_string_equal(
                    flow_text_amount(text, cases[i].amount, LANGUAGE_EN), cases[i].en);
        assert_true(strlen(flow_text_amount(text, UINT64_MAX, LANGUAGE_EN)) <= 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(table_fits_eighty_columns_and_shows_each_day_once),
                cmocka_unit_test(csv_and_json_say_everything_in_utc),
                cmocka_unit_test(name_that_a_spreadsheet_would_run_is_quoted),
                cmocka_unit_test(sums_are_by_end_service_and_network),
                cmocka_unit_test(keys_beyond_the_limit_are_counted_not_kept),
                cmocka_unit_test(amounts_take_at_most_five_characters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
