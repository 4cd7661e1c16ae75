/* line/line_confine.h: what a process that holds the line keeps: sockets, its state folder, the
 * files that name resolution reads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_LINE_CONFINE_H
#define CANH_LINE_LINE_CONFINE_H

#include "base/err.h"

#include <stdbool.h>

/* For good. *fenced: false where the kernel cannot fence folders. Errors as confine_apply. */
MUST_USE int line_confine(bool *fenced, const char *state_path);

#endif
