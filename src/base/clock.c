/* base/clock.c: see clock.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

static time_ms read_clock(clockid_t which)
{
        struct timespec t;

        (void)clock_gettime(which, &t);
        return (time_ms)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000;
}

static time_ms real_now(void *state)
{
        (void)state;
        return read_clock(CLOCK_REALTIME);
}

static time_ms real_steady(void *state)
{
        (void)state;
        return read_clock(CLOCK_MONOTONIC);
}

static time_ms fixed_now(void *state)
{
        return *(time_ms *)state;
}

const struct clock clock_real = { real_now, real_steady, NULL };

struct clock clock_fixed(time_ms *at)
{
        return (struct clock){ fixed_now, fixed_now, at };
}

time_ms clock_now(const struct clock *c)
{
        return c->now(c->state);
}

time_ms clock_steady(const struct clock *c)
{
        return c->steady(c->state);
}
