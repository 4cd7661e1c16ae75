/* sensor/proc_syslog.h: the role that takes syslog, see proc_syslog.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_SYSLOG_H
#define CANH_SENSOR_PROC_SYSLOG_H

struct proc_syslog {
        const char *address; /* "ADDR:PORT", "[ADDR]:PORT": UDP and TCP */
        int socket, ring, bell;
};

/* For process_start. */
int proc_syslog_run(void *state);

#endif
