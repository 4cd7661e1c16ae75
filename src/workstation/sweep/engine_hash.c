/* workstation/sweep/engine_hash.c: lists of digests. A part is all that is listed of one kind: new
 * SHA-256 are compared with what is known of unchanged files, new MD5 or SHA-1 need their bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/engine.h"
#include "base/mem.h"
#include "system/os/hash.h"

#include <stdio.h>
#include <string.h>

enum { GENERATION_CHARS = 16 };

struct engine_hash {
        struct engine engine;
        const struct hash_list *list;
        int part[HASH_KINDS]; /* PART_NONE: nothing of this kind is listed */
};

static int parts(struct engine *engine, struct part_table *t, int *out, size_t *count)
{
        struct engine_hash *e = (struct engine_hash *)engine;

        *count = 0;
        for (int k = 0; k < HASH_KINDS; k++) {
                struct sha256 digest = hash_list_digest(e->list, (enum hash_kind)k);
                int err = hash_list_has_kind(e->list, (enum hash_kind)k)
                              ? part_add(&e->part[k], t, &digest)
                              : 0;

                if (err)
                        return err;
                if (e->part[k] != PART_NONE)
                        out[(*count)++] = e->part[k];
        }
        return 0;
}

static bool is_missing(const struct engine_hash *e, const struct held *held, int kind)
{
        return e->part[kind] != PART_NONE &&
               !verdict_state_holds(held->state, held->generation, e->part[kind]);
}

static enum engine_need need(struct engine *engine, const struct held *held)
{
        const struct engine_hash *e = (const struct engine_hash *)engine;

        if (is_missing(e, held, HASH_KIND_MD5) || is_missing(e, held, HASH_KIND_SHA1))
                return ENGINE_NEED_BYTES;
        return is_missing(e, held, HASH_KIND_SHA256) ? ENGINE_NEED_CONTENT : ENGINE_NEED_NOTHING;
}

/* One hit a file, under the name of the strongest digest that is listed. */
static int match(struct engine *engine, const struct held *held, const struct engine_file *file,
    const struct engine_sink *sink)
{
        static const enum hash_method methods[HASH_KINDS] = { HASH_METHOD_MD5, HASH_METHOD_SHA1,
                HASH_METHOD_SHA256 };
        const struct engine_hash *e = (const struct engine_hash *)engine;
        const char *name = NULL;

        for (int k = HASH_KINDS - 1; k >= 0 && !name; k--) {
                uint8_t digest[SHA256_BYTES];

                if (!is_missing(e, held, k))
                        continue;
                if (k == HASH_KIND_SHA256)
                        memcpy(digest, file->content->bytes, sizeof(digest));
                else if (!hash_bytes(digest, methods[k], file->bytes))
                        return ERR_BUG;
                name = hash_list_find(e->list, (enum hash_kind)k, digest);
        }
        if (name)
                sink->hit(sink->state, name);
        return 0;
}

static void hash_free(struct engine *engine)
{
        mem_free(engine);
}

int engine_hash_new(struct engine **out, const struct hash_list *list)
{
        struct engine_hash *e = mem_zero(1, sizeof(*e));
        struct sha256 all[HASH_KINDS];
        char hex[SHA256_HEX_MAX];

        if (!e)
                return ERR_MEMORY;
        *e = (struct engine_hash){ .engine = { .name = "hash",
                                       .parts = parts,
                                       .need = need,
                                       .match = match,
                                       .free = hash_free },
                .list = list };
        for (int k = 0; k < HASH_KINDS; k++) {
                e->part[k] = PART_NONE;
                all[k] = hash_list_digest(list, (enum hash_kind)k);
        }
        all[0] = sha256_of(all, sizeof(all));
        (void)snprintf(e->engine.generation, sizeof(e->engine.generation), "%.*s", GENERATION_CHARS,
            sha256_write(hex, &all[0]));
        *out = &e->engine;
        return 0;
}
