/* sensor/proc_keeper.h: the role that keeps the archive, see proc_keeper.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_KEEPER_H
#define CANH_SENSOR_PROC_KEEPER_H

#include "sensor/settings.h"

struct proc_keeper {
        const struct sensor_settings *settings;
        int socket, facts, bell;
};

/* For process_start. */
int proc_keeper_run(void *state);

#endif
