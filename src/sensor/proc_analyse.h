/* sensor/proc_analyse.h: the role that understands traffic, see proc_analyse.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_ANALYSE_H
#define CANH_SENSOR_PROC_ANALYSE_H

#include "sensor/settings.h"

enum { ANALYSE_RINGS_MAX = 20 };

struct proc_analyse {
        const struct sensor_settings *settings;
        int socket, bell;
        int rings[ANALYSE_RINGS_MAX];
        size_t ring_count;
        int facts, facts_bell; /* -1: nothing is kept */
        int alerts, alerts_bell;
};

/* For process_start. */
int proc_analyse_run(void *state);

#endif
