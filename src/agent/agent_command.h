/* agent/agent_command.h: the verbs of canh-agent: one file each. argv[0] is the verb; they return
 * the exit status.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_AGENT_COMMAND_H
#define CANH_AGENT_AGENT_COMMAND_H

#include "base/language.h"

enum { EXIT_GOOD = 0, EXIT_FOUND = 1, EXIT_IMPOSSIBLE = 2 };

int command_enrol(int argc, char **argv, enum language language);
int command_run(int argc, char **argv, enum language language);
int command_check(int argc, char **argv, enum language language);
int command_status(int argc, char **argv, enum language language);

#endif
