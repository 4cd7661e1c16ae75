/* traffic/archive/archive_doom.c: files that were replaced stay a while for readers that opened
 * before; see archive_internal.h. SPDX-License-Identifier: Apache-2.0 */
#include "system/os/folder.h"
#include "traffic/archive/archive_internal.h"

static void bury(struct archive *a, size_t n)
{
        (void)!file_remove(a->folder, a->doomed[n].name);
        a->doomed_count--;
        memmove(&a->doomed[n], &a->doomed[n + 1], (a->doomed_count - n) * sizeof(*a->doomed));
}

void archive_bury(struct archive *a, bool all)
{
        time_ms now = a->doomed_count ? clock_steady(a->options.clock) : 0;

        while (a->doomed_count && (all || now - a->doomed[0].since >= ARCHIVE_DOOMED_MS))
                bury(a, 0);
}

void archive_doom(struct archive *a, const char *name)
{
        struct doomed *d;

        if (a->doomed_count == ARCHIVE_DOOMED_MAX)
                bury(a, 0);
        d = &a->doomed[a->doomed_count++];
        d->since = clock_steady(a->options.clock);
        (void)snprintf(d->name, sizeof(d->name), "%s", name);
}
