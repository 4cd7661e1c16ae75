/* system/net/local_ask_test.c: see local_ask.h. A child plays the peer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/net/local_ask.h"
#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct peer {
        char folder[64], path[96];
        pid_t pid;
};

/* Takes one connection, reads `reads` bytes, says `says`, hangs up; silent: keeps the line. */
static void peer_start(struct peer *p, size_t reads, struct text says, bool silent)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void)snprintf(p->folder, sizeof(p->folder), "/tmp/canh-ask-XXXXXX");
        assert_non_null(mkdtemp(p->folder));
        (void)snprintf(p->path, sizeof(p->path), "%s/socket", p->folder);
        memcpy(at.sun_path, p->path, strlen(p->path));
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(fd, 1), 0);
        p->pid = fork();
        if (p->pid == 0) {
                int line = accept(fd, NULL, NULL);
                char room[256];

                while (reads) {
                        ssize_t n = read(line, room, reads < sizeof(room) ? reads : sizeof(room));

                        if (n <= 0)
                                _exit(1);
                        reads -= (size_t)n;
                }
                if (silent)
                        (void)pause();
                _exit(write(line, says.data, says.len) == (ssize_t)says.len ? 0 : 1);
        }
        (void)close(fd);
}

static void peer_end(struct peer *p)
{
        (void)kill(p->pid, SIGKILL);
        assert_int_equal(waitpid(p->pid, NULL, 0), p->pid);
        (void)unlink(p->path);
        (void)rmdir(p->folder);
}

static int ask(struct buffer *answer, const struct peer *p, struct text body, int ms)
{
        const struct text parts[] = { TEXT("PING"), body };

        return local_ask(answer, &(struct local_question){ p->path, parts, 2, ms });
}

static void answer_up_to_its_end_mark(void **state)
{
        AUTO(buffer_done) struct buffer answer = BUFFER(100);
        struct peer p;

        (void)state;
        peer_start(&p, 8, TEXT("PONG\0"), false);
        assert_int_equal(ask(&answer, &p, TEXT("body"), 5000), 0);
        assert_string_equal(answer.data, "PONG");
        peer_end(&p);
        buffer_clear(&answer);
        assert_int_equal(ask(&answer, &p, TEXT("body"), 5000), ERR_MISSING);
}

static void peer_that_hangs_up_early_has_answered(void **state)
{
        AUTO(buffer_done) struct buffer answer = BUFFER(100);
        AUTO(mem_free_at) char *much = mem_zero(4 << 20, 1);
        struct peer p;

        (void)state;
        peer_start(&p, 8, TEXT("too much\n"), false);
        assert_int_equal(ask(&answer, &p, (struct text){ much, 4 << 20 }, 5000), 0);
        assert_string_equal(answer.data, "too much\n");
        peer_end(&p);
}

static void silence_and_floods_have_limits(void **state)
{
        AUTO(buffer_done) struct buffer answer = BUFFER(10);
        struct peer p;

        (void)state;
        peer_start(&p, 4, TEXT(""), true);
        assert_int_equal(ask(&answer, &p, TEXT(""), 50), ERR_BUSY);
        peer_end(&p);
        peer_start(&p, 4, TEXT("longer than ten bytes"), false);
        assert_int_equal(ask(&answer, &p, TEXT(""), 5000), ERR_LIMIT);
        peer_end(&p);
        buffer_clear(&answer);
        peer_start(&p, 4, TEXT(""), false);
        assert_int_equal(ask(&answer, &p, TEXT(""), 5000), ERR_CLOSED);
        peer_end(&p);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(answer_up_to_its_end_mark),
                cmocka_unit_test(peer_that_hangs_up_early_has_answered),
                cmocka_unit_test(silence_and_floods_have_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
