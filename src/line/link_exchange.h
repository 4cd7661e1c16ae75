/* line/link_exchange.h: the calls of the agents' door (docs/formats/agent-report.md), each once.
 * Part of the process that holds the line.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_LINK_EXCHANGE_H
#define CANH_LINE_LINK_EXCHANGE_H

#include "base/log.h"
#include "line/agent_state.h"
#include "line/bundle.h"
#include "line/bundle_manifest_parse.h"

struct https_client;
struct https_answer;

/* As log_line: a library does not log by itself. */
typedef void (*link_tell)(enum log_level level, const char *who, const char *format, ...)
    PRINTF_LIKE(3, 4);

struct link_exchange_options {
        const struct agent_state *state;
        struct agent_identity *me;
        int renew_days;
        const char *reports; /* where its kind of reports is taken: "/agent/v1/reports" */
        const char *who;     /* for the log */
        link_tell tell;
        /* Reads what its kind of machine is told besides; NULL. */
        int (*on_work)(void *state, struct text answer);
        void *on_work_state;
};

struct link_exchange {
        const struct agent_state *state;
        struct agent_identity *me;
        struct https_client *client; /* NULL = not connected */
        int renew_days;
        time_ms renewed;  /* on the steady clock, 0 = not yet: at most once a day */
        struct work work; /* the last answer */
        char refused_generation[GENERATION_MAX]; /* not asked for again */
        const char *reports, *who;
        link_tell tell;
        int (*on_work)(void *state, struct text answer);
        void *on_work_state;
};

/* Keeps views of what the options name. */
MUST_USE int link_exchange_init(struct link_exchange *x, const struct link_exchange_options *o);
void link_exchange_done(struct link_exchange *x);
void link_exchange_hang_up(struct link_exchange *x);
/* One request with our certificate. BUSY: the centre has trouble or too many ask; else as
 * https_client_ask. */
MUST_USE int link_ask(struct link_exchange *x, struct https_answer *answer, const char *method,
    const char *path, struct text body, int timeout_ms);
/* Sends all reports of the outbox, oldest first; each leaves it when it was acknowledged. */
MUST_USE int link_deliver(struct link_exchange *x);
/* Asks for orders; with `wait` the centre may hold the answer for 25 s. */
MUST_USE int link_fetch_work(struct link_exchange *x, bool wait);
/* Takes a newer bundle, if the last answer named one. A bad one is logged and left. */
MUST_USE int link_fetch_bundle(struct link_exchange *x);
/* A new certificate when fewer than renew_days (0: 100) are left of the one in use. */
MUST_USE int link_renew(struct link_exchange *x);

#endif
