/* base/clock.h: the time, handed in, so that no test depends on the day.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_CLOCK_H
#define CANH_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01 in UTC: the only form in which time is kept. */
typedef int64_t time_ms;

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

struct clock {
        time_ms (*now)(void *state);    /* wall clock: may jump */
        time_ms (*steady)(void *state); /* never goes back; only differences have a meaning */
        void *state;
};

extern const struct clock clock_real;

/* A clock that stands at *at until the test moves it; at must outlive the clock. */
struct clock clock_fixed(time_ms *at);

time_ms clock_now(const struct clock *c);
time_ms clock_steady(const struct clock *c);

#endif
