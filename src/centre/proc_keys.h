/* centre/proc_keys.h: the keys process. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_PROC_KEYS_H
#define CANH_CENTRE_PROC_KEYS_H

struct proc_keys {
        const char *data_folder;
        int socket;
};

/* Runs until the other side has gone; the exit status. *state is a struct proc_keys. */
int proc_keys_run(void *state);

#endif
