/* system/os/proc_net_parse_fuzz.c: what parses has an inode and ports in the line's own digits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "system/os/proc_net_parse.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct text rest = { (const char *)data, size }, line;

        while (size && text_split(&line, &rest, '\n')) {
                struct proc_net_line n;
                char digits[32];

                if (proc_net_parse_line(&n, line))
                        continue;
                (void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n.inode);
                assert(memmem(line.data, line.len, digits, strlen(digits)));
        }
        return 0;
}
