/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/process.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_kept(int fd, const int *keep, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (keep[i] == fd)
                        return true;
        return fd <= STDERR_FILENO;
}

void process_close_all_but(const int *keep, size_t count)
{
        struct rlimit files;
        int top = 1024;

        if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 65536)
                top = (int)files.rlim_cur;
        for (int fd = STDERR_FILENO + 1; fd < top; fd++)
                if (!is_kept(fd, keep, count))
                        (void)close(fd);
}

static _Noreturn void child(const struct process_start *what, int parent)
{
        sigset_t none;

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(1); /* died between fork and prctl */
        (void)prctl(PR_SET_NAME, what->name);
        if (what->secret)
                (void)prctl(PR_SET_DUMPABLE, 0);
        process_close_all_but(what->handles, what->handle_count);
        (void)signal(SIGPIPE, SIG_IGN);
        (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error to answer, no end */
        (void)signal(SIGINT, SIG_IGN);  /* Ctrl-C is the parent's: it ends the roles in order */
        (void)signal(SIGTERM, SIG_DFL);
        (void)signal(SIGCHLD, SIG_DFL);
        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        _exit(what->run(what->state));
}

int process_start(int *pid, const struct process_start *what)
{
        int parent = getpid();
        pid_t made;

        (void)fflush(NULL);
        made = fork();
        if (made < 0)
                return err_from_errno(errno);
        if (made == 0)
                child(what, parent);
        *pid = made;
        return 0;
}

bool process_is_role(const char *name)
{
        (void)name;
        return false;
}

int process_pair(int out[2])
{
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) != 0)
                return err_from_errno(errno);
        return 0;
}

int64_t process_rss_bytes(int pid)
{
        char path[64], line[128] = "";
        struct text rest, field;
        uint64_t pages = 0;
        FILE *f;

        (void)snprintf(path, sizeof(path), "/proc/%d/statm", pid);
        f = fopen(path, "re");
        if (!f)
                return 0;
        if (!fgets(line, sizeof(line), f))
                line[0] = '\0';
        (void)fclose(f);
        rest = text_of(line);
        (void)text_split(&field, &rest, ' ');
        if (!text_split(&field, &rest, ' ') || text_to_u64(&pages, field, UINT32_MAX) != 0)
                return 0;
        return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

const char *process_end_text(char out[32], int wait_status)
{
        if (WIFSIGNALED(wait_status))
                (void)snprintf(out, 32, "signal %d", WTERMSIG(wait_status));
        else
                (void)snprintf(out, 32, "exit %d", WEXITSTATUS(wait_status));
        return out;
}
