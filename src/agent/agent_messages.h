/* agent/agent_messages.h: what the agent's processes say to each other (system/proc/message.h).
 * link asks the root of the program for work, the root starts a scan child for it, the child
 * answers, the root passes it on.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_AGENT_MESSAGES_H
#define CANH_AGENT_AGENT_MESSAGES_H

#include "codec/ulid.h"
#include "system/proc/message.h"

enum agent_message {
        AGENT_WORK = 1, /* link -> root -> scan: struct agent_work */
        AGENT_RESULT /* scan -> root -> link: struct agent_result, and a sealed memory file with the
                        report's body */
        ,
        CLAMD_ASK,   /* scan -> clamd: enum engine_ask as uint32_t, and a sealed memory file */
        CLAMD_ANSWER /* clamd -> scan: struct clamd_answer */
};

enum work_kind {
        WORK_INVENTORY = 1,
        WORK_SWEEP,
        WORK_CONNECTIONS,
        WORK_CONNECTIONS_QUIET,
        WORK_RESTORE
};

struct agent_work {
        uint32_t kind;
        char order[ULID_MAX]; /* "" = by schedule */
        char reason[16];
        char argument[1024];
};

struct agent_result {
        uint32_t kind;
        int32_t err;
        char order[ULID_MAX];
        bool with_body; /* then the handle holds it; else it is an empty memory file */
};

struct clamd_answer {
        int32_t err;
        uint32_t len;
        char text[4096];
};

#endif
