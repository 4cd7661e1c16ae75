/* workstation/sweep/walk.h: visits every regular file below a folder, by handles, so that nobody
 * can move the way under it. Never follows a link; never enters network or pseudo file systems,
 * other mounts only when asked. Limits: depth. Things that vanish on the way are counted, never an
 * error. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_WALK_H
#define CANH_WORKSTATION_SWEEP_WALK_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/stat.h>

enum skip_why {
        SKIP_WHY_TOO_LARGE,
        SKIP_WHY_TOO_DEEP,
        SKIP_WHY_OTHER_MOUNT,
        SKIP_WHY_NETWORK_MOUNT,
        SKIP_WHY_PSEUDO_MOUNT,
        SKIP_WHY_SPECIAL, /* links, pipes, sockets, devices */
        SKIP_WHY_GONE,
        SKIP_WHYS
};
const char *skip_why_name(enum skip_why why); /* "too_large" …: the words of the report */

enum { WALK_DEPTH_MAX = 200 }; /* one open handle a level */

struct walk_file {
        int folder;       /* handle of the folder it is in; valid during the call */
        const char *name; /* in that folder; any bytes */
        const char *path;
        const struct stat *st;
};

struct walk_sink {
        int (*file)(
            void *state, const struct walk_file *f); /* not 0 ends the walk, which returns it */
        void (*skipped)(void *state, enum skip_why why, const char *path);
        void (*failed)(
            void *state, int err, const char *path); /* no right to read, a broken disk */
        void *state;
};

struct walk_options {
        int depth_max;         /* 1 … WALK_DEPTH_MAX */
        bool cross_mounts;     /* other local mounts */
        const char *leave_out; /* a folder that is not entered: our own quarantine; NULL = none */
};

/* `root` may be a file. MISSING, DENIED, IO for the root itself. */
MUST_USE int walk_tree(
    const char *root, const struct walk_options *options, const struct walk_sink *sink);

#endif
