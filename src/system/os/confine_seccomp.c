/* system/os/confine_seccomp.c: which system calls each profile keeps. In a deny list a forbidden
 * call fails with EPERM: the libraries below us then take their error path, and a test can see it.
 * Beyond an allow list the process ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine_internal.h"
#include "base/mem.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>

#define CALL(name) SCMP_SYS(name)

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
/* How libpcap asks the kernel what it dropped. */
static const int calls_capture[] = { SCMP_SYS(getsockopt) };
/* Datagrams in batches, connections that others open; nothing is bound and nobody is called. */
static const int calls_listen[] = { SCMP_SYS(recvfrom), SCMP_SYS(recvmmsg), SCMP_SYS(accept4),
        SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(getsockopt),
        SCMP_SYS(getpeername) };
static const int calls_zygote[] = { SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(fork),
        SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(memfd_create),
        SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(prctl), SCMP_SYS(seccomp),
        SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(getrlimit), SCMP_SYS(getppid),
        SCMP_SYS(set_tid_address), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(capget),
        SCMP_SYS(capset) };
/* Asked for by libraries out of habit (locale, zone files, statistics): told no, not killed. */
static const int calls_told_no[] = { SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat),
        SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
        SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
        SCMP_SYS(getcwd), SCMP_SYS(ioctl), SCMP_SYS(prctl), SCMP_SYS(fcntl), SCMP_SYS(getuid),
        SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(setsockopt) };

/* Nobody needs these; they are how a taken process takes the machine. */
static const int never_calls[] = { CALL(execve), CALL(execveat), CALL(fork), CALL(vfork),
        CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(mount), CALL(umount2),
        CALL(pivot_root), CALL(chroot), CALL(setns), CALL(unshare), CALL(bpf),
        CALL(perf_event_open), CALL(userfaultfd), CALL(io_uring_setup), CALL(io_uring_enter),
        CALL(io_uring_register), CALL(init_module), CALL(finit_module), CALL(delete_module),
        CALL(kexec_load), CALL(kexec_file_load), CALL(reboot), CALL(swapon), CALL(swapoff),
        CALL(add_key), CALL(request_key), CALL(keyctl), CALL(settimeofday), CALL(clock_settime),
        CALL(adjtimex), CALL(acct), CALL(quotactl), CALL(mknod), CALL(mknodat),
        CALL(open_by_handle_at), CALL(personality), CALL(pidfd_getfd), CALL(move_mount),
        CALL(open_tree), CALL(fsopen), CALL(fsmount), CALL(iopl), CALL(ioperm), CALL(setuid),
        CALL(setgid), CALL(setresuid), CALL(setresgid) };

static const int socket_calls[] = { CALL(socket), CALL(socketpair), CALL(connect), CALL(bind),
        CALL(listen), CALL(accept), CALL(accept4) };

static int rules_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                int err = seccomp_rule_add(filter, action, calls[i], 0);

                /* a stronger rule stands already; not on this processor; the default anyway */
                if (err && err != -EEXIST && err != -EDOM && err != -EACCES)
                        return err == -ENOMEM ? ERR_MEMORY : ERR_UNSUPPORTED;
        }
        return 0;
}

/* A new thread is let through, a new process is not; clone3 hides its flags in memory, so libc is
 * told that the kernel has none and falls back to clone. */
static int deny_processes(scmp_filter_ctx filter)
{
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0) != 0)
                return ERR_UNSUPPORTED;
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), CALL(clone), 1,
                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) != 0)
                return ERR_UNSUPPORTED;
        return 0;
}

static int fill_narrow(scmp_filter_ctx filter, enum confine_profile kind)
{
        int err = rules_add(filter, SCMP_ACT_ALLOW, calls_memory, ARRAY_LEN(calls_memory));

        /* Nothing new becomes executable. */
        if (!err && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
                err = ERR_UNSUPPORTED;
        if (!err && kind != CONFINE_MEMORY)
                err = rules_add(filter, SCMP_ACT_ALLOW, calls_messages, ARRAY_LEN(calls_messages));
        if (!err && kind == CONFINE_ZYGOTE)
                err = rules_add(filter, SCMP_ACT_ALLOW, calls_zygote, ARRAY_LEN(calls_zygote));
        if (!err && kind == CONFINE_CAPTURE)
                err = rules_add(filter, SCMP_ACT_ALLOW, calls_capture, ARRAY_LEN(calls_capture));
        if (!err && kind == CONFINE_LISTEN)
                err = rules_add(filter, SCMP_ACT_ALLOW, calls_listen, ARRAY_LEN(calls_listen));
        for (size_t i = 0; !err && i < ARRAY_LEN(calls_told_no); i++) {
                int call = calls_told_no[i];
                if (kind != CONFINE_MEMORY && call == SCMP_SYS(fcntl))
                        continue;
                if (kind == CONFINE_ZYGOTE && call == SCMP_SYS(prctl))
                        continue;
                err = rules_add(filter, SCMP_ACT_ERRNO(EACCES), &call, 1);
        }
        return err;
}

static void filter_free_at(scmp_filter_ctx *filter)
{
        if (*filter)
                seccomp_release(*filter);
}

static int fill_wide(scmp_filter_ctx filter, enum confine_profile profile)
{
        const uint32_t deny = SCMP_ACT_ERRNO(EPERM);
        int err = rules_add(filter, deny, never_calls, ARRAY_LEN(never_calls));

        if (!err)
                err = deny_processes(filter);
        if (!err && profile == CONFINE_SCAN)
                err = rules_add(filter, deny, socket_calls, ARRAY_LEN(socket_calls));
        return err;
}

int confine_seccomp(enum confine_profile profile)
{
        bool narrow = confine_is_narrow(profile);
        AUTO(filter_free_at)
        scmp_filter_ctx filter = seccomp_init(narrow ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ALLOW);
        int err;

        if (!filter)
                return ERR_MEMORY;
        err = narrow ? fill_narrow(filter, profile) : fill_wide(filter, profile);
        if (err)
                return err;
        return seccomp_load(filter) == 0 ? 0 : ERR_UNSUPPORTED;
}
