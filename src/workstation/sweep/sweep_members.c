/* workstation/sweep/sweep_members.c: what is inside an archive is asked about like a file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/sweep.h"
#include "workstation/sweep/sweep_internal.h"
#include "system/os/hash.h"

enum {
        DEPTH_MAX = 6,
        MEMBERS_MAX = 50000,
        MEMBER_BYTES_MAX = 64 << 20,
        BYTES_MAX = 512 << 20,
        RATIO_MAX = 250
};

struct inside {
        struct sweep *s;
        struct held held;
        const struct engine_file *file;
        int worst;
};

static int on_member(void *state, const struct container_member *m)
{
        struct inside *in = state;
        struct sweep *s = in->s;
        struct engine_file file = *in->file;
        struct sha256 content;
        int err;

        if (!hash_bytes(content.bytes, HASH_METHOD_SHA256, m->bytes))
                return ERR_BUG;
        buffer_clear(&s->member_path);
        err = buffer_add_format(&s->member_path, "%s!%s", in->file->path, m->way);
        if (err)
                return err == ERR_LIMIT ? 0 : err;
        file.name = m->name;
        file.path = s->member_path.data;
        file.bytes = m->bytes;
        file.content = &content;
        s->counts.members++;
        err = sweep_engines_ask(s, &in->held, &file, m->way);
        if (err != ERR_MEMORY && !in->worst)
                in->worst = err;
        return err == ERR_MEMORY ? err : 0;
}

int sweep_members_ask(enum container_end *end, struct sweep *s, const struct held *held,
    const struct engine_file *file)
{
        const struct container_limits limits = { .depth_max = DEPTH_MAX,
                .members_max = MEMBERS_MAX,
                .member_bytes_max = MEMBER_BYTES_MAX,
                .bytes_max = BYTES_MAX,
                .ratio_max = RATIO_MAX,
                .time_max = (time_ms)s->options.file_seconds_max * SECOND_MS,
                .clock = s->options.clock };
        struct inside in = { .s = s, .held = *held, .file = file };
        struct container_sink sink = { on_member, &in };
        int err;

        /* content that was clean when its members were not looked at says nothing of them */
        if (!verdict_state_holds(s->state, held->generation, s->archive_part))
                in.held.generation = GENERATION_NONE;
        err = container_open(end, file->bytes, &limits, &sink);
        return err ? err : in.worst;
}
