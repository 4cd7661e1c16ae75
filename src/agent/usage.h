/* agent/usage.h: what each verb of canh-agent takes, and what is said of an argument that it does
 * not. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_USAGE_H
#define CANH_AGENT_USAGE_H

#include "base/language.h"
#include "base/mem.h"

#include <stdbool.h>

/* Prints the verb's usage on the standard output; false when there is no such verb. "" prints all
 * verbs. */
bool usage_show(const char *verb, enum language language);
/* Says on the standard error that the argument is not understood and where help is;
 * EXIT_IMPOSSIBLE. */
MUST_USE int usage_refuse(const char *verb, const char *argument, enum language language);

#endif
