/* base/arena.c: see arena.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/mem.h"

#include <stdalign.h>
#include <string.h>

enum { BLOCK_BYTES = 16384 };

struct block {
        struct block *next;
        size_t used, room;
        alignas(max_align_t) char bytes[];
};

struct arena {
        struct block *newest;
        size_t used, max;
};

int arena_new(struct arena **out, size_t max_bytes)
{
        struct arena *a = mem_zero(1, sizeof(*a));

        if (!a)
                return ERR_MEMORY;
        a->max = max_bytes;
        *out = a;
        return 0;
}

struct arena *arena_free(struct arena *a)
{
        if (!a)
                return NULL;
        while (a->newest) {
                struct block *next = a->newest->next;
                mem_free(a->newest);
                a->newest = next;
        }
        mem_free(a);
        return NULL;
}

void arena_free_at(struct arena **a)
{
        *a = arena_free(*a);
}

static struct block *block_with_room(struct arena *a, size_t need)
{
        struct block *b = a->newest;
        size_t room;

        if (b && b->room - b->used >= need)
                return b;
        room = need > BLOCK_BYTES ? need : BLOCK_BYTES;
        b = mem_zero(1, sizeof(*b) + room);
        if (!b)
                return NULL;
        b->room = room;
        b->next = a->newest;
        a->newest = b;
        return b;
}

void *arena_zero(struct arena *a, size_t count, size_t size)
{
        size_t need;
        struct block *b;
        void *out;

        if (size && count > (SIZE_MAX - alignof(max_align_t)) / size)
                return NULL;
        need = (count * size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
        if (need > a->max - a->used)
                return NULL;
        b = block_with_room(a, need);
        if (!b)
                return NULL;
        out = b->bytes + b->used;
        b->used += need;
        a->used += need;
        return out;
}

const char *arena_text(struct arena *a, struct text t)
{
        char *copy = arena_zero(a, t.len + 1, 1);

        if (copy && t.len)
                memcpy(copy, t.data, t.len);
        return copy;
}

size_t arena_used(const struct arena *a)
{
        return a->used;
}
