/* centre/supervisor.h: the parent: starts keys, reader, fetch and web, and starts again what ended.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_SUPERVISOR_H
#define CANH_CENTRE_SUPERVISOR_H

#include <stdint.h>

struct settings;

/* What the parent tells web: a process (again) stands at the end of the socket that comes with it.
 */
enum { SUPERVISOR_PEER = 1 };
enum supervisor_role { ROLE_OF_KEYS, ROLE_OF_READER, ROLE_OF_FETCH, ROLE_OF_WEB, ROLES_COUNT };
struct supervisor_peer {
        int32_t role;
        int32_t pid;
};

/* A role that ends with this status could not start at all: so does the program. */
enum { EXIT_CANNOT_START = 2 };

/* Runs until SIGTERM or SIGINT, or until something cannot start. The exit status. */
int supervisor_run(const struct settings *settings);

#endif
