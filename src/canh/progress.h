/* canh/progress.h: how far a long step is: one line that is written over, on a terminal, after the
 * first second. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_PROGRESS_H
#define CANH_CANH_PROGRESS_H

#include "base/clock.h"

#include <stdbool.h>

struct progress {
        time_ms begun_at, shown_at;
        bool is_terminal, is_shown;
        uint64_t calls;
};

void progress_init(struct progress *p);
/* Shows "what 42%", or with total 0 "what 42"; cheap enough to be called for each packet. */
void progress_show(struct progress *p, const char *what, uint64_t done, uint64_t total);
/* Takes the line away. */
void progress_done(struct progress *p);

#endif
