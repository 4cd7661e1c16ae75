/* traffic/decode/log_reader_test.c: lines of any length in pieces of any size, the choice of a
 * format, live lines, and what ends a reading. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/decode/log_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

struct seen {
        uint64_t flows;
        struct flow last;
        int answer;
};

static int take_flow(void *state, const struct flow *f)
{
        struct seen *seen = state;

        seen->flows++;
        seen->last = *f;
        return seen->answer;
}

static const char packet[] =
    "IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=60 PROTO=UDP SPT=1 DPT=2";
static const char zeek[] = "#separator \\x09\n#path\tconn\n"
                           "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n"
                           "1705305600.5\t192.0.2.10\t1\t203.0.113.5\t2\ttcp\n";

static struct log_reader *reader_as(
    const char *as, struct seen *seen, time_ms reference, bool is_live)
{
        const struct log_options options = {
                .as = text_of(as), .zone_minutes = 420, .reference = reference, .is_live = is_live
        };
        const struct traffic_sink sink = { .take_flow = take_flow, .state = seen };
        struct log_reader *reader = NULL;

        assert_int_equal(log_reader_new(&reader, &options, &sink), 0);
        return reader;
}

static void any_cut_of_the_bytes_gives_the_same_facts(void **state)
{
        (void)state;
        for (size_t piece = 1; piece < sizeof(zeek); piece++) {
                struct seen seen = { 0 };
                AUTO(log_reader_free_at) struct log_reader *r = reader_as("", &seen, 0, false);
                for (size_t at = 0; at < sizeof(zeek) - 1; at += piece) {
                        size_t left = sizeof(zeek) - 1 - at;
                        struct text t = { zeek + at, left < piece ? left : piece };
                        assert_int_equal(log_reader_add(r, t), 0);
                }
                assert_int_equal(log_reader_end(r), 0);
                assert_int_equal(seen.flows, 1);
                assert_int_equal(log_reader_counts(r)->lines, 4);
                assert_string_equal(log_reader_counts(r)->format, "zeek");
        }
}

static void last_line_may_lack_its_end(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("zeek", &seen, 0, false);

        (void)state;
        assert_int_equal(log_reader_add(r, (struct text){ zeek, sizeof(zeek) - 2 }), 0);
        assert_int_equal(seen.flows, 0);
        assert_int_equal(log_reader_end(r), 0);
        assert_int_equal(seen.flows, 1);
}

static void line_too_long_is_counted_and_passed_over(void **state)
{
        static char junk[LOG_LINE_MAX + 100];
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("netfilter", &seen, 1, true);

        (void)state;
        memset(junk, 'x', sizeof(junk));
        assert_int_equal(log_reader_add(r, (struct text){ junk, sizeof(junk) }), 0);
        assert_int_equal(log_reader_add(r, (struct text){ junk, 10 }), 0);
        assert_int_equal(log_reader_add(r, TEXT("\n")), 0);
        assert_int_equal(log_reader_add_line(r, text_of(packet)), 0);
        assert_int_equal(log_reader_counts(r)->bad, 1);
        assert_int_equal(log_reader_counts(r)->lines, 2);
        assert_int_equal(log_reader_counts(r)->reasons[0].first_line, 1);
        assert_int_equal(seen.flows, 1);
}

static void unknown_text_is_refused_before_anything_is_given(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("", &seen, 0, false);

        (void)state;
        assert_int_equal(log_reader_add(r, TEXT("dear all\n")), 0);
        assert_int_equal(log_reader_end(r), ERR_UNSUPPORTED);
        assert_int_equal(log_reader_counts(r)->lines, 0);
}

static void unknown_name_of_a_format_is_refused(void **state)
{
        const struct log_options options = { .as = TEXT("telex") };
        const struct traffic_sink sink = { .take_flow = NULL };
        struct log_reader *r = NULL;

        (void)state;
        assert_int_equal(log_reader_new(&r, &options, &sink), ERR_UNSUPPORTED);
        assert_null(r);
}

static void error_of_the_sink_ends_the_reading(void **state)
{
        struct seen seen = { .answer = ERR_IO };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("zeek", &seen, 0, false);

        (void)state;
        assert_int_equal(log_reader_add(r, text_of(zeek)), ERR_IO);
        assert_int_equal(log_reader_counts(r)->flows, 0);
}

static void live_line_without_time_happened_when_it_came(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("syslog", &seen, 1, true);

        (void)state;
        log_reader_at(r, 1705305600000);
        assert_int_equal(log_reader_add_line(r, text_of(packet)), 0);
        assert_int_equal(seen.last.begin, 1705305600000);
}

static void line_of_a_file_without_time_is_bad(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("syslog", &seen, 1, false);

        (void)state;
        assert_int_equal(log_reader_add_line(r, text_of(packet)), 0);
        assert_int_equal(log_reader_counts(r)->bad, 1);
        assert_int_equal(seen.flows, 0);
}

static void a_log_that_grows_slowly_is_found_out_by_its_first_lines(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("", &seen, 0, false);

        (void)state;
        assert_int_equal(log_reader_add(r, (struct text){ zeek, 9 }), 0);
        assert_int_equal(log_reader_decide(r), ERR_MISSING);
        assert_int_equal(log_reader_add(r, (struct text){ zeek + 9, sizeof(zeek) - 10 }), 0);
        assert_int_equal(log_reader_decide(r), 0);
        assert_int_equal(log_reader_decide(r), 0);
        assert_int_equal(seen.flows, 1);
        assert_int_equal(
            log_reader_add(r, TEXT("1705305601.5\t192.0.2.10\t1\t203.0.113.5\t2\ttcp\n")), 0);
        assert_int_equal(seen.flows, 2);
}

static void lines_are_counted_by_the_format_that_read_them(void **state)
{
        struct seen seen = { 0 };
        AUTO(log_reader_free_at) struct log_reader *r = reader_as("syslog", &seen, 1, true);
        size_t kinds = 0;

        (void)state;
        assert_int_equal(log_reader_add_line(r, text_of(packet)), 0);
        assert_int_equal(log_reader_add_line(r, text_of(packet)), 0);
        assert_int_equal(log_reader_add_line(r, TEXT("<13>dear all")), 0);
        for (size_t i = 0; i < LOG_KINDS_MAX; i++)
                if (log_reader_counts(r)->kinds[i]) {
                        assert_string_equal(log_format_id(i), "netfilter");
                        assert_int_equal(log_reader_counts(r)->kinds[i], 2);
                        kinds++;
                }
        assert_int_equal(kinds, 1);
}

static void every_format_has_both_languages(void **state)
{
        size_t n = 0;

        (void)state;
        for (; log_format_id(n); n++) {
                assert_non_null(log_format_label(n, true));
                assert_non_null(log_format_label(n, false));
        }
        assert_null(log_format_label(n, true));
        assert_string_equal(log_format_id(n - 1), "syslog");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_cut_of_the_bytes_gives_the_same_facts),
                cmocka_unit_test(last_line_may_lack_its_end),
                cmocka_unit_test(line_too_long_is_counted_and_passed_over),
                cmocka_unit_test(unknown_text_is_refused_before_anything_is_given),
                cmocka_unit_test(unknown_name_of_a_format_is_refused),
                cmocka_unit_test(error_of_the_sink_ends_the_reading),
                cmocka_unit_test(live_line_without_time_happened_when_it_came),
                cmocka_unit_test(line_of_a_file_without_time_is_bad),
                cmocka_unit_test(a_log_that_grows_slowly_is_found_out_by_its_first_lines),
                cmocka_unit_test(lines_are_counted_by_the_format_that_read_them),
                cmocka_unit_test(every_format_has_both_languages),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
