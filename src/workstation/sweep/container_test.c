/* workstation/sweep/container_test.c: see container.h. The containers are made here by libarchive's
 * writer; rar, cab and lha, which it does not write, come from ClamAV's test files
 * (tests/real_containers.py).
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/container.h"
#include "base/buffer.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define MARK "CANH-HARMLESS-MARK-73921"
enum { ROOM = 1 << 20 };

static const struct container_limits usual = { .depth_max = 4,
        .members_max = 100,
        .member_bytes_max = 1 << 20,
        .bytes_max = 64 << 20,
        .ratio_max = 250,
        .time_max = 20000,
        .clock = &clock_real };

struct seen {
        struct buffer ways; /* "way\n" of each member that is the mark */
        size_t members;
        int answer;
};

static int on_member(void *state, const struct container_member *m)
{
        struct seen *s = state;

        s->members++;
        if (m->bytes.len == strlen(MARK) && memcmp(m->bytes.data, MARK, m->bytes.len) == 0)
                assert_int_equal(buffer_add_format(&s->ways, "%s\n", m->way), 0);
        return s->answer;
}

static enum container_end opened(
    struct seen *s, const struct buffer *bytes, const struct container_limits *limits)
{
        struct container_sink sink = { on_member, s };
        enum container_end end = CONTAINER_ENDS;

        s->members = 0;
        buffer_clear(&s->ways);
        assert_int_equal(
            container_open(&end, (struct text){ bytes->data, bytes->len }, limits, &sink), 0);
        return end;
}

struct made {
        struct archive *a;
        struct buffer *out;
        size_t used;
};

/* Into out, which has ROOM. */
static void made_begin(struct made *m, struct buffer *out, int (*format)(struct archive *),
    int (*filter)(struct archive *))
{
        *out = BUFFER(ROOM + 1);
        assert_int_equal(buffer_reserve(out, ROOM), 0);
        *m = (struct made){ .a = archive_write_new(), .out = out };
        assert_int_equal(format(m->a), ARCHIVE_OK);
        if (filter)
                assert_int_equal(filter(m->a), ARCHIVE_OK);
        assert_int_equal(archive_write_set_bytes_per_block(m->a, 512), ARCHIVE_OK);
}

static void made_open(struct made *m)
{
        assert_int_equal(archive_write_open_memory(m->a, m->out->data, ROOM, &m->used), ARCHIVE_OK);
}

static void made_add(struct made *m, const char *name, const char *bytes, size_t len)
{
        struct archive_entry *e = archive_entry_new();

        archive_entry_set_pathname(e, name);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0600);
        archive_entry_set_size(e, (la_int64_t)len);
        assert_true(archive_write_header(m->a, e) >= ARCHIVE_WARN);
        while (len) {
                la_ssize_t n = archive_write_data(m->a, bytes, len);

                assert_true(n > 0);
                bytes += n;
                len -= (size_t)n;
        }
        archive_entry_free(e);
}

static void made_end(struct made *m)
{
        assert_int_equal(archive_write_close(m->a), ARCHIVE_OK);
        assert_int_equal(archive_write_free(m->a), ARCHIVE_OK);
        m->out->len = m->used;
}

static void mark_is_found_in(int (*format)(struct archive *), int (*filter)(struct archive *))
{
        struct seen s = { .ways = BUFFER(1000) };
        struct buffer bytes;
        struct made m;

        made_begin(&m, &bytes, format, filter);
        made_open(&m);
        made_add(&m, "mark", MARK, strlen(MARK));
        if (format != archive_write_set_format_raw)
                made_add(&m, "other", "x", 1);
        made_end(&m);
        assert_int_equal(opened(&s, &bytes, &usual), CONTAINER_WHOLE);
        assert_int_equal(s.ways.len > 0, 1);
        buffer_done(&bytes);
        buffer_done(&s.ways);
}

static void every_form_is_opened(void **state)
{
        static int (*const formats[])(struct archive *) = { archive_write_set_format_zip,
                archive_write_set_format_7zip, archive_write_set_format_gnutar,
                archive_write_set_format_pax, archive_write_set_format_ustar,
                archive_write_set_format_cpio_newc, archive_write_set_format_cpio,
                archive_write_set_format_ar_svr4, archive_write_set_format_iso9660 };
        static int (*const filters[])(struct archive *) = { archive_write_add_filter_gzip,
                archive_write_add_filter_bzip2, archive_write_add_filter_xz,
                archive_write_add_filter_zstd, archive_write_add_filter_lz4,
                archive_write_add_filter_compress };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                mark_is_found_in(formats[i], NULL);
        for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
                mark_is_found_in(archive_write_set_format_gnutar, filters[i]);
                mark_is_found_in(archive_write_set_format_raw, filters[i]);
        }
}

static void wrap(struct buffer *out, const struct buffer *in, const char *name)
{
        struct made m;

        made_begin(&m, out, archive_write_set_format_zip, NULL);
        made_open(&m);
        made_add(&m, name, in->data, in->len);
        made_end(&m);
}

static void one_in_the_other_up_to_the_depth(void **state)
{
        struct seen s = { .ways = BUFFER(1000) };
        struct buffer in = BUFFER(100), out;

        (void)state;
        assert_int_equal(buffer_add_text(&in, MARK), 0);
        for (int i = 0; i < 6; i++) {
                wrap(&out, &in, i ? "z" : "mark");
                buffer_done(&in);
                in = out;
                assert_int_equal(
                    opened(&s, &in, &usual), i < 4 ? CONTAINER_WHOLE : CONTAINER_DEPTH);
                if (i == 2)
                        assert_string_equal(s.ways.data, "z!z!mark\n");
        }
        assert_int_equal(s.ways.len, 0);
        buffer_done(&in);
        buffer_done(&s.ways);
}

