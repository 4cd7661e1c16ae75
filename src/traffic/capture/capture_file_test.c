/* traffic/capture/capture_file_test.c: the sample district's capture.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/capture/capture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE_MAX = 1 << 20 };

static const char *sample_path, *pcapng_folder;
static char sample[SAMPLE_MAX];

static struct text load(void)
{
        FILE *f = fopen(sample_path, "rb");
        size_t n;

        assert_non_null(f);
        n = fread(sample, 1, sizeof(sample), f);
        (void)fclose(f);
        assert_true(n > 1000 && n < sizeof(sample));
        return (struct text){ sample, n };
}

/* How many packets come before the end, and what the end was. */
static size_t read_all(int *end, struct capture_file *c, struct parse_error *bad)
{
        struct capture_packet p;
        size_t n = 0;

        for (*end = capture_file_next(&p, c, bad); *end == 0;
             *end = capture_file_next(&p, c, bad)) {
                assert_int_equal(p.link_type, 1);
                assert_true(p.bytes.len > 14 && p.bytes.len == p.wire_bytes);
                assert_true(p.at >= 1705285800000 && p.at < 1705287600000);
                n++;
        }
        return n;
}

static void file_and_memory_give_the_same_packets(void **state)
{
        AUTO(capture_file_close_at) struct capture_file *memory = NULL, *file = NULL;
        struct parse_error bad = { 0 };
        int end;
        size_t n;

        (void)state;
        assert_int_equal(capture_file_open_bytes(&memory, load(), &bad), 0);
        n = read_all(&end, memory, &bad);
        assert_true(n > 100);
        assert_int_equal(end, ERR_CLOSED);
        assert_int_equal(capture_file_open_own(&file, fopen(sample_path, "rb"), &bad), 0);
        assert_int_equal(read_all(&end, file, &bad), n);
}

/* Two interfaces that libpcap does not read beside each other, then a second section. */
static void pcapng_gives_each_interface_its_link_and_clock(void **state)
{
        static const char *const orders[] = { "little", "big" };
        static const struct {
                int link_type;
                size_t bytes;
                time_ms at;
        } expected[] = { { 1, 76, 1705285800000 }, { 101, 62, 1705285800005 },
                { 1, 76, 1705285800000 }, { 1, 76, 0 }, { 113, 78, 1705285800500 } };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
                AUTO(capture_file_close_at) struct capture_file *c = NULL;
                struct parse_error bad = { 0 };
                struct capture_packet p;
                char path[4096];
                (void)snprintf(path, sizeof(path), "%s/%s", pcapng_folder, orders[i]);
                assert_int_equal(capture_file_open_own(&c, fopen(path, "rb"), &bad), 0);
                for (size_t k = 0; k < ARRAY_LEN(expected); k++) {
                        assert_int_equal(capture_file_next(&p, c, &bad), 0);
                        assert_int_equal(p.link_type, expected[k].link_type);
                        assert_int_equal(p.bytes.len, expected[k].bytes);
                        assert_int_equal(p.wire_bytes, expected[k].bytes);
                        assert_int_equal(p.at, expected[k].at);
                }
                assert_int_equal(capture_file_next(&p, c, &bad), ERR_CLOSED);
        }
}

static void cut_capture_gives_what_came_before_and_says_so(void **state)
{
        AUTO(capture_file_close_at) struct capture_file *c = NULL;
        struct parse_error bad = { 0 };
        struct text bytes = load();
        int end;
        size_t n;

        (void)state;
        bytes.len -= 7;
        assert_int_equal(capture_file_open_bytes(&c, bytes, &bad), 0);
        n = read_all(&end, c, &bad);
        assert_int_equal(end, ERR_FORMAT);
        assert_int_equal(bad.line, n + 1);
        assert_non_null(strstr(bad.why_vi, "pcap"));
}

static void what_is_no_capture_is_refused_with_a_reason(void **state)
{
        struct capture_file *c = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        assert_int_equal(
            capture_file_open_bytes(&c, TEXT("STT;Địa chỉ IP;Thời gian\n1;203.0.113.9;\n"), &bad),
            ERR_FORMAT);
        assert_true(bad.why_vi[0] && bad.why_en[0]);
        assert_int_equal(capture_file_open_bytes(&c, TEXT(""), &bad), ERR_FORMAT);
        assert_null(c);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(file_and_memory_give_the_same_packets),
                cmocka_unit_test(pcapng_gives_each_interface_its_link_and_clock),
                cmocka_unit_test(cut_capture_gives_what_came_before_and_says_so),
                cmocka_unit_test(what_is_no_capture_is_refused_with_a_reason),
        };

        sample_path = argc > 1 ? argv[1] : "sample-capture.pcap";
        pcapng_folder = argc > 2 ? argv[2] : ".";
        return cmocka_run_group_tests(tests, NULL, NULL);
}
