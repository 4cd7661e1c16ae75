/* centre/reader/job_list_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_list.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ANNEX                                                                                      \
        "STT;Địa chỉ IP;Cổng;Thời gian;Tên mã độc;Máy chủ C&C\n"                  \
        "1;45.117.80.9;50123;15/01/2024 08:30;conficker;185.220.101.4\n"                           \
        "2;45.117.80.9;50124;16/01/2024 08:30;conficker;185.220.101.4\n"                           \
        "3;10.1.2.3;1;16/01/2024 08:30;conficker;185.220.101.4\n"

static json_t *preview(const char *bytes, const char *options)
{
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct parse_error bad = { 0 };
        json_t *json = NULL;

        assert_int_equal(job_list_preview(&out, text_of(bytes), text_of(options), &bad), 0);
        assert_int_equal(json_read(&json, (struct text){ out.data, out.len }, &bad), 0);
        return json;
}

static int64_t count(const json_t *json, const char *name)
{
        return json_integer_value(json_object_get(json_object_get(json, "counts"), name));
}

static void a_vietnamese_annex_previews_as_victims(void **state)
{
        (void)state;
        AUTO(json_free_at)
        json_t *p = preview(ANNEX, "{\"file_name\":\"thang1.csv\",\"zone_minutes\":420}");
        const json_t *victims = json_object_get(p, "victims"),
                     *columns = json_object_get(p, "columns");

        assert_string_equal(json_string_value(json_object_get(p, "kind")), "victim");
        assert_true(json_is_true(json_object_get(p, "kind_sure")));
        assert_int_equal(json_integer_value(json_object_get(p, "header_line")), 1);
        assert_int_equal(json_array_size(columns), 6);
        assert_int_equal(json_array_size(victims), 1);
        assert_int_equal(
            json_integer_value(json_object_get(json_array_get(victims, 0), "rows")), 2);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(victims, 0), "seen_at")),
            "2024-01-16T01:30:00Z");
        assert_int_equal(json_array_size(json_object_get(p, "refused")), 1);
        assert_int_equal(count(p, "read"),
            count(p, "good") + count(p, "duplicate") + count(p, "refused") + count(p, "warned"));
}

static void warning_lists_and_own_ranges_keep_indicators_out(void **state)
{
        (void)state;
        AUTO(json_free_at)
        json_t *p = preview("8.8.8.8\n45.117.80.9\n185.220.101.4\n",
            "{\"file_name\":\"x\",\"kind\":\"indicator\",\"ours\":[\"45.117.80.0/"
            "24\"],\"warning_lists\":["
            "\"{\\\"name\\\":\\\"dns\\\",\\\"type\\\":\\\"cidr\\\",\\\"list\\\":[\\\"8.8.8.0/"
            "24\\\"]}\"]}");
        const json_t *warned = json_object_get(p, "warned");

        assert_int_equal(count(p, "good"), 1);
        assert_int_equal(json_array_size(warned), 2);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(warned, 0), "list")), "dns");
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(warned, 1), "list")), "ours");
}

static void a_warning_list_of_an_unused_type_is_named_and_passed_over(void **state)
{
        (void)state;
        AUTO(json_free_at)
        json_t *p = preview("8.8.8.8\n185.220.101.4\n",
            "{\"file_name\":\"x\",\"kind\":\"indicator\",\"warning_lists\":["
            "\"{\\\"name\\\":\\\"Phones\\\",\\\"type\\\":\\\"regex\\\",\\\"list\\\":[\\\"a\\\"]}\","
            "\"{\","
            "\"{\\\"name\\\":\\\"dns\\\",\\\"type\\\":\\\"cidr\\\",\\\"list\\\":[\\\"8.8.8.8\\\"]}"
            "\"]}");
        const json_t *passed = json_object_get(p, "passed_over");

        assert_int_equal(json_array_size(passed), 2);
        assert_non_null(strstr(
            json_string_value(json_object_get(json_array_get(passed, 0), "vi")), "\"Phones\""));
        assert_int_equal(count(p, "warned"), 1);
        assert_int_equal(count(p, "good"), 1);
}

static void rows_of_indicators_carry_a_set_that_loads(void **state)
{
        (void)state;
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        struct text all, head;

        assert_int_equal(job_list_rows(&out, TEXT("185.220.101.4\nbad.example\n"),
                             TEXT("{\"file_name\":\"x\",\"source\":\"Nguồn\"}"), NULL),
            0);
        all = (struct text){ out.data, out.len };
        assert_true(text_split(&head, &all, '\n'));
        assert_int_equal(indicator_set_parse(&set, all, NULL), 0);
        assert_true(indicator_set_has_v4(set, 0xB9DC6504));
}

static void rows_of_victims_keep_the_raw_line(void **state)
{
        (void)state;
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct text all, line;
        AUTO(json_free_at) json_t *row = NULL;

        assert_int_equal(job_list_rows(&out, TEXT(ANNEX),
                             TEXT("{\"file_name\":\"x\",\"zone_minutes\":420}"), NULL),
            0);
        all = (struct text){ out.data, out.len };
        assert_true(text_split(&line, &all, '\n'));
        assert_true(text_split(&line, &all, '\n'));
        assert_int_equal(json_read(&row, line, NULL), 0);
        assert_string_equal(json_string_value(json_object_get(row, "raw")),
            "1;45.117.80.9;50123;15/01/2024 08:30;conficker;185.220.101.4");
        assert_int_equal(json_integer_value(json_object_get(row, "src_port")), 50123);
}

static void bad_options_and_empty_files_are_refused(void **state)
{
        (void)state;
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct parse_error bad = { 0 };

        assert_int_equal(
            job_list_preview(&out, TEXT("x"), TEXT("{\"map\":{\"nothing\":1}}"), &bad), ERR_FORMAT);
        assert_int_equal(job_list_preview(&out, TEXT(""), TEXT("{}"), &bad), ERR_FORMAT);
        assert_true(bad.why_vi[0] != '\0');
        assert_int_equal(
            job_list_preview(&out, TEXT("%PDF-1.4"), TEXT("{}"), &bad), ERR_UNSUPPORTED);
        assert_int_equal(out.len, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_vietnamese_annex_previews_as_victims),
                cmocka_unit_test(warning_lists_and_own_ranges_keep_indicators_out),
                cmocka_unit_test(a_warning_list_of_an_unused_type_is_named_and_passed_over),
                cmocka_unit_test(rows_of_indicators_carry_a_set_that_loads),
                cmocka_unit_test(rows_of_victims_keep_the_raw_line),
                cmocka_unit_test(bad_options_and_empty_files_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
