/* system/proc/process_windows.h: for the program's entry. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_PROCESS_WINDOWS_H
#define CANH_SYSTEM_PROC_PROCESS_WINDOWS_H

#include <stdbool.h>

/* Whether this process was started for a role. */
bool process_is_role(void);

#endif
