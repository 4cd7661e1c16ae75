/* centre/proc_web.h: the web process. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_PROC_WEB_H
#define CANH_CENTRE_PROC_WEB_H

struct settings;

struct proc_web {
        const struct settings *settings;
        int keys_socket, reader_socket, fetch_socket, control_socket;
        int keys_pid, reader_pid, fetch_pid;
};

/* Runs until the parent has gone; the exit status. *state is a struct proc_web. */
int proc_web_run(void *state);

#endif
