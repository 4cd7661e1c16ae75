/* sensor/proc_follow.h: the role that follows a log file, see proc_follow.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_FOLLOW_H
#define CANH_SENSOR_PROC_FOLLOW_H

#include <stdint.h>

struct proc_follow {
        const char *path, *state; /* the log; the folder that keeps how far it was read */
        int socket, ring, bell;
        uint16_t file; /* its number among the followed ones */
};

/* For process_start. */
int proc_follow_run(void *state);

#endif
