/* agent/proc_clamd.h: the process that speaks to ClamAV's daemon for the scanning process, which
 * has no sockets. Started before the scanner gives up its rights. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_AGENT_PROC_CLAMD_H
#define CANH_AGENT_PROC_CLAMD_H

#include "workstation/sweep/engine.h"

struct clamd_line {
        int socket, pid;
        void *room;
};

/* Starts the process; *out is closed by clamd_line_close, which waits for its end. */
MUST_USE int clamd_line_open(struct clamd_line *out, const char *socket_path);
void clamd_line_close(struct clamd_line *l);
/* The ask of a struct engine_peer whose state is the line. */
int clamd_line_ask(void *line, struct buffer *answer, enum engine_ask what, struct text bytes);

#endif
