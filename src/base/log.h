/* base/log.h: one line to standard error for whoever runs a program. Only programs log (src/centre,
 * sensor, agent, canh); libraries return errors. Never a secret, never foreign bytes unescaped.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_BASE_LOG_H
#define CANH_BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* The one global of the project. Default INFO. */
void log_set_level(enum log_level level);

/* "2024-01-15T08:30:00Z centre web: text"; control characters in the text become '?'. */
void log_line(enum log_level level, const char *who, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
