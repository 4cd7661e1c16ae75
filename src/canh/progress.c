/* canh/progress.c: see progress.h. SPDX-License-Identifier: Apache-2.0 */
#include "canh/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { LOOK_EVERY = 1024, SHOW_EVERY_MS = 200 };

void progress_init(struct progress *p)
{
        *p = (struct progress){ .begun_at = clock_steady(&clock_real),
                .is_terminal = isatty(STDERR_FILENO) };
}

void progress_show(struct progress *p, const char *what, uint64_t done, uint64_t total)
{
        time_ms now;

        if (!p->is_terminal || p->calls++ % LOOK_EVERY)
                return;
        now = clock_steady(&clock_real);
        if (now - p->begun_at < SECOND_MS || now - p->shown_at < SHOW_EVERY_MS)
                return;
        p->shown_at = now;
        p->is_shown = true;
        if (total)
                (void)fprintf(stderr, "\r\033[K%s %" PRIu64 "%%", what, done * 100 / total);
        else
                (void)fprintf(stderr, "\r\033[K%s %" PRIu64, what, done);
}

void progress_done(struct progress *p)
{
        if (p->is_shown)
                (void)fprintf(stderr, "\r\033[K");
        p->is_shown = false;
}
