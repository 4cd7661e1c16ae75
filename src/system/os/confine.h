/* system/os/confine.h: a process gives up what it does not need, for good. Called once at the start
 * of a role, before it has threads and before it reads a foreign byte. Three fences, each by
 * itself: no new privileges, no capabilities but those for files, and limits (setrlimit), system
 * calls (seccomp), folders and TCP
 * (Landlock, where the kernel has it: the report says when not, and the program says it aloud).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_CONFINE_H
#define CANH_SYSTEM_OS_CONFINE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum confine_profile {
        /* Allow lists; anything else ends the process. No file can be opened, so no folder is
         * named. */
        CONFINE_MEMORY,   /* memory, time, randomness, reading and writing what is open */
        CONFINE_MESSAGES, /* the same, and messages over what is open */
        CONFINE_CAPTURE,  /* the same, and asking an open socket for its counters */
        CONFINE_LISTEN,   /* the same, and taking what comes to a socket that is bound already */
        CONFINE_ZYGOTE,   /* the same, and children, which then take CONFINE_MEMORY */
        /* Deny lists; what is forbidden fails with EPERM. All but the named folders is out of
         * reach. */
        CONFINE_SCAN, /* opens files; no socket of any kind, no exec, no new process */
        CONFINE_LINK  /* sockets; no exec, no new process (threads may start) */
};

enum confine_access {
        CONFINE_READ,
        CONFINE_WRITE /* read, write, make, remove */,
        CONFINE_REMOVE /* read, remove */
};

struct confine_folder {
        const char *path; /* a folder or a file; what does not exist is left out */
        enum confine_access access;
};

struct confine_limits {        /* 0 = as it is */
        uint64_t memory_bytes; /* address space; leave 0 under a sanitizer, confine_apply does */
        uint64_t file_bytes;   /* greatest file it may write */
        uint64_t handles;
        uint64_t cpu_seconds;
};

struct confine_request {
        enum confine_profile profile;
        struct confine_limits limits;
        const struct confine_folder *folders; /* of the deny lists only */
        size_t folder_count;
        /* A file that stays unreadable though a folder above it is granted (a key); its absolute
         * path without links, NULL. What appears later beside it or beside a folder above it is
         * unreadable too. */
        const char *hidden;
};

struct confine_report {
        int landlock_abi; /* 0 = this kernel has no Landlock: folders are not fenced */
        bool folders_fenced, calls_fenced;
};

/* On failure (DENIED, UNSUPPORTED, MEMORY) the process may be half confined: end it. A missing
 * Landlock is no failure, see the report. */
MUST_USE int confine_apply(struct confine_report *out, const struct confine_request *what);
/* The kernel's Landlock version, 0 = none. */
int confine_landlock_abi(void);
/* Lowest priority for processor and disk. */
void confine_be_idle(void);

#endif
