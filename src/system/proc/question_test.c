/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/question.h"

#include "system/proc/message_parse.h"
#include "system/proc/process.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char room[MESSAGE_BYTES_MAX];

/* Answers each question with its own body, two at a time in the other order; type 9 ends it. */
static int echo_backwards(void *state)
{
        int socket = *(int *)state;
        struct message first, second;
        char kept[64];

        for (;;) {
                if (message_receive(&first, socket, room, sizeof(room), -1) != 0)
                        return 0;
                if (first.type == 9)
                        return 3;
                if (first.type == 2) {
                        (void)memcpy(kept, first.body.data, first.body.len);
                        uint32_t id = first.id;
                        struct text body = { kept, first.body.len };
                        if (message_receive(&second, socket, room, sizeof(room), -1) != 0 ||
                            message_send(socket, 1, second.id, second.body, -1) != 0 ||
                            message_send(socket, 1, id, body, -1) != 0)
                                return 1;
                } else if (message_send(socket, 1, first.id, first.body, -1) != 0) {
                        return 1;
                }
        }
}

static int start_echo(int *socket)
{
        int pair[2], pid = 0;
        struct process_start what = {
                .name = "test-echo", .run = echo_backwards, .handle_count = 1
        };

        assert_int_equal(process_pair(pair), 0);
        what.state = &pair[1];
        what.handles[0] = pair[1];
        assert_int_equal(process_start(&pid, &what), 0);
        (void)close(pair[1]);
        *socket = pair[0];
        return pid;
}

struct asker {
        struct question_line *line;
        const char *text;
        int err;
        bool same;
};

static void *ask_pair(void *state)
{
        struct asker *a = state;
        struct answer got = { .fd = -1 };

        a->err = question_ask(&got, a->line, 2, text_of(a->text), -1, 3000);
        a->same = !a->err && text_is((struct text){ got.body.data, got.body.len }, a->text);
        answer_done(&got);
        return NULL;
}

static void two_threads_get_their_own_answers_in_any_order(void **state)
{
        int socket, pid = start_echo(&socket), status;
        struct question_line *line = NULL;
        pthread_t threads[2];

        (void)state;
        assert_int_equal(question_line_new(&line), 0);
        question_line_attach_own(line, socket);
        struct asker askers[2] = { { line, "one", 1, false }, { line, "two", 1, false } };
        for (int i = 0; i < 2; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, ask_pair, &askers[i]), 0);
        for (int i = 0; i < 2; i++) {
                pthread_join(threads[i], NULL);
                assert_int_equal(askers[i].err, 0);
                assert_true(askers[i].same);
        }
        line = question_line_free(line);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_question_to_a_dying_process_fails_and_the_next_one_works(void **state)
{
        struct question_line *line = NULL;
        struct answer got = { .fd = -1 };
        int socket, status, pid;

        (void)state;
        assert_int_equal(question_line_new(&line), 0);
        assert_int_equal(question_ask(&got, line, 1, TEXT("x"), -1, 20), ERR_BUSY); /* nobody yet */
        pid = start_echo(&socket);
        question_line_attach_own(line, socket);
        assert_int_equal(question_ask(&got, line, 9, TEXT("die"), -1, 3000), ERR_CLOSED);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 3);
        assert_int_equal(question_ask(&got, line, 1, TEXT("x"), -1, 20), ERR_BUSY);
        pid = start_echo(&socket);
        question_line_attach_own(line, socket);
        assert_int_equal(question_ask(&got, line, 1, TEXT("again"), -1, 3000), 0);
        assert_true(text_is((struct text){ got.body.data, got.body.len }, "again"));
        answer_done(&got);
        line = question_line_free(line);
        assert_int_equal(waitpid(pid, &status, 0), pid);
}

static int count_handles(void *state)
{
        int n = 0;

        (void)state;
        for (int fd = 0; fd < 256; fd++)
                n += dup2(fd, fd) == fd;
        return n;
}

static void a_role_starts_with_only_the_handles_it_was_given(void **state)
{
        int pair[2], pid = 0, status;
        struct process_start what = {
                .name = "test-count", .run = count_handles, .handle_count = 1
        };

        (void)state;
        assert_int_equal(process_pair(pair), 0);
        what.handles[0] = pair[1];
        assert_int_equal(process_start(&pid, &what), 0);
        assert_true(process_rss_bytes(getpid()) > 100000);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_in_range(WEXITSTATUS(status), 1, 4); /* standard three and the one given */
        (void)close(pair[0]);
        (void)close(pair[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(two_threads_get_their_own_answers_in_any_order),
                cmocka_unit_test(a_question_to_a_dying_process_fails_and_the_next_one_works),
                cmocka_unit_test(a_role_starts_with_only_the_handles_it_was_given),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
