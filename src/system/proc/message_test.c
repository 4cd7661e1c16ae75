/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/proc/message.h"
#include "system/proc/message_parse.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static char room[MESSAGE_BYTES_MAX];

static void pair_open(int pair[2])
{
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void pair_close(int pair[2])
{
        (void)close(pair[0]);
        (void)close(pair[1]);
}

static void a_message_arrives_whole_with_its_handle(void **state)
{
        int pair[2], pipe_ends[2];
        struct message m;
        char byte = 0;

        (void)state;
        pair_open(pair);
        assert_int_equal(pipe(pipe_ends), 0);
        assert_int_equal(message_send(pair[0], 7, 99, TEXT("hello"), pipe_ends[1]), 0);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 1000), 0);
        assert_int_equal(m.type, 7);
        assert_int_equal(m.id, 99);
        assert_true(text_is(m.body, "hello"));
        assert_true(m.fd >= 0 && m.fd != pipe_ends[1]);
        assert_int_equal(write(m.fd, "x", 1), 1);
        assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
        assert_int_equal(byte, 'x');
        (void)close(m.fd);
        pair_close(pipe_ends);
        pair_close(pair);
}

static void the_largest_body_passes_and_one_byte_more_is_refused(void **state)
{
        int pair[2];
        struct message m;
        char *big = mem_zero(1, MESSAGE_BODY_MAX + 1);

        (void)state;
        assert_non_null(big);
        pair_open(pair);
        assert_int_equal(
            message_send(pair[0], 1, 1, (struct text){ big, MESSAGE_BODY_MAX }, -1), 0);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 1000), 0);
        assert_int_equal(m.body.len, MESSAGE_BODY_MAX);
        assert_int_equal(m.fd, -1);
        assert_int_equal(
            message_send(pair[0], 1, 1, (struct text){ big, MESSAGE_BODY_MAX + 1 }, -1), ERR_LIMIT);
        mem_free(big);
        pair_close(pair);
}

static void a_gone_peer_is_closed_and_a_silent_one_is_busy(void **state)
{
        int pair[2];
        struct message m;

        (void)state;
        pair_open(pair);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 10), ERR_BUSY);
        (void)close(pair[0]);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 1000), ERR_CLOSED);
        assert_int_equal(message_send(pair[1], 1, 1, TEXT(""), -1), ERR_CLOSED);
        (void)close(pair[1]);
}

static void raw_bytes_and_cut_messages_are_refused(void **state)
{
        int pair[2];
        struct message m;
        struct message_head head;
        char bytes[sizeof(head) + 4] = { 0 };

        (void)state;
        pair_open(pair);
        assert_int_equal(write(pair[0], "abc", 3), 3);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 1000), ERR_FORMAT);
        message_head_fill(&head, 1, 1, 5); /* says five, brings four */
        memcpy(bytes, &head, sizeof(head));
        assert_int_equal(write(pair[0], bytes, sizeof(bytes)), (ssize_t)sizeof(bytes));
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(room), 1000), ERR_FORMAT);
        assert_int_equal(message_send(pair[0], 1, 1, TEXT("longer than the room"), -1), 0);
        assert_int_equal(message_receive(&m, pair[1], room, sizeof(head) + 4, 1000), ERR_FORMAT);
        pair_close(pair);
}

static void send_handles(int socket, const int *handles, size_t count)
{
        struct message_head head;
        struct iovec part = { &head, sizeof(head) };
        union {
                char bytes[CMSG_SPACE(8 * sizeof(int))];
                struct cmsghdr align;
        } control = { { 0 } };
        struct msghdr m = { .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = control.bytes,
                .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);

        message_head_fill(&head, 1, 1, 0);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(c), handles, count * sizeof(int));
        assert_true(sendmsg(socket, &m, 0) > 0);
}

static int open_handles(void)
{
        int n = 0;

        for (int fd = 0; fd < 256; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        return n;
}

static void more_than_one_handle_is_refused_and_none_stays_open(void **state)
{
        int pair[2];
        int handles[8] = { 0, 1, 2, 0, 1, 2, 0, 1 };
        struct message m;

        (void)state;
        pair_open(pair);
        int before = open_handles();
        for (size_t count = 2; count <= 8; count++) {
                send_handles(pair[0], handles, count);
                assert_int_equal(
                    message_receive(&m, pair[1], room, sizeof(room), 1000), ERR_FORMAT);
        }
        assert_int_equal(open_handles(), before);
        pair_close(pair);
}

static int handled;

static int count_it(void *state, const struct message *m)
{
        (void)state;
        handled += (int)m->type;
        return 0;
}

static void only_what_the_table_allows_reaches_a_handler(void **state)
{
        static const struct message_rule rules[] = {
                { .type = 1, .min_bytes = 4, .max_bytes = 4, .states = 1, .handle = count_it },
                { .type = 2,
                    .min_bytes = 0,
                    .max_bytes = 9,
                    .states = 2,
                    .with_fd = true,
                    .handle = count_it },
        };
        static const struct message_table table = { rules, ARRAY_LEN(rules) };
        struct message m = { .type = 1, .body = TEXT("abcd"), .fd = -1 };

        (void)state;
        handled = 0;
        assert_int_equal(message_dispatch(&table, 1, NULL, &m), 0);
        assert_int_equal(handled, 1);
        assert_int_equal(message_dispatch(&table, 2, NULL, &m), ERR_UNTRUSTED); /* wrong state */
        m.body.len = 3;
        assert_int_equal(message_dispatch(&table, 1, NULL, &m), ERR_UNTRUSTED); /* wrong size */
        m.type = 2;
        assert_int_equal(message_dispatch(&table, 2, NULL, &m), ERR_UNTRUSTED); /* no handle */
        m.fd = 0;
        assert_int_equal(message_dispatch(&table, 2, NULL, &m), 0);
        m.type = 3;
        assert_int_equal(message_dispatch(&table, 3, NULL, &m), ERR_UNTRUSTED); /* unknown */
        assert_int_equal(handled, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_message_arrives_whole_with_its_handle),
                cmocka_unit_test(the_largest_body_passes_and_one_byte_more_is_refused),
                cmocka_unit_test(a_gone_peer_is_closed_and_a_silent_one_is_busy),
                cmocka_unit_test(raw_bytes_and_cut_messages_are_refused),
                cmocka_unit_test(more_than_one_handle_is_refused_and_none_stays_open),
                cmocka_unit_test(only_what_the_table_allows_reaches_a_handler),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
