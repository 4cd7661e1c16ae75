/* sensor/command_enrol.h: `canh-sensor enrol --centre URL --token T [--state DIR]`.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_COMMAND_ENROL_H
#define CANH_SENSOR_COMMAND_ENROL_H

#include "base/language.h"

/* The exit status. */
int command_enrol(int argc, char **argv, enum language language);

#endif
