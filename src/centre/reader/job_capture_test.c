/* centre/reader/job_capture_test.c: the sample district's capture against its names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/reader/job_capture.h"

#include "base/mem.h"
#include "codec/json_fields.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { UPLOAD_MAX = 4 << 20 };

static const char *sample_path;

static void add_set(struct buffer *upload, const char *const *names)
{
        AUTO(indicator_builder_free_at) struct indicator_builder *builder = NULL;
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;

        assert_int_equal(indicator_builder_new(&builder, 10), 0);
        for (; *names; names++) {
                struct indicator i = { .type = INDICATOR_NAME,
                        .value = text_of(*names),
                        .family = TEXT("DenLong"),
                        .source = TEXT("sample"),
                        .subdomains = true };
                assert_int_equal(indicator_builder_add(builder, &i), 0);
        }
        assert_int_equal(indicator_builder_finish(&set, builder), 0);
        assert_int_equal(indicator_set_write(upload, set), 0);
}

static void add_sample(struct buffer *upload)
{
        char piece[4096];
        FILE *f = fopen(sample_path, "rb");

        assert_non_null(f);
        for (size_t n = fread(piece, 1, sizeof(piece), f); n; n = fread(piece, 1, sizeof(piece), f))
                assert_int_equal(buffer_add(upload, piece, n), 0);
        (void)fclose(f);
}

/* The answer of the job; *out belongs to the caller. */
static int ask(json_t **out, size_t set_bytes, const struct buffer *upload, struct parse_error *bad)
{
        AUTO(buffer_done) struct buffer answer = BUFFER(UPLOAD_MAX);
        AUTO(json_free_at) json_t *options = json_pack("{s:I}", "set_bytes", (json_int_t)set_bytes);
        int err = job_capture.run(
            &answer, options, (struct text){ upload->data, upload->len }, bad);

        return err ? err : json_read(out, (struct text){ answer.data, answer.len }, bad);
}

static void listed_names_are_found_with_who_asked(void **state)
{
        static const char *const names[] = { "c2.den-long.invalid", "tet-loto.example",
                "cap-nhat-vssid.example", NULL };
        AUTO(buffer_done) struct buffer upload = BUFFER(UPLOAD_MAX);
        AUTO(json_free_at) json_t *answer = NULL;
        struct parse_error bad = { 0 };
        json_t *matches, *one;
        size_t set_bytes, i, beacons = 0;

        (void)state;
        add_set(&upload, names);
        set_bytes = upload.len;
        add_sample(&upload);
        assert_int_equal(ask(&answer, set_bytes, &upload, &bad), 0);
        matches = json_object_get(answer, "matches");
        assert_int_equal(json_array_size(matches), 2 + 5 * 2 + 1);
        assert_int_equal(json_integer_value(json_object_get(answer, "skipped")), 0);
        assert_true(json_is_null(json_object_get(answer, "cut")));
        json_array_foreach(
            matches, i, one) if (strcmp(json_string_value(json_object_get(one, "value")),
                                     "c2.den-long.invalid") == 0)
        {
                assert_string_equal(
                    json_string_value(json_object_get(one, "source")), "198.51.100.23");
                assert_string_equal(json_string_value(json_object_get(one, "family")), "DenLong");
                beacons++;
        }
        assert_int_equal(beacons, 10);
}

static void without_a_set_every_packet_is_read_and_nothing_is_listed(void **state)
{
        AUTO(buffer_done) struct buffer upload = BUFFER(UPLOAD_MAX);
        AUTO(json_free_at) json_t *answer = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        add_sample(&upload);
        assert_int_equal(ask(&answer, 0, &upload, &bad), 0);
        assert_true(json_integer_value(json_object_get(answer, "packets")) > 100);
        assert_int_equal(json_array_size(json_object_get(answer, "matches")), 0);
}

static void cut_capture_counts_up_to_the_cut_and_says_why(void **state)
{
        AUTO(buffer_done) struct buffer upload = BUFFER(UPLOAD_MAX);
        AUTO(json_free_at) json_t *answer = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        add_sample(&upload);
        upload.len -= 100;
        assert_int_equal(ask(&answer, 0, &upload, &bad), 0);
        assert_true(json_is_string(json_object_get(answer, "cut")));
}

static void bad_set_and_bad_capture_are_refused(void **state)
{
        AUTO(buffer_done) struct buffer upload = BUFFER(UPLOAD_MAX);
        json_t *answer = NULL;
        struct parse_error bad = { 0 };

        (void)state;
        assert_int_equal(buffer_add_text(&upload, "neither a set nor a capture"), 0);
        assert_int_not_equal(ask(&answer, 0, &upload, &bad), 0);
        assert_true(bad.why_vi[0]);
        assert_int_not_equal(ask(&answer, 9, &upload, &bad), 0);
        assert_int_not_equal(ask(&answer, 1000, &upload, &bad), 0);
        assert_null(answer);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(listed_names_are_found_with_who_asked),
                cmocka_unit_test(without_a_set_every_packet_is_read_and_nothing_is_listed),
                cmocka_unit_test(cut_capture_counts_up_to_the_cut_and_says_why),
                cmocka_unit_test(bad_set_and_bad_capture_are_refused),
        };

        sample_path = argc > 1 ? argv[1] : "sample-capture.pcap";
        return cmocka_run_group_tests(tests, NULL, NULL);
}
