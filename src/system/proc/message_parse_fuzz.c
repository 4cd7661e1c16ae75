/* Property: what parses is a view inside the bytes, and writing its head again gives the same
 * bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/message_parse.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct message m;
        struct message_head head;

        if (message_parse(&m, data, size) != 0)
                return 0;
        assert(m.body.data == (const char *)data + sizeof(head));
        assert(m.body.len + sizeof(head) == size && m.fd == -1);
        message_head_fill(&head, m.type, m.id, m.body.len);
        assert(memcmp(&head, data, sizeof(head)) == 0);
        return 0;
}
