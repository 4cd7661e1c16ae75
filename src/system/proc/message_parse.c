/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/message_parse.h"

int message_parse(struct message *out, const void *bytes, size_t len)
{
        struct message_head head;

        if (len < sizeof(head) || len > MESSAGE_BYTES_MAX)
                return ERR_FORMAT;
        memcpy(&head, bytes, sizeof(head));
        if (head.mark != MESSAGE_MARK || head.body_bytes != len - sizeof(head))
                return ERR_FORMAT;
        *out = (struct message){
                .type = head.type,
                .id = head.id,
                .body = { (const char *)bytes + sizeof(head), head.body_bytes },
                .fd = -1,
        };
        return 0;
}

void message_head_fill(struct message_head *out, uint32_t type, uint32_t id, size_t body_bytes)
{
        *out = (struct message_head){ MESSAGE_MARK, type, id, (uint32_t)body_bytes };
}
