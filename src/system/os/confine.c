/* system/os/confine.c: no new privileges, limits, capabilities, and the order of the fences; see
 * confine.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/confine.h"
#include "system/os/confine_internal.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_IDLE_SHIFTED = 3 << 13, NICE_LOWEST = 19 };

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER true
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER false
#endif

static int limit_one(__rlimit_resource_t what, uint64_t value)
{
        struct rlimit r = { .rlim_cur = value, .rlim_max = value };
        struct rlimit now;

        if (!value)
                return 0;
        if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
                r.rlim_cur = r.rlim_max = now.rlim_max;
        return setrlimit(what, &r) == 0 ? 0 : ERR_DENIED;
}

static int limits_apply(const struct confine_limits *l)
{
        int err = UNDER_SANITIZER ? 0 : limit_one(RLIMIT_AS, l->memory_bytes);

        if (!err)
                err = limit_one(RLIMIT_FSIZE, l->file_bytes);
        if (!err)
                err = limit_one(RLIMIT_NOFILE, l->handles);
        if (!err)
                err = limit_one(RLIMIT_CPU, l->cpu_seconds);
        return err;
}

bool confine_is_narrow(enum confine_profile profile)
{
        return profile <= CONFINE_ZYGOTE;
}

int confine_apply(struct confine_report *out, const struct confine_request *what)
{
        struct confine_report report = { 0 };
        int err;

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
                return ERR_UNSUPPORTED;
        err = limits_apply(&what->limits);
        if (!err)
                err = confine_capabilities(what->profile);
        /* The narrow ones cannot open a file at all, and may no longer ask for Landlock. */
        if (!err && !confine_is_narrow(what->profile))
                err = confine_landlock(&report, what);
        /* Last: the filter forbids the calls above. */
        if (!err)
                err = confine_seccomp(what->profile);
        if (err)
                return err;
        report.calls_fenced = true;
        *out = report;
        return 0;
}

void confine_be_idle(void)
{
        (void)setpriority(PRIO_PROCESS, 0, NICE_LOWEST);
        (void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_IDLE_SHIFTED);
}
