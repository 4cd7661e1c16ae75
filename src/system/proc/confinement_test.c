/* Each forbidden thing is tried in a child of its own. SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/confinement.h"

#include "system/proc/process.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int run_in_child(int (*what)(void *))
{
        int pid = 0, status = 0;
        const struct process_start start = { .name = "test-confined", .run = what };

        assert_int_equal(process_start(&pid, &start), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static int open_a_file(void *state)
{
        (void)state;
        if (confine(&(struct confinement){ .kind = CONFINE_MEMORY }, NULL) != 0)
                return 9;
        char *p = malloc(1 << 20); /* memory still works */
        if (!p)
                return 8;
        memset(p, 1, 1 << 20);
        free(p);
        return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 3 : 4;
}

static int open_a_socket(void *state)
{
        (void)state;
        if (confine(&(struct confinement){ .kind = CONFINE_MEMORY }, NULL) != 0)
                return 9;
        return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 5 : 6;
}

static int fork_from_messages(void *state)
{
        (void)state;
        if (confine(&(struct confinement){ .kind = CONFINE_MESSAGES }, NULL) != 0)
                return 9;
        return fork() < 0 ? 5 : 6;
}

static int fork_a_narrower_child(void *state)
{
        int status, pid;

        (void)state;
        if (confine(&(struct confinement){ .kind = CONFINE_ZYGOTE }, NULL) != 0)
                return 9;
        pid = fork();
        if (pid == 0)
                _exit(open_a_file(NULL));
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
                return 8;
        return WEXITSTATUS(status);
}

static int server_reads_only_its_folders(void *state)
{
        const char *read_paths[] = { "/usr", NULL };
        const char *write_paths[] = { folder, "/no/such/folder", NULL };
        const struct confinement what = { CONFINE_SERVER, read_paths, write_paths };
        int landlock = 0;
        char path[128];

        (void)state;
        if (confine(&what, &landlock) != 0)
                return 9;
        if (execl("/bin/true", "true", (char *)NULL) == 0 || errno != EPERM)
                return 8;
        if (landlock == 0)
                return 3; /* this kernel has no Landlock: nothing more to show */
        (void)snprintf(path, sizeof(path), "%s/file", folder);
        if (open(path, O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600) < 0 || unlink(path) != 0)
                return 7;
        if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0)
                return 6;
        return open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0 ? 3 : 5;
}

static void a_confined_child_opens_no_file(void **state)
{
        (void)state;
        assert_int_equal(WEXITSTATUS(run_in_child(open_a_file)), 3);
        assert_int_equal(WEXITSTATUS(run_in_child(fork_a_narrower_child)), 3);
}

static void a_socket_or_a_fork_kills(void **state)
{
        int status = run_in_child(open_a_socket);

        (void)state;
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
        assert_true(WIFSIGNALED(run_in_child(fork_from_messages)));
}

static void a_server_runs_no_program_and_reads_only_its_folders(void **state)
{
        (void)state;
        assert_int_equal(WEXITSTATUS(run_in_child(server_reads_only_its_folders)), 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_confined_child_opens_no_file),
                cmocka_unit_test(a_socket_or_a_fork_kills),
                cmocka_unit_test(a_server_runs_no_program_and_reads_only_its_folders),
        };
        (void)snprintf(folder, sizeof(folder), "/tmp/canh-confine-XXXXXX");
        if (!mkdtemp(folder))
                return 1;
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        (void)rmdir(folder);
        return failed;
}
