/* system/os/confine_seccomp.c: which system calls each profile keeps. A forbidden call fails with
 * EPERM: the libraries below us then take their error path, and a test can see it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine_internal.h"
#include "base/mem.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>

#define CALL(name) SCMP_SYS(name)

/* All that a parser of bytes needs: memory, time, its own handles. */
static const int reader_calls[] = { CALL(read), CALL(readv), CALL(pread64), CALL(write),
        CALL(writev), CALL(pwrite64), CALL(recvmsg), CALL(recvfrom), CALL(sendmsg), CALL(sendto),
        CALL(close), CALL(lseek), CALL(fstat), CALL(newfstatat), CALL(fcntl), CALL(dup),
        CALL(ftruncate), CALL(memfd_create), CALL(poll), CALL(ppoll), CALL(epoll_wait),
        CALL(epoll_pwait), CALL(epoll_ctl), CALL(mmap), CALL(munmap), CALL(mprotect), CALL(mremap),
        CALL(madvise), CALL(brk), CALL(futex), CALL(rt_sigaction), CALL(rt_sigprocmask),
        CALL(rt_sigreturn), CALL(sigaltstack), CALL(restart_syscall), CALL(getpid), CALL(gettid),
        CALL(tgkill), CALL(exit), CALL(exit_group), CALL(clock_gettime), CALL(clock_nanosleep),
        CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(getrandom), CALL(getrusage),
        CALL(sched_yield), CALL(sched_getaffinity), CALL(prlimit64), CALL(getrlimit),
        CALL(set_robust_list), CALL(rseq), CALL(membarrier), CALL(uname) };

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
        CALL(open_tree), CALL(fsopen), CALL(fsmount), CALL(iopl), CALL(ioperm) };

static const int socket_calls[] = { CALL(socket), CALL(socketpair), CALL(connect), CALL(bind),
        CALL(listen), CALL(accept), CALL(accept4) };

static int rules_add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                int err = seccomp_rule_add(filter, action, calls[i], 0);

                if (err && err != -EDOM &&
                    err != -EACCES) /* not on this processor; or the default anyway */
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

static void filter_free_at(scmp_filter_ctx *filter)
{
        if (*filter)
                seccomp_release(*filter);
}

int confine_seccomp(enum confine_profile profile)
{
        uint32_t deny = SCMP_ACT_ERRNO(EPERM);
        bool reader = profile == CONFINE_READER;
        bool sockets = profile == CONFINE_LINK || profile == CONFINE_WEB;
        AUTO(filter_free_at) scmp_filter_ctx filter = seccomp_init(reader ? deny : SCMP_ACT_ALLOW);
        int err;

        if (!filter)
                return ERR_MEMORY;
        if (reader)
                err = rules_add(filter, SCMP_ACT_ALLOW, reader_calls, ARRAY_LEN(reader_calls));
        else
                err = rules_add(filter, deny, never_calls, ARRAY_LEN(never_calls));
        if (!err && !reader)
                err = deny_processes(filter);
        if (!err && !reader && !sockets)
                err = rules_add(filter, deny, socket_calls, ARRAY_LEN(socket_calls));
        if (err)
                return err;
        return seccomp_load(filter) == 0 ? 0 : ERR_UNSUPPORTED;
}
