/* workstation/sweep/container_none.c: container.h without libarchive: an archive is matched as the
 * bytes that it is. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/container.h"

bool container_can_open(void)
{
        return false;
}

int container_open(enum container_end *out, struct text bytes,
    const struct container_limits *limits, const struct container_sink *sink)
{
        (void)bytes;
        (void)limits;
        (void)sink;
        *out = CONTAINER_WHOLE;
        return 0;
}
