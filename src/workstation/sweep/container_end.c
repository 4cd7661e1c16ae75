/* workstation/sweep/container_end.c: the words of container.h. SPDX-License-Identifier: Apache-2.0
 */
#include "workstation/sweep/container.h"

const char *container_end_name(enum container_end end)
{
        static const char *const names[CONTAINER_ENDS] = { "", "damaged", "encrypted",
                "member_too_large", "too_deep", "too_many_members", "too_much_unpacked", "ratio",
                "time" };

        return names[end];
}
