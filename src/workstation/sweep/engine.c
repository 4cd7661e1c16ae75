/* workstation/sweep/engine.c: what all engines share. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/engine.h"

struct engine *engine_free(struct engine *e)
{
        if (e)
                e->free(e);
        return NULL;
}

void engine_free_at(struct engine **e)
{
        *e = engine_free(*e);
}
