/* workstation/sweep/engine_clamd.c: ClamAV's daemon, asked over its socket by whoever is handed in:
 * this folder speaks to nobody. Its part is its version with that of its database, so that a new
 * database asks it about every file again. It opens archives itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/clamd_parse.h"
#include "workstation/sweep/engine.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

struct engine_clamd {
        struct engine engine;
        struct engine_peer peer;
        int part;
};

static int parts(struct engine *engine, struct part_table *t, int *out, size_t *count)
{
        struct engine_clamd *e = (struct engine_clamd *)engine;
        struct sha256 digest = sha256_of(engine->generation, strlen(engine->generation));
        int err = part_add(&e->part, t, &digest);

        out[0] = e->part;
        *count = 1;
        return err;
}

static enum engine_need need(struct engine *engine, const struct held *held)
{
        const struct engine_clamd *e = (const struct engine_clamd *)engine;

        return verdict_state_holds(held->state, held->generation, e->part) ? ENGINE_NEED_NOTHING
                                                                           : ENGINE_NEED_BYTES;
}

static int match(struct engine *engine, const struct held *held, const struct engine_file *file,
    const struct engine_sink *sink)
{
        const struct engine_clamd *e = (const struct engine_clamd *)engine;
        AUTO(buffer_done) struct buffer answer = BUFFER(CLAMD_ANSWER_MAX);
        enum clamd_verdict verdict = CLAMD_CLEAN;
        char name[CLAMD_NAME_MAX];
        int err;

        if (need(engine, held) == ENGINE_NEED_NOTHING)
                return 0;
        err = e->peer.ask(e->peer.state, &answer, ENGINE_ASK_STREAM, file->bytes);
        if (!err)
                err = clamd_answer_parse(&verdict, name, (struct text){ answer.data, answer.len });
        if (!err && verdict == CLAMD_FOUND)
                sink->hit(sink->state, name);
        return err;
}

static void clamd_free(struct engine *engine)
{
        mem_free(engine);
}

int engine_clamd_new(struct engine **out, const struct engine_peer *peer)
{
        AUTO(buffer_done) struct buffer answer = BUFFER(CLAMD_ANSWER_MAX);
        AUTO(mem_free_at) struct engine_clamd *e = mem_zero(1, sizeof(*e));
        char version[CLAMD_NAME_MAX];
        int err = e ? peer->ask(peer->state, &answer, ENGINE_ASK_VERSION, TEXT("")) : ERR_MEMORY;

        if (!err)
                err = clamd_version_parse(version, (struct text){ answer.data, answer.len });
        if (err)
                return err;
        *e = (struct engine_clamd){ .engine = { .name = "clamav",
                                        .opens_archives = true,
                                        .skips_vouched = true,
                                        .parts = parts,
                                        .need = need,
                                        .match = match,
                                        .free = clamd_free },
                .peer = *peer };
        (void)snprintf(e->engine.generation, sizeof(e->engine.generation), "%s", version);
        *out = &e->engine;
        e = NULL;
        return 0;
}
