/* centre/proc_reader.h: the reader process. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_PROC_READER_H
#define CANH_CENTRE_PROC_READER_H

struct proc_reader {
        int socket;
};

/* Runs until the other side has gone; the exit status. *state is a struct proc_reader. */
int proc_reader_run(void *state);

#endif
