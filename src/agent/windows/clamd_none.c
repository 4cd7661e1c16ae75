/* agent/windows/clamd_none.c: proc_clamd.h where ClamAV has no unix socket: the report says that it
 * was not asked. SPDX-License-Identifier: Apache-2.0 */
#include "agent/proc_clamd.h"

int clamd_line_open(struct clamd_line *out, const char *socket_path)
{
        (void)socket_path;
        *out = (struct clamd_line){ .socket = -1 };
        return ERR_UNSUPPORTED;
}

void clamd_line_close(struct clamd_line *l)
{
        *l = (struct clamd_line){ .socket = -1 };
}

int clamd_line_ask(void *line, struct buffer *answer, enum engine_ask what, struct text bytes)
{
        (void)line;
        (void)answer;
        (void)what;
        (void)bytes;
        return ERR_UNSUPPORTED;
}
