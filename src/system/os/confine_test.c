/* system/os/confine_test.c: confinement is shown by trying what is forbidden.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char own[] = "/tmp/canh-confine-XXXXXX";

static bool can_open(const char *path, int flags)
{
        int fd = open(path, flags, 0600);

        if (fd >= 0)
                (void)close(fd);
        return fd >= 0;
}

static bool can_socket(void)
{
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        if (fd >= 0)
                (void)close(fd);
        return fd >= 0;
}

static bool can_fork(void)
{
        pid_t pid = fork();

        if (pid == 0)
                _exit(0);
        return pid > 0;
}

static bool can_exec(void)
{
        char *const args[] = { (char *)(uintptr_t) "true", NULL };

        (void)execv("/bin/true", args);
        return errno != EPERM && errno != EACCES;
}

static void *nothing(void *arg)
{
        return arg;
}

static bool can_thread(void)
{
        pthread_t t;

        return pthread_create(&t, NULL, nothing, NULL) == 0 && pthread_join(t, NULL) == 0;
}

static int take(enum confine_profile profile)
{
        const struct confine_request r = { .profile = profile };
        struct confine_report report;

        return confine_apply(&report, &r);
}

/* The number of the first expectation that does not hold, 0 = all hold. */
static int try_memory(void)
{
        char *room;

        if (take(CONFINE_MEMORY) != 0)
                return 1;
        if (can_open("/etc/passwd", O_RDONLY) || errno != EACCES)
                return 2;
        room = malloc(1 << 20); /* memory still works */
        if (!room)
                return 3;
        memset(room, 1, 1 << 20);
        free(room);
        return 0;
}

static int try_zygote(void)
{
        int status;
        pid_t pid;

        if (take(CONFINE_ZYGOTE) != 0)
                return 1;
        pid = fork();
        if (pid == 0)
                _exit(try_memory());
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
                return 9;
        return WEXITSTATUS(status);
}

static int socket_from_memory(void)
{
        return take(CONFINE_MEMORY) != 0 ? 1 : can_socket() ? 2 : 3;
}

static int fork_from_messages(void)
{
        return take(CONFINE_MESSAGES) != 0 ? 1 : can_fork() ? 2 : 3;
}

static int socket_from_listen(void)
{
        return take(CONFINE_LISTEN) != 0 ? 1 : can_socket() ? 2 : 3;
}

