/* system/os/processor_times_parse.h: the first line of /proc/stat (proc(5)). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_PROCESSOR_TIMES_PARSE_H
#define CANH_SYSTEM_OS_PROCESSOR_TIMES_PARSE_H

#include "base/text.h"

struct processor_times {
        uint64_t busy; /* at usual priority: user, system, interrupts, stolen */
        uint64_t all;  /* busy, niced, idle, waiting */
};

/* FORMAT for all that does not begin with such a line; *out is then untouched. */
MUST_USE int processor_times_parse(struct processor_times *out, struct text stat);

#endif
