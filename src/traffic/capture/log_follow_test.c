/* traffic/capture/log_follow_test.c: rotation, truncation and restarts as logrotate, rsyslog and
 * Zeek do them. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/capture/log_follow.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct world {
        char path[64];
        struct folder *folder;
        struct log_follow *follow;
        char seen[512]; /* what was handed out; '^' where another file begins */
};

static const struct log_place nowhere;

static int setup(void **state)
{
        struct world *w = mem_zero(1, sizeof(*w));

        assert_non_null(w);
        (void)snprintf(w->path, sizeof(w->path), "/tmp/canh-follow-XXXXXX");
        assert_non_null(mkdtemp(w->path));
        assert_int_equal(folder_open(&w->folder, w->path), 0);
        assert_int_equal(log_follow_new(&w->follow, w->folder, "fw.log", &nowhere), 0);
        *state = w;
        return 0;
}

static int forget(void *state, const char *name)
{
        return file_remove(state, name);
}

static int teardown(void **state)
{
        struct world *w = *state;

        w->follow = log_follow_free(w->follow);
        assert_int_equal(folder_each(w->folder, forget, w->folder), 0);
        w->folder = folder_close(w->folder);
        assert_int_equal(rmdir(w->path), 0);
        mem_free(w);
        return 0;
}

static void add(const struct world *w, const char *name, const char *text)
{
        int fd = openat(folder_handle(w->folder), name, O_WRONLY | O_APPEND | O_CREAT, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        (void)close(fd);
}

static void cut(const struct world *w, const char *name)
{
        int fd = openat(folder_handle(w->folder), name, O_WRONLY | O_TRUNC);

        assert_true(fd >= 0);
        (void)close(fd);
}

static void take_all(struct world *w)
{
        struct text lines;
        bool begins;
        int err;

        while ((err = log_follow_next(&lines, &begins, w->follow)) == 0) {
                size_t n = strlen(w->seen);

                (void)snprintf(w->seen + n, sizeof(w->seen) - n, "%s%.*s", begins ? "^" : "",
                    TEXT_ARGS(lines));
        }
        assert_int_equal(err, ERR_MISSING);
}

static void lines_come_whole_and_once(void **state)
{
        struct world *w = *state;

        take_all(w);
        assert_string_equal(w->seen, "");
        add(w, "fw.log", "one\ntw");
        take_all(w);
        assert_string_equal(w->seen, "^one\n");
        add(w, "fw.log", "o\n");
        take_all(w);
        take_all(w);
        assert_string_equal(w->seen, "^one\ntwo\n");
}

static void a_rotated_file_is_read_to_its_end_first(void **state)
{
        struct world *w = *state;

        add(w, "fw.log", "one\n");
        take_all(w);
        assert_int_equal(file_rename(w->folder, "fw.log", "fw.log.1"), 0);
        add(w, "fw.log.1", "two\n"); /* who writes has not noticed yet */
        add(w, "fw.log", "");        /* logrotate's `create` */
        take_all(w);
        add(w, "fw.log.1", "three");
        take_all(w);
        assert_string_equal(w->seen, "^one\ntwo\n");
        add(w, "fw.log", "four\n");
        take_all(w);
        assert_string_equal(w->seen, "^one\ntwo\nthree^four\n");
}

static void a_file_that_was_cut_begins_anew(void **state)
{
        struct world *w = *state;

        add(w, "fw.log", "one\ntwo\n");
        take_all(w);
        cut(w, "fw.log");
        add(w, "fw.log", "x\n");
        take_all(w);
        cut(w, "fw.log");
        add(w, "fw.log", "longer than what was read before it was cut\n");
        take_all(w);
        assert_string_equal(
            w->seen, "^one\ntwo\n^x\n^longer than what was read before it was cut\n");
}

static void again(struct world *w, const struct log_place *from)
{
        w->follow = log_follow_free(w->follow);
        assert_int_equal(log_follow_new(&w->follow, w->folder, "fw.log", from), 0);
}

static void a_restart_goes_on_where_it_stood_also_in_a_rotated_file(void **state)
{
        struct world *w = *state;
        struct log_place place;
        struct text head;

        add(w, "fw.log", "#head\none\n");
        take_all(w);
        log_follow_place(&place, w->follow);
        add(w, "fw.log", "two\n");
        again(w, &place);
        assert_int_equal(log_follow_head(&head, w->follow), 0);
        assert_true(text_is(head, "#head\none\n"));
        take_all(w);
        log_follow_place(&place, w->follow);
        add(w, "fw.log", "three\n");
        assert_int_equal(file_rename(w->folder, "fw.log", "fw.log.1"), 0);
        add(w, "fw.log", "four\n");
        again(w, &place);
        take_all(w);
        assert_string_equal(w->seen, "^#head\none\ntwo\nthree\n^four\n");
}

/* File systems give the number of a removed file to the next one. */
static void a_place_in_a_file_that_is_gone_means_nothing(void **state)
{
        struct world *w = *state;
        struct log_place place;

        add(w, "fw.log", "one\n");
        take_all(w);
        log_follow_place(&place, w->follow);
        cut(w, "fw.log");
        add(w, "fw.log", "another one\n");
        again(w, &place);
        take_all(w);
        assert_string_equal(w->seen, "^one\n^another one\n");
}

static void a_line_without_end_is_given_in_parts_and_not_for_ever(void **state)
{
        static char line[2 * LOG_FOLLOW_BYTES];
        struct world *w = *state;
        struct text lines;
        bool begins;

        memset(line, 'x', sizeof(line) - 1);
        add(w, "fw.log", line);
        assert_int_equal(log_follow_next(&lines, &begins, w->follow), 0);
        assert_int_equal(lines.len, LOG_FOLLOW_BYTES);
        assert_int_equal(log_follow_next(&lines, &begins, w->follow), ERR_MISSING);
        add(w, "fw.log", "\n");
        assert_int_equal(log_follow_next(&lines, &begins, w->follow), 0);
        assert_int_equal(lines.len, LOG_FOLLOW_BYTES);
}

static void what_is_no_file_is_not_followed(void **state)
{
        struct world *w = *state;
        struct text lines;
        bool begins;

        assert_int_equal(symlinkat("/etc/passwd", folder_handle(w->folder), "fw.log"), 0);
        assert_int_equal(log_follow_next(&lines, &begins, w->follow), ERR_DENIED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define ONE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
                ONE(lines_come_whole_and_once),
                ONE(a_rotated_file_is_read_to_its_end_first),
                ONE(a_file_that_was_cut_begins_anew),
                ONE(a_restart_goes_on_where_it_stood_also_in_a_rotated_file),
                ONE(a_place_in_a_file_that_is_gone_means_nothing),
                ONE(a_line_without_end_is_given_in_parts_and_not_for_ever),
                ONE(what_is_no_file_is_not_followed),
#undef ONE
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