/* `mib` of zeros as gzip, or as members of a zip of one MiB each. */
static void bomb(struct buffer *out, size_t mib, bool zip)
{
        AUTO(mem_free_at) char *zeros = mem_zero(1 << 20, 1);
        struct made m;

        made_begin(&m, out, zip ? archive_write_set_format_zip : archive_write_set_format_gnutar,
            zip ? NULL : archive_write_add_filter_gzip);
        made_open(&m);
        for (size_t i = 0; i < mib; i++)
                made_add(&m, "zeros", zeros, 1 << 20);
        made_end(&m);
}

static void bombs_end_with_their_reason(void **state)
{
        struct container_limits few = usual, small = usual, little = usual, soon = usual;
        struct seen s = { .ways = BUFFER(1000) };
        struct buffer bytes;

        (void)state;
        few.members_max = 3;
        small.member_bytes_max = 1000;
        little.bytes_max = 5 << 20;
        soon.time_max = -1;
        for (int zip = 0; zip < 2; zip++) {
                bomb(&bytes, 40, zip);
                assert_int_equal(opened(&s, &bytes, &usual), CONTAINER_RATIO);
                assert_true(s.members >= 16 && s.members <= 18);
                assert_int_equal(opened(&s, &bytes, &few), CONTAINER_MEMBERS);
                assert_int_equal(s.members, 3);
                assert_int_equal(opened(&s, &bytes, &little), CONTAINER_BYTES);
                assert_int_equal(opened(&s, &bytes, &soon), CONTAINER_TIME);
                assert_int_equal(
                    opened(&s, &bytes, &small), zip ? CONTAINER_MEMBER : CONTAINER_RATIO);
                assert_int_equal(s.members, 0);
                buffer_done(&bytes);
        }
        buffer_done(&s.ways);
}

static void packed_zeros_do_not_hide_what_follows(void **state)
{
        struct seen s = { .ways = BUFFER(1000) };
        AUTO(mem_free_at) char *zeros = mem_zero(4096, 1);
        struct buffer in = BUFFER(10000), bytes;
        struct made m;

        (void)state;
        assert_int_equal(buffer_add(&in, zeros, 4096), 0);
        assert_int_equal(buffer_add_text(&in, MARK), 0);
        made_begin(&m, &bytes, archive_write_set_format_raw, archive_write_add_filter_gzip);
        made_open(&m);
        made_add(&m, "zeros", in.data, in.len);
        made_end(&m);
        assert_int_equal(opened(&s, &bytes, &usual), CONTAINER_WHOLE);
        assert_int_equal(s.members, 1);
        buffer_done(&in);
        buffer_done(&bytes);
        buffer_done(&s.ways);
}

static void cut_archive_is_damaged_and_its_whole_members_are_seen(void **state)
{
        struct seen s = { .ways = BUFFER(1000) };
        struct buffer bytes;
        struct made m;

        (void)state;
        made_begin(&m, &bytes, archive_write_set_format_cpio_newc, NULL);
        made_open(&m);
        made_add(&m, "mark", MARK, strlen(MARK));
        for (int i = 0; i < 50; i++) {
                char noise[400];

                for (size_t k = 0; k < sizeof(noise); k++)
                        noise[k] = (char)((i * 7919 + (int)k * 104729) >> 3);
                made_add(&m, "noise", noise, sizeof(noise));
        }
        made_end(&m);
        bytes.len /= 2;
        assert_int_equal(opened(&s, &bytes, &usual), CONTAINER_DAMAGED);
        assert_string_equal(s.ways.data, "mark\n");
        buffer_done(&bytes);
        buffer_done(&s.ways);
}

static void what_only_looks_packed_is_no_archive(void **state)
{
        static const char *const texts[] = { "PK is a town", "BZh", "MZ", "070701", "plain text",
                "" };
        struct seen s = { .ways = BUFFER(1000) };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                struct buffer bytes = BUFFER(1000);

                assert_int_equal(buffer_add_text(&bytes, texts[i]), 0);
                (void)opened(&s, &bytes, &usual);
                assert_int_equal(s.members, 0);
                buffer_done(&bytes);
        }
        buffer_done(&s.ways);
}

static void sink_ends_it(void **state)
{
        struct seen s = { .ways = BUFFER(1000), .answer = ERR_MEMORY };
        struct container_sink sink = { on_member, &s };
        struct buffer in = BUFFER(100), out;
        enum container_end end;

        (void)state;
        assert_int_equal(buffer_add_text(&in, MARK), 0);
        wrap(&out, &in, "mark");
        assert_int_equal(
            container_open(&end, (struct text){ out.data, out.len }, &usual, &sink), ERR_MEMORY);
        buffer_done(&in);
        buffer_done(&out);
        buffer_done(&s.ways);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_form_is_opened),
                cmocka_unit_test(one_in_the_other_up_to_the_depth),
                cmocka_unit_test(bombs_end_with_their_reason),
                cmocka_unit_test(packed_zeros_do_not_hide_what_follows),
                cmocka_unit_test(cut_archive_is_damaged_and_its_whole_members_are_seen),
                cmocka_unit_test(what_only_looks_packed_is_no_archive),
                cmocka_unit_test(sink_ends_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
