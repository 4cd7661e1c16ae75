/* sensor/root.h: the root of the program: starts and watches the roles, passes their messages on,
 * see root.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_ROOT_H
#define CANH_SENSOR_ROOT_H

#include "sensor/settings.h"

enum { SENSOR_NOTHING_FOUND, SENSOR_FOUND, SENSOR_IMPOSSIBLE };

/* Runs until a signal, or until all files are read. The exit status. */
int root_run(const struct sensor_settings *settings, enum language language);

#endif
