/* agent/link_exchange.h: the calls of the agents' door (docs/formats/agent-report.md), each once.
 * Part of the link process.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_LINK_EXCHANGE_H
#define CANH_AGENT_LINK_EXCHANGE_H

#include "agent/agent_state.h"
#include "agent/bundle.h"
#include "agent/manifest_parse.h"

struct https_client;

struct link_exchange {
        const struct agent_state *state;
        struct agent_identity *me;
        struct https_client *client; /* NULL = not connected */
        int renew_days;
        time_ms renewed;  /* on the steady clock, 0 = not yet: at most once a day */
        struct work work; /* the last answer */
        char refused_generation[GENERATION_MAX]; /* not asked for again */
};

MUST_USE int link_exchange_init(struct link_exchange *x, const struct agent_state *s,
    struct agent_identity *me, int renew_days);
void link_exchange_done(struct link_exchange *x);
void link_exchange_hang_up(struct link_exchange *x);
/* Sends all reports of the outbox, oldest first; each leaves it when it was acknowledged. */
MUST_USE int link_deliver(struct link_exchange *x);
/* Asks for orders; with `wait` the centre may hold the answer for 25 s. */
MUST_USE int link_fetch_work(struct link_exchange *x, bool wait);
/* Takes a newer bundle, if the last answer named one. A bad one is logged and left. */
MUST_USE int link_fetch_bundle(struct link_exchange *x);
/* A new certificate when fewer than renew_days (0: 100) are left of the one in use. */
MUST_USE int link_renew(struct link_exchange *x);

#endif
