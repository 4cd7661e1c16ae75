/* centre/proc_fetch.h: the fetch process. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_PROC_FETCH_H
#define CANH_CENTRE_PROC_FETCH_H

struct proc_fetch {
        int socket;
};

/* Runs until the other side has gone; the exit status. *state is a struct proc_fetch. */
int proc_fetch_run(void *state);

#endif
