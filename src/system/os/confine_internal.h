/* system/os/confine_internal.h: the two fences that confine.c puts up.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_OS_CONFINE_INTERNAL_H
#define CANH_SYSTEM_OS_CONFINE_INTERNAL_H

#include "system/os/confine.h"

/* An allow list of calls: nothing can be opened. */
bool confine_is_narrow(enum confine_profile profile);
MUST_USE int confine_landlock(struct confine_report *out, const struct confine_request *what);
MUST_USE int confine_capabilities(enum confine_profile profile);
MUST_USE int confine_seccomp(enum confine_profile profile);

#endif
