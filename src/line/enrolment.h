/* line/enrolment.h: how a machine becomes known to a centre: a token, a key, a certificate for it.
 * From: the commands `enrol`. To: the state folder (agent_identity_save). One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_LINE_ENROLMENT_H
#define CANH_LINE_ENROLMENT_H

#include "line/agent_state.h"

enum { ENROLMENT_WHY_MAX = 200 };

struct enrolment {
        const char *centre, *token;
        const char *host, *os_name, *machine_key; /* what this machine is */
        const char *kind;                         /* "agent", "sensor" */
        struct agent_identity me;                 /* initialised; filled */
        char refusal[ENROLMENT_WHY_MAX];          /* of DENIED: the centre's words */
};

/* LIMIT: the token is cut or wrong; EXISTS: the centre's address is not valid; UNTRUSTED: the
 * server is not the centre that gave the token; DENIED: the centre refused; FORMAT: its answer is
 * not valid; else as https_client_ask. */
MUST_USE int enrolment_ask(struct enrolment *e);

#endif