/* What came before is bound: datagrams in a batch and a connection are taken. */
static int try_listen(void)
{
        struct sockaddr_in at = { .sin_family = AF_INET,
                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len = sizeof(at);
        int datagrams = socket(AF_INET, SOCK_DGRAM, 0), streams = socket(AF_INET, SOCK_STREAM, 0);
        int client = socket(AF_INET, SOCK_STREAM, 0), taken;
        struct mmsghdr one = { .msg_len = 0 };

        if (bind(datagrams, (struct sockaddr *)&at, sizeof(at)) != 0 ||
            bind(streams, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(streams, 1) != 0 ||
            getsockname(streams, (struct sockaddr *)&at, &len) != 0 ||
            connect(client, (struct sockaddr *)&at, sizeof(at)) != 0)
                return 1;
        if (take(CONFINE_LISTEN) != 0)
                return 2;
        if (recvmmsg(datagrams, &one, 1, MSG_DONTWAIT, NULL) >= 0 || errno != EAGAIN)
                return 3;
        taken = accept4(streams, NULL, NULL, SOCK_CLOEXEC);
        if (taken < 0)
                return 4;
        if (recv(taken, &at, sizeof(at), MSG_DONTWAIT) >= 0 || errno != EAGAIN)
                return 5;
        return 0;
}

static int exec_from_zygote(void)
{
        return take(CONFINE_ZYGOTE) != 0 ? 1 : can_exec() ? 2 : 3;
}

/* The capabilities in force, by a handle to /proc/self/status; all bits set when it cannot be read.
 */
static uint64_t capabilities(int status)
{
        char text[4096] = "";
        const char *at;

        if (pread(status, text, sizeof(text) - 1, 0) <= 0)
                return UINT64_MAX;
        at = strstr(text, "CapEff:");
        return at ? strtoull(at + strlen("CapEff:"), NULL, 16) : UINT64_MAX;
}

static int no_capability(enum confine_profile profile, uint64_t wanted)
{
        int status = open("/proc/self/status", O_RDONLY);

        if (status < 0 || take(profile) != 0)
                return 1;
        return (capabilities(status) & wanted) == 0 ? 0 : 2;
}

static int memory_has_no_capability(void)
{
        return no_capability(CONFINE_MEMORY, UINT64_MAX);
}

static int scan_has_no_raw_socket(void)
{
        return no_capability(CONFINE_SCAN, UINT64_C(1) << 13); /* CAP_NET_RAW */
}

static int try_scan(void)
{
        const struct confine_folder folders[] = { { "/", CONFINE_READ }, { own, CONFINE_WRITE } };
        struct confine_request r = {
                .profile = CONFINE_SCAN, .folders = folders, .folder_count = 2
        };
        struct confine_report report;
        char mine[64];

        (void)snprintf(mine, sizeof(mine), "%s/file", own);
        if (confine_apply(&report, &r) != 0)
                return 1;
        if (!can_open("/etc/passwd", O_RDONLY))
                return 2;
        if (can_socket() || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
                return 3;
        if (can_exec() || can_fork())
                return 4;
        if (!can_thread())
                return 5;
        if (!can_open(mine, O_WRONLY | O_CREAT))
                return 6;
        if (report.folders_fenced && can_open("/tmp/canh-confine-outside", O_WRONLY | O_CREAT))
                return 7;
        return 0;
}

static int try_hidden(void)
{
        const struct confine_folder folders[] = { { "/", CONFINE_READ }, { own, CONFINE_WRITE } };
        char hidden[64], beside[64], deeper[64];
        struct confine_request r = {
                .profile = CONFINE_SCAN, .folders = folders, .folder_count = 2, .hidden = hidden
        };
        struct confine_report report;

        (void)snprintf(hidden, sizeof(hidden), "%s/key", own);
        (void)snprintf(beside, sizeof(beside), "%s/beside", own);
        (void)snprintf(deeper, sizeof(deeper), "%s/./key", own);
        if (!can_open(hidden, O_RDWR | O_CREAT) || !can_open(beside, O_RDWR | O_CREAT))
                return 1;
        if (confine_apply(&report, &r) != 0)
                return 2;
        if (!can_open("/etc/passwd", O_RDONLY) || !can_open(beside, O_RDWR))
                return 3;
        if (!can_open("/", O_RDONLY | O_DIRECTORY) || !can_open(own, O_RDONLY | O_DIRECTORY))
                return 4;
        if (report.folders_fenced && (can_open(hidden, O_RDONLY) || can_open(deeper, O_RDONLY)))
                return 5;
        return unlink(hidden) == 0 && unlink(beside) == 0 ? 0 : 6;
}

static int try_link(void)
{
        const struct confine_folder folders[] = { { own, CONFINE_WRITE } };
        struct confine_request r = {
                .profile = CONFINE_LINK, .folders = folders, .folder_count = 1
        };
        struct confine_report report;
        char mine[64];

        (void)snprintf(mine, sizeof(mine), "%s/link", own);
        if (confine_apply(&report, &r) != 0)
                return 1;
        if (!can_socket())
                return 2;
        if (!can_open(mine, O_WRONLY | O_CREAT))
                return 3;
        if (can_exec() || can_fork())
                return 4;
        if (report.folders_fenced && can_open("/etc/passwd", O_RDONLY))
                return 5;
        return 0;
}

static void holds(int (*attempt)(void))
{
        int status = 0;
        pid_t child = fork();

        if (child == 0)
                _exit(attempt());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void is_killed(int (*attempt)(void))
{
        int status = 0;
        pid_t child = fork();

        if (child == 0)
                _exit(attempt());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void a_reader_of_foreign_bytes_opens_nothing_nor_does_its_parent(void **state)
{
        (void)state;
        holds(try_memory);
        holds(try_zygote);
}

static void a_call_beyond_an_allow_list_ends_the_process(void **state)
{
        (void)state;
        is_killed(socket_from_memory);
        is_killed(fork_from_messages);
        is_killed(exec_from_zygote);
}

static void a_listener_takes_what_comes_and_calls_nobody(void **state)
{
        (void)state;
        holds(try_listen);
        is_killed(socket_from_listen);
}

/* Of a process of root; without rights there is nothing to give up. */
static void capabilities_are_given_up(void **state)
{
        (void)state;
        holds(memory_has_no_capability);
        holds(scan_has_no_raw_socket);
}

static void scan_reads_files_but_has_no_network(void **state)
{
        (void)state;
        holds(try_scan);
}

static void a_hidden_file_is_unreadable_and_its_neighbours_are_not(void **state)
{
        (void)state;
        holds(try_hidden);
}

static void link_has_the_network_but_only_its_own_folder(void **state)
{
        (void)state;
        if (!confine_landlock_abi())
                print_message(
                    "this kernel has no Landlock: folders are not fenced and not tested\n");
        holds(try_link);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_reader_of_foreign_bytes_opens_nothing_nor_does_its_parent),
                cmocka_unit_test(a_call_beyond_an_allow_list_ends_the_process),
                cmocka_unit_test(a_listener_takes_what_comes_and_calls_nobody),
                cmocka_unit_test(capabilities_are_given_up),
                cmocka_unit_test(scan_reads_files_but_has_no_network),
                cmocka_unit_test(a_hidden_file_is_unreadable_and_its_neighbours_are_not),
                cmocka_unit_test(link_has_the_network_but_only_its_own_folder),
        };
        char file[64];
        int failed;

        if (!mkdtemp(own))
                return 1;
        failed = cmocka_run_group_tests(tests, NULL, NULL);
        (void)snprintf(file, sizeof(file), "%s/file", own);
        (void)unlink(file);
        (void)snprintf(file, sizeof(file), "%s/link", own);
        (void)unlink(file);
        (void)rmdir(own);
        return failed;
}
