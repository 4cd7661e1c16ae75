/* sensor/proc_search.h: the role that answers one order out of the archive, see proc_search.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_PROC_SEARCH_H
#define CANH_SENSOR_PROC_SEARCH_H

#include "sensor/settings.h"

struct proc_search {
        const struct sensor_settings *settings;
        int socket;
};

/* For process_start. */
int proc_search_run(void *state);

#endif
