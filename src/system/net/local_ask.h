/* system/net/local_ask.h: one question to another program on this machine over its unix socket, and
 * its answer, up to a zero byte, a line feed or the end. From: the sweep's engine for clamd.
 * Limits: the answer's room, one deadline for all of it. Any thread. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_SYSTEM_NET_LOCAL_ASK_H
#define CANH_SYSTEM_NET_LOCAL_ASK_H

#include "base/buffer.h"
#include "base/text.h"

struct local_question {
        const char *path;         /* of the socket */
        const struct text *parts; /* sent one behind the other */
        size_t part_count;
        int timeout_ms;
};

/* MISSING: nobody listens; DENIED; BUSY: out of time; CLOSED: no answer; LIMIT: longer than the
 * room. A peer that answers and hangs up before it has read everything has answered. */
MUST_USE int local_ask(struct buffer *answer, const struct local_question *q);

#endif
