/* sensor/proc_capture.h: the role that captures from an interface, see proc_capture.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_CAPTURE_H
#define CANH_SENSOR_PROC_CAPTURE_H

#include "sensor/settings.h"

struct proc_capture {
        const struct sensor_settings *settings;
        const char *interface;
        uint16_t group; /* of the handles that share it; 0 = it is alone */
        int socket, ring, bell;
};

/* For process_start. */
int proc_capture_run(void *state);

#endif
