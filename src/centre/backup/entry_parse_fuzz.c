/* What parses is written again as it was, and stays below the data folder.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/backup/entry_parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        unsigned char head[ENTRY_BYTES] = { 0 }, again[ENTRY_BYTES];
        struct backup_entry e;

        memcpy(head, data, size < sizeof(head) ? size : sizeof(head));
        if (entry_parse(&e, head) != 0)
                return 0;
        entry_write(again, &e);
        if (memcmp(head, again, sizeof(head)) != 0 || e.name[0] == '/' || strstr(e.name, "/../"))
                abort();
        return 0;
}
