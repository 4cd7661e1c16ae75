/* system/os/throttle.h: long work steps back while the machine is used. Between two pieces of work
 * it is told how long to rest: nothing on an idle machine; while other programs take more than a
 * quarter of the processors, as long as is needed to stay at 5 % of one. Niced programs do not
 * count as use, nor does this one. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_THROTTLE_H
#define CANH_SYSTEM_OS_THROTTLE_H

#include "base/clock.h"
#include "system/os/processor_times_parse.h"

enum { THROTTLE_SHARE_PERCENT = 5, THROTTLE_BUSY_PERCENT = 25, THROTTLE_LOOK_MS = 500 };

struct throttle {
        struct processor_times before;
        time_ms looked;
        uint64_t used_ns; /* of processor time, up to the last rest */
        bool busy;        /* others use the machine */
};

void throttle_init(struct throttle *t);
/* Takes the times of now; pure. Sets busy. */
void throttle_note(struct throttle *t, const struct processor_times *now);
/* How long to rest after so much processor time. */
time_ms throttle_rest_ms(const struct throttle *t, uint64_t used_ns);
/* After a piece of work: looks around every THROTTLE_LOOK_MS, and sleeps for as long as it should;
 * ends the rest when the machine becomes idle. */
void throttle_pause(struct throttle *t);

#endif
