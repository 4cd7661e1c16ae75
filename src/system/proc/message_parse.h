/* system/proc/message_parse.h: the bytes of one message, as a possibly hostile peer sent them, to a
 * view. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SYSTEM_PROC_MESSAGE_PARSE_H
#define CANH_SYSTEM_PROC_MESSAGE_PARSE_H

#include "system/proc/message.h"

/* Travels between processes of one program on one machine: native byte order. */
struct message_head {
        uint32_t mark; /* MESSAGE_MARK */
        uint32_t type;
        uint32_t id;
        uint32_t body_bytes; /* exactly what follows */
};

enum {
        MESSAGE_MARK = 0x484e4143,
        MESSAGE_BYTES_MAX = MESSAGE_BODY_MAX + sizeof(struct message_head)
};

/* out->body views bytes; out->fd is -1. FORMAT unless head and length agree exactly. */
MUST_USE int message_parse(struct message *out, const void *bytes, size_t len);
void message_head_fill(struct message_head *out, uint32_t type, uint32_t id, size_t body_bytes);

#endif
