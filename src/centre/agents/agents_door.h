/* centre/agents/agents_door.h: the port of the agents (docs/formats/agent-report.md). Every call
 * but enrolment needs a client certificate of our authority that is valid, not revoked and names a
 * machine in use. Limits: 8 MiB a report; 20 enrolments a minute and address; 120 reports a minute
 * and machine: 429 beyond.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_AGENTS_DOOR_H
#define CANH_CENTRE_AGENTS_AGENTS_DOOR_H

#include "system/net/http_server.h"

/* For http_server_options; state is the office. */
enum http_verdict agents_door_answer(void *state, struct http_request *request);
size_t agents_door_body_limit(void *state, const char *method, const char *path);

#endif
