/* sensor/proc_listener.h: the role that listens for datagrams, see proc_listener.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_LISTENER_H
#define CANH_SENSOR_PROC_LISTENER_H

struct proc_listener {
        const char *address; /* "ADDR:PORT", "[ADDR]:PORT" */
        int socket, ring, bell;
};

/* For process_start. */
int proc_listener_run(void *state);

#endif
