/* agent/proc_clamd_test.c: see proc_clamd.h. A child plays clamd for two connections.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/proc_clamd.h"
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

enum { NAME_MAX_HERE = 100 };

static void answer_one(int listener, size_t reads, struct text says)
{
        int line = accept(listener, NULL, NULL);
        char room[256];

        while (reads) {
                ssize_t n = read(line, room, reads < sizeof(room) ? reads : sizeof(room));

                if (n <= 0)
                        _exit(1);
                reads -= (size_t)n;
        }
        if (write(line, says.data, says.len) != (ssize_t)says.len)
                _exit(1);
        (void)close(line);
}

static pid_t peer_start(const char *path)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        pid_t pid;

        memcpy(at.sun_path, path, strlen(path));
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
        assert_int_equal(listen(fd, 4), 0);
        pid = fork();
        if (pid == 0) {
                answer_one(fd, sizeof("zVERSION"), TEXT("ClamAV 1.0/7/today\0"));
                answer_one(fd, sizeof("zINSTREAM") + 4 + 5 + 4, TEXT("stream: Some.Name FOUND\0"));
                _exit(0);
        }
        (void)close(fd);
        return pid;
}

static void on_hit(void *state, const char *rule)
{
        (void)snprintf(state, NAME_MAX_HERE, "%s", rule);
}

static void question_goes_through_a_process_of_its_own(void **state)
{
        char folder[] = "/tmp/canh-clamd-XXXXXX", path[64], name[NAME_MAX_HERE] = "";
        AUTO(clamd_line_close) struct clamd_line line = { .room = NULL };
        AUTO(engine_free_at) struct engine *e = NULL;
        AUTO(verdict_state_free_at) struct verdict_state *known = NULL;
        struct sha256 content = { { 1 } };
        struct engine_file file = { .name = "a", .bytes = TEXT("12345"), .content = &content };
        struct engine_sink sink = { on_hit, name };
        struct held held = { .generation = GENERATION_NONE };
        int part, status;
        size_t count;
        pid_t pid;

        (void)state;
        assert_non_null(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/ctl", folder);
        pid = peer_start(path);
        assert_int_equal(clamd_line_open(&line, path), 0);
        assert_int_equal(engine_clamd_new(&e, &(struct engine_peer){ clamd_line_ask, &line }), 0);
        assert_string_equal(e->generation, "ClamAV 1.0/7/today");
        assert_int_equal(verdict_state_new(&known), 0);
        held.state = known;
        assert_int_equal(e->parts(e, verdict_state_parts(known), &part, &count), 0);
        assert_int_equal(e->match(e, &held, &file, &sink), 0);
        assert_string_equal(name, "Some.Name");
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_int_equal(e->match(e, &held, &file, &sink), ERR_MISSING); /* it has gone */
        (void)unlink(path);
        (void)rmdir(folder);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(question_goes_through_a_process_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
