/* system/os/throttle_times.h: what throttle.c asks the platform. SPDX-License-Identifier:
 * Apache-2.0
 */
#ifndef CANH_SYSTEM_OS_THROTTLE_TIMES_H
#define CANH_SYSTEM_OS_THROTTLE_TIMES_H

#include "system/os/processor_times_parse.h"

#include <stdbool.h>

/* Of the whole machine, `busy` without this process; false when it cannot be read. */
bool throttle_times_of_machine(struct processor_times *out);
/* Processor time of this process so far. */
uint64_t throttle_own_ns(void);

#endif
