/* system/os/windows/throttle_windows.c: the times of throttle.h from GetSystemTimes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/throttle_times.h"

#include <windows.h>

static uint64_t ticks_of(FILETIME t)
{
        return (uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

bool throttle_times_of_machine(struct processor_times *out)
{
        FILETIME idle, kernel, user, made, ended, own_kernel, own_user;
        uint64_t all, own;

        if (!GetSystemTimes(&idle, &kernel, &user) ||
            !GetProcessTimes(GetCurrentProcess(), &made, &ended, &own_kernel, &own_user))
                return false;
        all = ticks_of(kernel) + ticks_of(user); /* the kernel's hold the idle ones */
        own = ticks_of(own_kernel) + ticks_of(own_user);
        out->all = all;
        out->busy = all - ticks_of(idle);
        out->busy -= own < out->busy ? own : out->busy;
        return true;
}

uint64_t throttle_own_ns(void)
{
        FILETIME made, ended, kernel, user;

        if (!GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user))
                return 0;
        return (ticks_of(kernel) + ticks_of(user)) * 100;
}
