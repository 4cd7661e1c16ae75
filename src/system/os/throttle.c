/* system/os/throttle.c: see throttle.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/throttle.h"
#include "system/os/throttle_times.h"

#include <time.h>

enum { HUNDRED = 100 };
#define NS_PER_MS 1000000u

static void look(struct throttle *t)
{
        struct processor_times now;

        t->looked = clock_steady(&clock_real);
        if (throttle_times_of_machine(&now))
                throttle_note(t, &now);
}

void throttle_init(struct throttle *t)
{
        *t = (struct throttle){ .used_ns = throttle_own_ns() };
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

        if (!t->busy)
                return 0;
        return rest / NS_PER_MS < THROTTLE_REST_MS_MAX ? (time_ms)(rest / NS_PER_MS)
                                                       : THROTTLE_REST_MS_MAX;
}

static void sleep_ms(time_ms ms)
{
        struct timespec t = { .tv_sec = ms / SECOND_MS,
                .tv_nsec = (long)(ms % SECOND_MS) * (long)NS_PER_MS };

        (void)nanosleep(&t, NULL);
}

void throttle_pause(struct throttle *t)
{
        uint64_t used = throttle_own_ns();
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
