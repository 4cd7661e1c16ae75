/* traffic/decode/log_value_test.c: times, ends, numbers and hardware as logs write them, and JSON
 * without a tree. SPDX-License-Identifier: Apache-2.0 */
#include "codec/timestamp.h"
#include "traffic/decode/log_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const time_ms moment = 1705305600000; /* 2024-01-15T08:00:00Z */

static time_ms time_of(const char *t, int zone, time_ms reference)
{
        const struct log_options o = { .zone_minutes = zone, .reference = reference };
        struct text rest = text_of(t);
        time_ms at;

        if (log_value_time(&at, rest, &o) == 0)
                return at;
        return log_value_old_time(&at, &rest, &o) == 0 && rest.len == 0 ? at : -1;
}

static void times_of_many_hands_are_read(void **state)
{
        (void)state;
        assert_int_equal(time_of("1705305600", 420, 0), moment);
        assert_int_equal(time_of("1705305600.123999", 0, 0), moment + 123);
        assert_int_equal(time_of("2024-01-15T08:00:00Z", 420, 0), moment);
        assert_int_equal(time_of("2024-01-15T15:00:00.000000+0700", 0, 0), moment);
        assert_int_equal(time_of("2024-01-15 15:00:00", 420, 0), moment);
        assert_int_equal(time_of("2024/01/15 15:00:00.5", 420, 0), moment + 500);
        assert_int_equal(time_of("jan/15/2024 15:00:00", 420, 0), moment);
        assert_int_equal(time_of("Jan 15 2024 15:00:00", 420, 0), moment);
        assert_int_equal(time_of("2024-02-30 15:00:00", 420, 0), -1);
        assert_int_equal(time_of("yesterday", 0, moment), -1);
}

static void year_is_the_latest_that_is_not_ahead_of_the_reference(void **state)
{
        char out[TIMESTAMP_TEXT_MAX];

        (void)state;
        assert_int_equal(time_of("Jan 15 08:00:00", 0, moment), moment);
        assert_int_equal(time_of("Jan 16 07:00:00", 0, moment), moment + 23 * (time_ms)HOUR_MS);
        assert_string_equal(
            timestamp_write(out, time_of("Jan 17 08:00:00", 0, moment)), "2023-01-17T08:00:00Z");
        assert_string_equal(
            timestamp_write(out, time_of("Dec 31 23:59:59", 0, moment)), "2023-12-31T23:59:59Z");
        /* a sender ahead of a reader on New Year's Eve */
        assert_string_equal(
            timestamp_write(out, time_of("Jan  1 00:00:10", 0, INT64_C(1704067195000))),
            "2024-01-01T00:00:10Z");
        assert_string_equal(
            timestamp_write(out, time_of("Feb 29 08:00:00", 0, moment)), "2020-02-29T08:00:00Z");
        assert_int_equal(time_of("Jan 15 08:00:00", 0, 0), -1);
}

static void ends_are_read_with_and_without_ports(void **state)
{
        static const struct {
                const char *text, *address;
                uint16_t port;
        } good[] = { { "192.0.2.1:80", "192.0.2.1", 80 }, { "192.0.2.1", "192.0.2.1", 0 },
                { "[2001:db8::1]:443", "2001:db8::1", 443 }, { "2001:db8::1", "2001:db8::1", 0 },
                { "[2001:db8::1]", "2001:db8::1", 0 } };
        static const char *const bad[] = { "", "192.0.2.1:", "192.0.2.1:70000", "[2001:db8::1",
                "[2001:db8::1]443", "host:80", "[", "]:1" };
        char out[IP_TEXT_MAX];

        (void)state;
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
                struct ip_address a;
                uint16_t port;
                assert_int_equal(log_value_end(&a, &port, text_of(good[i].text)), 0);
                assert_string_equal(ip_address_write(out, &a), good[i].address);
                assert_int_equal(port, good[i].port);
        }
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                struct ip_address a;
                uint16_t port;
                assert_int_equal(log_value_end(&a, &port, text_of(bad[i])), ERR_FORMAT);
        }
}

