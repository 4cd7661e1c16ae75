/* system/os/throttle_times.c: see throttle_times.h; from /proc/stat.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/throttle_times.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STAT_BYTES_MAX = 1 << 20 };

uint64_t throttle_own_ns(void)
{
        struct timespec t;

        if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
                return 0;
        return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The kernel counts what it does for a niced process as usual work. */
static uint64_t own_system_ticks(void)
{
        struct rusage used;
        long per_second = sysconf(_SC_CLK_TCK);

        if (per_second <= 0 || getrusage(RUSAGE_SELF, &used) != 0)
                return 0;
        return (uint64_t)used.ru_stime.tv_sec * (uint64_t)per_second +
               (uint64_t)used.ru_stime.tv_usec * (uint64_t)per_second / 1000000u;
}

bool throttle_times_of_machine(struct processor_times *out)
{
        AUTO(buffer_done) struct buffer stat = BUFFER(STAT_BYTES_MAX);
        struct processor_times now;
        uint64_t own = own_system_ticks();

        if (file_read_path(&stat, "/proc/stat") != 0 || !stat.data ||
            processor_times_parse(&now, (struct text){ stat.data, stat.len }) != 0)
                return false;
        now.busy -= own < now.busy ? own : now.busy;
        *out = now;
        return true;
}
