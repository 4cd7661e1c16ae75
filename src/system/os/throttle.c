/* system/os/throttle.c: see throttle.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/throttle.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "system/os/folder.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { STAT_BYTES_MAX = 1 << 20, HUNDRED = 100 };
#define NS_PER_MS 1000000u

static uint64_t own_processor_ns(void)
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

static void look(struct throttle *t)
{
        AUTO(buffer_done) struct buffer stat = BUFFER(STAT_BYTES_MAX);
        struct processor_times now;

        t->looked = clock_steady(&clock_real);
        if (file_read_path(&stat, "/proc/stat") == 0 && stat.data &&
            processor_times_parse(&now, (struct text){ stat.data, stat.len }) == 0) {
                uint64_t own = own_system_ticks();

                now.busy -= own < now.busy ? own : now.busy;
                throttle_note(t, &now);
        }
}

void throttle_init(struct throttle *t)
{
        *t = (struct throttle){ .used_ns = own_processor_ns() };
        look(t);
}

void throttle_note(struct throttle *t, const struct processor_times *now)
{
        uint64_t all = now->all - t->before.all, busy = now->busy - t->before.busy;

        if (now->all <= t->before.all || now->busy < t->before.busy) /* no time has passed */
                return;
        /* The first look tells the use since the start of the machine, which says nothing. */
        t->busy = t->before.all && busy * HUNDRED > all * THROTTLE_BUSY_PERCENT;
        t->before = *now;
}

time_ms throttle_rest_ms(const struct throttle *t, uint64_t used_ns)
{
        uint64_t rest = used_ns * (HUNDRED - THROTTLE_SHARE_PERCENT) / THROTTLE_SHARE_PERCENT;

        return t->busy ? (time_ms)(rest / NS_PER_MS) : 0;
}

static void sleep_ms(time_ms ms)
{
        struct timespec t = { .tv_sec = ms / SECOND_MS,
                .tv_nsec = (long)(ms % SECOND_MS) * (long)NS_PER_MS };

        (void)nanosleep(&t, NULL);
}

void throttle_pause(struct throttle *t)
{
        uint64_t used = own_processor_ns();
        time_ms rest;

        if (clock_steady(&clock_real) - t->looked >= THROTTLE_LOOK_MS)
                look(t);
        for (rest = throttle_rest_ms(t, used - t->used_ns); rest > 0 && t->busy;) {
                time_ms step = rest < THROTTLE_LOOK_MS ? rest : THROTTLE_LOOK_MS;

                sleep_ms(step);
                rest -= step;
                if (rest > 0)
                        look(t);
        }
        t->used_ns = used;
}
