/* sensor/role.c: see role.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/role.h"
#include "base/log.h"
#include "base/mem.h"
#include "system/proc/message_parse.h"

#include <unistd.h>

int role_line_init(struct role_line *l, int socket, const struct message_table *table, void *state)
{
        *l = (struct role_line){ .socket = socket, .table = table, .state = state };
        l->room = mem_zero(1, MESSAGE_BYTES_MAX);
        return l->room ? 0 : ERR_MEMORY;
}

void role_line_done(struct role_line *l)
{
        mem_free(l->room);
        l->room = NULL;
}

static int take_end(void *state, const struct message *m)
{
        struct role_line *l = state;

        (void)m;
        l->ending = true;
        return 0;
}

static const struct message_rule end_rules[] = { { SENSOR_END, 0, 0, ROLE_STATE, false,
    take_end } };
static const struct message_table end_table = { end_rules, ARRAY_LEN(end_rules) };

int role_line_listen(struct role_line *l)
{
        struct message m;
        int err;

        while ((err = message_receive(&m, l->socket, l->room, MESSAGE_BYTES_MAX, 0)) == 0) {
                bool ours = m.type == SENSOR_END || !l->table;

                err = message_dispatch(
                    ours ? &end_table : l->table, ROLE_STATE, ours ? l : l->state, &m);
                if (err)
                        return err;
        }
        return err == ERR_BUSY ? 0 : err;
}

int role_line_tell(struct role_line *l, const struct sensor_counts *counts, bool now)
{
        time_ms at = clock_steady(&clock_real);

        if (!now && at - l->told_at < ROLE_TELL_MS)
                return 0;
        l->told_at = at;
        return message_send(l->socket, SENSOR_COUNTS, 0,
            (struct text){ (const char *)counts, sizeof(*counts) }, -1);
}

int role_status(int err)
{
        return err == ERR_UNTRUSTED ? ROLE_RING_BROKEN : err ? 1 : 0;
}

int role_confine_to(const char *who, enum confine_profile profile,
    const struct confine_folder *folders, size_t count)
{
        const struct confine_request request = {
                .profile = profile, .folders = folders, .folder_count = count
        };
        struct confine_report report;
        int err = confine_apply(&report, &request);

        if (err)
                log_line(LOG_LEVEL_ERROR, who, "cannot be confined: %s", err_text(err));
        else if (count && !report.folders_fenced)
                log_line(LOG_LEVEL_WARNING, who,
                    "this kernel has no Landlock: the process is not fenced from other files");
        return err;
}

int role_confine(
    const char *who, enum confine_profile profile, const char *folder, enum confine_access access)
{
        const struct confine_folder one = { folder, access };

        return role_confine_to(who, profile, &one, folder ? 1 : 0);
}
