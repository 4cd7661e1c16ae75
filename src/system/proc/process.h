/* system/proc/process.h: a role of a program as a process of its own: forked, named, with nothing
 * open but standard input to error and the handles it is given. The program decides what the role
 * confines itself to. One thread: the parent that starts roles must not have threads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_PROCESS_H
#define CANH_SYSTEM_PROC_PROCESS_H

#include "base/text.h"

enum { PROCESS_HANDLES_MAX = 32 };

struct process_start {
        const char *name;        /* shown by ps: at most 15 bytes */
        int (*run)(void *state); /* the role; its return value is the exit status */
        void *state;
        int handles[PROCESS_HANDLES_MAX]; /* kept open in the child; the rest is closed there */
        size_t handle_count;
        bool secret; /* no core file, not readable through /proc or ptrace */
};

/* Forks. *pid is the child; it ends when its parent dies. IO, MEMORY (no more processes). */
MUST_USE int process_start(int *pid, const struct process_start *what);
/* Whether this process runs the role of that name. Only where there is no fork: there the child is
 * the same program with the same words, which must come to the same process_start, doing nothing on
 * its way that is not good to be done twice. NULL: any role. */
bool process_is_role(const char *name);
/* Closes everything above standard error except the sorted or unsorted `keep`. */
void process_close_all_but(const int *keep, size_t count);
/* A connected pair of message sockets, close-on-exec. */
MUST_USE int process_pair(int out[2]);
/* Resident bytes of a process from /proc, 0 when it cannot be read. */
int64_t process_rss_bytes(int pid);
/* How it ended, for a log line: "exit 1" or "signal 9". Returns out. */
const char *process_end_text(char out[32], int wait_status);

#endif
