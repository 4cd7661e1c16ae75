/* sensor/proc_uplink.h: the role that speaks with the centre, see proc_uplink.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_UPLINK_H
#define CANH_SENSOR_PROC_UPLINK_H

#include "sensor/settings.h"

struct proc_uplink {
        const struct sensor_settings *settings;
        int socket, alerts, bell;
};

/* For process_start. */
int proc_uplink_run(void *state);

#endif
