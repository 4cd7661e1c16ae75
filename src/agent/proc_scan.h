/* agent/proc_scan.h: the process that does one piece of work and ends.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_PROC_SCAN_H
#define CANH_AGENT_PROC_SCAN_H

#include "agent/job.h"
#include "system/os/confine.h"

struct proc_scan {
        int socket; /* to the root of the program */
        const char *state_path;
        const struct job *settings; /* paths, rules, hashes, quarantine: the command line's */
};

/* The role of process_start: state is a struct proc_scan. */
int proc_scan_run(void *state);
/* Gives up all but `everywhere` on all files, writing in the state folder (NULL: none) and, where
 * the kernel has Landlock (*fenced), hides the key (NULL: none). */
MUST_USE int proc_scan_confine(
    bool *fenced, const char *state_path, const char *key_path, enum confine_access everywhere);

#endif
