/* workstation/sweep/finding.c: see finding.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/finding.h"
#include "base/mem.h"

#include <string.h>

void finding_list_clear(struct finding_list *l)
{
        for (size_t i = 0; i < l->count; i++) {
                mem_free(l->at[i].rule);
                mem_free(l->at[i].member);
        }
        l->count = l->left_out = 0;
}

void finding_list_done(struct finding_list *l)
{
        finding_list_clear(l);
        mem_free(l->at);
        *l = (struct finding_list){ .at = NULL };
}

int finding_add(struct finding_list *l, const struct finding *f)
{
        AUTO(mem_free_at) char *rule = NULL;
        AUTO(mem_free_at) char *member = NULL;

        if (l->count >= FINDINGS_MAX) {
                l->left_out++;
                return 0;
        }
        if (l->count == l->room) {
                size_t room = l->room ? l->room * 2 : 4;
                struct finding *grown = mem_grow(l->at, room, sizeof(*grown));

                if (!grown)
                        return ERR_MEMORY;
                l->at = grown;
                l->room = room;
        }
        rule = mem_copy_text(f->rule, strlen(f->rule));
        member = f->member ? mem_copy_text(f->member, strlen(f->member)) : NULL;
        if (!rule || (f->member && !member))
                return ERR_MEMORY;
        l->at[l->count] = *f;
        l->at[l->count].rule = MOVE(rule);
        l->at[l->count].member = MOVE(member);
        l->count++;
        return 0;
}
