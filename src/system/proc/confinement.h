/* system/proc/confinement.h: gives up what a role of ours does not need, for good: Landlock for
 * files, seccomp for system calls. Called once by a role, after it has opened what it keeps. Linux.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_CONFINEMENT_H
#define CANH_SYSTEM_PROC_CONFINEMENT_H

#include "base/text.h"

enum confinement_kind {
        CONFINE_MEMORY, /* memory, time, randomness, and reading and writing what is open; the rest
                           kills */
        CONFINE_MESSAGES, /* the same, and messages over what is open */
        CONFINE_ZYGOTE,   /* the same, and children, which then take CONFINE_MEMORY */
        CONFINE_SERVER /* all but other programs, tracing, mounting, modules, clocks, other users */
};

struct confinement {
        enum confinement_kind kind;
        /* Only for CONFINE_SERVER; NULL-ended; a path that is missing is passed over. */
        const char *const *read_paths, *const *write_paths;
};

/* *landlock (may be NULL; only CONFINE_SERVER) becomes the kernel's version of it, 0 when it has
 * none: worth a line. Failure (UNSUPPORTED, IO) leaves the process perhaps half confined: end it.
 */
MUST_USE int confine(const struct confinement *what, int *landlock);

#endif
