/* sensor/proc_print.h: the role that prints alerts where there is no centre, see proc_print.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_PRINT_H
#define CANH_SENSOR_PROC_PRINT_H

struct proc_print {
        int socket, alerts, bell;
};

/* For process_start. */
int proc_print_run(void *state);

#endif
