/* system/proc/question.h: asks another process and waits for its answer, from many threads at once
 * over one socket. The other process may die and come back: who waits then is told CLOSED, and the
 * line works again as soon as a new socket is attached. Limit: 64 questions under way (BUSY
 * beyond).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_QUESTION_H
#define CANH_SYSTEM_PROC_QUESTION_H

#include "base/buffer.h"
#include "system/proc/message.h"

enum { QUESTIONS_MAX = 64 };

struct question_line;

struct answer {
        uint32_t type;
        struct buffer body;
        int fd; /* -1 = none */
};
void answer_done(struct answer *a);

/* Starts a line with its receiving thread; nobody at the other end yet. */
MUST_USE int question_line_new(struct question_line **out);
struct question_line *question_line_free(
    struct question_line *line); /* nobody may be asking any more */
/* Takes the socket; who waits for an answer over an earlier one gets CLOSED. */
void question_line_attach_own(struct question_line *line, int socket);
/* fd -1 = none; the caller keeps it. BUSY: nobody there, too many, or no answer in time; CLOSED:
 * the other process ended before it answered. *out belongs to the caller (answer_done). */
MUST_USE int question_ask(struct answer *out, struct question_line *line, uint32_t type,
    struct text body, int fd, int timeout_ms);

#endif
