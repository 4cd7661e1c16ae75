/* system/net/line_listener_test.c: over loopback. SPDX-License-Identifier: Apache-2.0 */
#include "system/net/line_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINE_MAX_HERE = 16 };

/* Lines as they came, each with '|' behind it ('~' when it was cut). */
struct seen {
        char all[256];
        struct ip_address source;
        int answer;
};

static int take(void *state, const struct received_line *line)
{
        struct seen *s = state;
        size_t n = strlen(s->all);

        (void)snprintf(s->all + n, sizeof(s->all) - n, "%.*s%c", TEXT_ARGS(line->bytes),
            line->is_cut ? '~' : '|');
        s->source = line->source;
        return s->answer;
}

static time_ms now;
static struct clock fixed;

static struct line_listener *open_small(unsigned connections_max)
{
        struct line_listener_options o = { .address = "127.0.0.1",
                .connections_max = connections_max,
                .idle_seconds = 60,
                .line_bytes_max = LINE_MAX_HERE,
                .clock = &fixed };
        struct line_listener *l = NULL;

        now = 0;
        fixed = clock_fixed(&now);
        assert_int_equal(line_listener_open(&l, &o), 0);
        return l;
}

static int connect_to(const struct line_listener *l)
{
        struct sockaddr_in to = { .sin_family = AF_INET,
                .sin_port = htons(line_listener_port(l)),
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        assert_true(fd >= 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
        return fd;
}

static void say(int fd, const char *text)
{
        assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Until nothing more comes; loopback delivers within the call that sends. */
static int take_all(struct line_listener *l, struct seen *seen)
{
        int err = 0;

        for (int i = 0; !err && i < 64; i++)
                err = line_listener_take(l, 0, (struct line_sink){ take, seen });
        return err;
}

static void lines_come_whole_however_they_are_sent(void **state)
{
        struct line_listener *l = open_small(4);
        struct seen seen = { 0 };
        int fd = connect_to(l);

        (void)state;
        say(fd, "one\r\ntw");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "one|");
        say(fd, "o\n\n\nthree\nfour");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "one|two|three|");
        (void)close(fd);
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "one|two|three|four|");
        assert_int_equal(ip_address_v4(&seen.source), INADDR_LOOPBACK);
        line_listener_close(l);
}

static void length_before_a_message_is_obeyed(void **state)
{
        struct line_listener *l = open_small(4);
        struct seen seen = { 0 };
        int fd = connect_to(l);

        (void)state;
        say(fd, "7 <1>a\nbc5 <2>de6 <3>fg\n4 x");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "<1>a\nbc|<2>de|<3>fg|");
        say(fd, " y\n");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "<1>a\nbc|<2>de|<3>fg|4 x y|");
        (void)close(fd);
        line_listener_close(l);
}

static void long_line_is_cut_and_the_next_is_whole(void **state)
{
        struct line_listener *l = open_small(4);
        struct line_listener_counts counts;
        struct seen seen = { 0 };
        int fd = connect_to(l);

        (void)state;
        say(fd, "0123456789abcdefghijklmnopqrstuvwxyz0123456789\nnext\n");
        say(fd, "40 <5>456789abcdefghijklmnopqrstuvwxyz012345 <6>z\n");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "0123456789abcdef~next|<5>456789abcd~<6>z|");
        line_listener_count(&counts, l);
        assert_int_equal(counts.cut_lines, 2);
        assert_int_equal(counts.lines, 4);
        (void)close(fd);
        line_listener_close(l);
}

static void connections_beyond_the_limit_are_refused(void **state)
{
        struct line_listener *l = open_small(2);
        struct line_listener_counts counts;
        struct seen seen = { 0 };
        int first = connect_to(l), second = connect_to(l), third = connect_to(l), fourth;
        char byte;

        (void)state;
        assert_int_equal(take_all(l, &seen), 0);
        assert_int_equal(recv(third, &byte, 1, 0), 0);
        (void)close(first);
        assert_int_equal(take_all(l, &seen), 0);
        fourth = connect_to(l);
        say(fourth, "here\n");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "here|");
        line_listener_count(&counts, l);
        assert_int_equal(counts.refused, 1);
        assert_int_equal(counts.connections, 3);
        assert_int_equal(counts.open, 2);
        (void)close(second);
        (void)close(third);
        (void)close(fourth);
        line_listener_close(l);
}

static void silent_connection_is_closed(void **state)
{
        struct line_listener *l = open_small(2);
        struct line_listener_counts counts;
        struct seen seen = { 0 };
        int fd = connect_to(l);

        (void)state;
        assert_int_equal(take_all(l, &seen), 0);
        now = 59 * SECOND_MS;
        say(fd, "still here\n");
        assert_int_equal(take_all(l, &seen), 0);
        now = 118 * SECOND_MS;
        assert_int_equal(take_all(l, &seen), 0);
        line_listener_count(&counts, l);
        assert_int_equal(counts.open, 1);
        now = 119 * SECOND_MS;
        assert_int_equal(take_all(l, &seen), 0);
        line_listener_count(&counts, l);
        assert_int_equal(counts.open, 0);
        assert_int_equal(counts.idle_closed, 1);
        (void)close(fd);
        line_listener_close(l);
}

static void error_of_the_sink_closes_that_connection_only(void **state)
{
        struct line_listener *l = open_small(2);
        struct seen seen = { .answer = ERR_LIMIT };
        int bad = connect_to(l), good = connect_to(l);

        (void)state;
        say(bad, "no\n");
        assert_int_equal(take_all(l, &seen), ERR_LIMIT);
        seen.answer = 0;
        say(good, "yes\n");
        assert_int_equal(take_all(l, &seen), 0);
        assert_string_equal(seen.all, "no|yes|");
        (void)close(bad);
        (void)close(good);
        line_listener_close(l);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_come_whole_however_they_are_sent),
                cmocka_unit_test(length_before_a_message_is_obeyed),
                cmocka_unit_test(long_line_is_cut_and_the_next_is_whole),
                cmocka_unit_test(connections_beyond_the_limit_are_refused),
                cmocka_unit_test(silent_connection_is_closed),
                cmocka_unit_test(error_of_the_sink_closes_that_connection_only),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
