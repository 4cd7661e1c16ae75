/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/confinement.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What libc, the allocator, threads' ends and our own reading and writing need. */
static const int calls_memory[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(readv),
        SCMP_SYS(writev),
        SCMP_SYS(pread64),
        SCMP_SYS(pwrite64),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(lseek),
        SCMP_SYS(mmap),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(brk),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        SCMP_SYS(getrandom),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(tgkill),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(ftruncate),
        SCMP_SYS(sched_yield),
        SCMP_SYS(uname),
        SCMP_SYS(sysinfo),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(getrusage),
        SCMP_SYS(times),
};
static const int calls_messages[] = { SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(poll),
        SCMP_SYS(ppoll), SCMP_SYS(shutdown), SCMP_SYS(fcntl) };
static const int calls_zygote[] = { SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(fork),
        SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(memfd_create),
        SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(prctl), SCMP_SYS(seccomp),
        SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(getrlimit), SCMP_SYS(getppid),
        SCMP_SYS(set_tid_address), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu) };
/* Asked for by libraries out of habit (locale, zone files, statistics): told no, not killed. */
static const int calls_told_no[] = { SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat),
        SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(getcwd), SCMP_SYS(ioctl), SCMP_SYS(prctl), SCMP_SYS(fcntl), SCMP_SYS(getuid),
        SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid) };
static const int calls_never_for_a_server[] = { SCMP_SYS(execve), SCMP_SYS(execveat),
        SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(mount),
        SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
        SCMP_SYS(setns), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
        SCMP_SYS(kexec_load), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(reboot),
        SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(setuid), SCMP_SYS(setgid),
        SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(keyctl), SCMP_SYS(add_key),
        SCMP_SYS(request_key), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
        SCMP_SYS(open_by_handle_at), SCMP_SYS(pidfd_getfd) };

static int add_calls(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                int err = seccomp_rule_add(filter, action, calls[i], 0);
                /* -EEXIST: a stronger rule stands already; -EDOM: not on this architecture */
                if (err && err != -EEXIST && err != -EDOM)
                        return ERR_UNSUPPORTED;
        }
        return 0;
}

static int fill_narrow(scmp_filter_ctx filter, enum confinement_kind kind)
{
        int err = add_calls(filter, SCMP_ACT_ALLOW, calls_memory, ARRAY_LEN(calls_memory));

        /* Nothing new becomes executable. */
        if (!err && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
                err = ERR_UNSUPPORTED;
        if (!err && kind != CONFINE_MEMORY)
                err = add_calls(filter, SCMP_ACT_ALLOW, calls_messages, ARRAY_LEN(calls_messages));
        if (!err && kind == CONFINE_ZYGOTE)
                err = add_calls(filter, SCMP_ACT_ALLOW, calls_zygote, ARRAY_LEN(calls_zygote));
        for (size_t i = 0; !err && i < ARRAY_LEN(calls_told_no); i++) {
                int call = calls_told_no[i];
                if (kind != CONFINE_MEMORY && call == SCMP_SYS(fcntl))
                        continue;
                if (kind == CONFINE_ZYGOTE && call == SCMP_SYS(prctl))
                        continue;
                err = add_calls(filter, SCMP_ACT_ERRNO(EACCES), &call, 1);
        }
        return err;
}

static int confine_calls(enum confinement_kind kind)
{
        bool narrow = kind != CONFINE_SERVER;
        scmp_filter_ctx filter = seccomp_init(narrow ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW);
        int err;

        if (!filter)
                return ERR_MEMORY;
        if (narrow)
                err = fill_narrow(filter, kind);
        else
                err = add_calls(filter, SCMP_ACT_ERRNO(EPERM), calls_never_for_a_server,
                    ARRAY_LEN(calls_never_for_a_server));
        if (!err && seccomp_load(filter) != 0)
                err = ERR_UNSUPPORTED;
        seccomp_release(filter);
        return err;
}

enum { LANDLOCK_FILE_READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE };

static uint64_t all_rights(int version)
{
        uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* version 1 */

        if (version >= 2)
                rights |= UINT64_C(1) << 13; /* REFER: names in newer headers only */
        if (version >= 3)
                rights |= UINT64_C(1) << 14; /* TRUNCATE */
        return rights;
}

static int add_path(int rules, const char *path, uint64_t rights)
{
        struct landlock_path_beneath_attr rule = { .allowed_access = rights };
        struct stat seen;
        int err = 0;

        rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
        if (rule.parent_fd < 0)
                return 0;
        if (fstat(rule.parent_fd, &seen) == 0 && !S_ISDIR(seen.st_mode))
                rule.allowed_access &= LANDLOCK_FILE_READ | LANDLOCK_ACCESS_FS_WRITE_FILE;
        if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
                err = err_from_errno(errno);
        (void)close(rule.parent_fd);
        return err;
}

static int confine_files(const struct confinement *what, int version)
{
        struct landlock_ruleset_attr all = { .handled_access_fs = all_rights(version) };
        uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
        int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
        int err = 0;

        if (rules < 0)
                return err_from_errno(errno);
        for (const char *const *p = what->read_paths; !err && p && *p; p++)
                err = add_path(rules, *p, reading);
        for (const char *const *p = what->write_paths; !err && p && *p; p++)
                err = add_path(rules, *p, all.handled_access_fs & ~LANDLOCK_ACCESS_FS_EXECUTE);
        if (!err && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
                err = err_from_errno(errno);
        (void)close(rules);
        return err;
}

int confine(const struct confinement *what, int *landlock)
{
        int version = 0, err = 0;

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
                return ERR_UNSUPPORTED;
        /* The narrow kinds cannot open a file at all: seccomp says so already. */
        if (what->kind == CONFINE_SERVER) {
                version = (int)syscall(
                    SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
                if (version > 0)
                        err = confine_files(what, version);
                if (landlock)
                        *landlock = version > 0 ? version : 0;
        }
        return err ? err : confine_calls(what->kind);
}
