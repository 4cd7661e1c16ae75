/* centre/agents/visit.h: one call at the agents' door, as its handlers get it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_AGENTS_VISIT_H
#define CANH_CENTRE_AGENTS_VISIT_H

#include "centre/web/route.h"
#include "codec/ulid.h"
#include "system/net/http_server.h"

struct visit {
        struct call call;
        struct reply reply;
        struct http_request *request;
        char machine_id[ULID_MAX]; /* by its certificate */
        bool wait;                 /* answer later */
};

#endif
