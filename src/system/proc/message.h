/* system/proc/message.h: what our processes say to each other over a socket pair (SOCK_SEQPACKET).
 * A message is a header and a body of known bounds, at most one file handle beside it. Every
 * process has one const table of what it accepts, with exact or greatest sizes and the states in
 * which it is allowed; anything else ends the connection: a peer that breaks the rules has been
 * taken over.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_MESSAGE_H
#define CANH_SYSTEM_PROC_MESSAGE_H

#include "base/text.h"

enum {
        MESSAGE_BODY_MAX = 64 << 10
}; /* larger things travel as a handle to sealed memory (memfd) */

struct message {
        uint32_t type;
        uint32_t id;      /* answers carry the id of the question */
        struct text body; /* lives until the next receive */
        int fd;           /* -1 = none; belongs to whoever received it */
};

/* One line of a process's table. min == max: exact size. */
struct message_rule {
        uint32_t type;
        uint32_t min_bytes, max_bytes;
        uint32_t states; /* bit mask of the states in which it may come */
        bool with_fd;
        int (*handle)(void *state, const struct message *m);
};

struct message_table {
        const struct message_rule *rules;
        size_t count;
};

/* Sends one message; fd -1 = none (the caller keeps its handle). CLOSED, LIMIT, IO. */
MUST_USE int message_send(int socket, uint32_t type, uint32_t id, struct text body, int fd);
/* Receives one into buf[MESSAGE_BODY_MAX + header]. CLOSED at the end; FORMAT when cut or with more
 * than one handle. timeout_ms < 0 waits for ever; BUSY when it passed. */
MUST_USE int message_receive(
    struct message *out, int socket, void *buf, size_t room, int timeout_ms);
/* Checks m against the table in this state and calls its handler. UNTRUSTED when no rule allows it.
 */
MUST_USE int message_dispatch(
    const struct message_table *table, uint32_t state_bit, void *state, const struct message *m);

#endif
