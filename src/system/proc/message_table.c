/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/message.h"

int message_dispatch(
    const struct message_table *table, uint32_t state_bit, void *state, const struct message *m)
{
        for (size_t i = 0; i < table->count; i++) {
                const struct message_rule *rule = &table->rules[i];
                if (rule->type != m->type)
                        continue;
                if (!(rule->states & state_bit) || m->body.len < rule->min_bytes ||
                    m->body.len > rule->max_bytes || rule->with_fd != (m->fd >= 0))
                        return ERR_UNTRUSTED;
                return rule->handle(state, m);
        }
        return ERR_UNTRUSTED;
}