static void numbers_keep_their_bounds(void **state)
{
        uint8_t hardware[LEASE_HARDWARE_BYTES], protocol;
        uint64_t count;
        uint16_t port;
        int64_t ms;

        (void)state;
        assert_int_equal(log_value_port(&port, TEXT("0x0303")), 0);
        assert_int_equal(port, 0x303);
        assert_int_equal(log_value_port(&port, TEXT("0xfffff")), ERR_FORMAT);
        assert_int_equal(log_value_port(&port, TEXT("65536")), ERR_FORMAT);
        assert_int_equal(log_value_count(&count, TEXT("12.0")), 0);
        assert_int_equal(count, 12);
        assert_int_equal(log_value_count(&count, TEXT("18446744073709551615")), ERR_FORMAT);
        assert_int_equal(log_value_milliseconds(&ms, TEXT("8.1e-06")), 0);
        assert_int_equal(ms, 0);
        assert_int_equal(log_value_milliseconds(&ms, TEXT("123456789012")), ERR_FORMAT);
        assert_int_equal(log_value_protocol(&protocol, TEXT("IPv6-ICMP")), 0);
        assert_int_equal(protocol, PACKET_ICMP6);
        assert_int_equal(log_value_protocol(&protocol, TEXT("256")), ERR_FORMAT);
        assert_int_equal(log_value_hardware(hardware, TEXT("00-00-5E-00-53-01")), 0);
        assert_int_equal(log_value_hardware(hardware, TEXT("0000.5e00.5301")), 0);
        assert_int_equal(log_value_hardware(hardware, TEXT("00:00:5e:00:53")), ERR_FORMAT);
        assert_int_equal(log_value_flags(TEXT("...AP.SF")), 0x1B);
}

static int json(struct log_record *r, const char *line)
{
        static const struct log_names names[] = { { "a", LOG_NAME }, { "b.c", LOG_URL },
                { "d", LOG_ANSWER } };
        static char room[LOG_LINE_MAX];

        *r = (struct log_record){ .present = 0 };
        return log_json_parse(r, text_of(line), room, names, 3);
}

static void json_gives_the_members_that_are_asked_for(void **state)
{
        struct log_record r;

        (void)state;
        assert_int_equal(json(&r, " {\"x\":[{}], \"a\" : \"\\u00e9\\\"\", "
                                  "\"b\":{\"c\":-1.5e3},\"d\":[\"1\",\"2\"]} "),
            0);
        assert_true(text_is(r.field[LOG_NAME], "é\""));
        assert_true(text_is(r.field[LOG_URL], "-1.5e3"));
        assert_int_equal(r.answer_count, 2);
        assert_int_equal(json(&r, "{\"a\":null}"), 0);
        assert_false(log_record_has(&r, LOG_NAME));
        assert_int_equal(json(&r, "{}"), 0);
}

static void json_that_is_none_is_refused(void **state)
{
        static const char *const bad[] = { "", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
                "{\"a\":1}x", "{\"a\":\"x}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u00g0\"}",
                "{\"a\":tru}", "{\"a\":[1 2]}", "{a:1}", "{\"a\":\"\n\"}", "{\"a\":\"\\" };
        struct log_record r;

        (void)state;
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(json(&r, bad[i]), ERR_FORMAT);
        assert_int_equal(json(&r, "{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}"), ERR_LIMIT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(times_of_many_hands_are_read),
                cmocka_unit_test(year_is_the_latest_that_is_not_ahead_of_the_reference),
                cmocka_unit_test(ends_are_read_with_and_without_ports),
                cmocka_unit_test(numbers_keep_their_bounds),
                cmocka_unit_test(json_gives_the_members_that_are_asked_for),
                cmocka_unit_test(json_that_is_none_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
