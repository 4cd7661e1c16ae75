/* workstation/sweep/link_table.c: open addressing, at most half full.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/link_table.h"
#include "base/mem.h"

#include <string.h>

struct slot {
        uint64_t dev, ino, bytes;
        struct finding_list found;
        bool used;
};

struct link_table {
        struct slot *slots;
        size_t room, count; /* room: a power of two */
};

enum { FIRST_ROOM = 256 };

int link_table_new(struct link_table **out)
{
        struct link_table *t = mem_zero(1, sizeof(*t));

        if (t)
                t->slots = mem_zero(FIRST_ROOM, sizeof(*t->slots));
        if (!t || !t->slots) {
                mem_free(t);
                return ERR_MEMORY;
        }
        t->room = FIRST_ROOM;
        *out = t;
        return 0;
}

struct link_table *link_table_free(struct link_table *t)
{
        for (size_t i = 0; t && i < t->room; i++)
                finding_list_done(&t->slots[i].found);
        if (t)
                mem_free(t->slots);
        mem_free(t);
        return NULL;
}

static struct slot *place(struct slot *slots, size_t room, uint64_t dev, uint64_t ino)
{
        size_t i = (size_t)((ino ^ (dev << 32)) * 0x9E3779B97F4A7C15u >> 20) & (room - 1);

        while (slots[i].used && (slots[i].dev != dev || slots[i].ino != ino))
                i = (i + 1) & (room - 1);
        return &slots[i];
}

static int grow(struct link_table *t)
{
        struct slot *slots = mem_zero(t->room * 2, sizeof(*slots));

        if (!slots)
                return ERR_MEMORY;
        for (size_t i = 0; i < t->room; i++)
                if (t->slots[i].used)
                        *place(slots, t->room * 2, t->slots[i].dev, t->slots[i].ino) = t->slots[i];
        mem_free(t->slots);
        t->slots = slots;
        t->room *= 2;
        return 0;
}

int link_table_add(struct link_table *t, uint64_t dev, uint64_t ino, uint64_t bytes,
    const struct finding_list *found)
{
        struct finding_list copy = { .at = NULL };
        struct slot *s;
        int err = t->count * 2 >= t->room ? grow(t) : 0;

        if (err)
                return err;
        s = place(t->slots, t->room, dev, ino);
        if (!s->used && t->count >= LINKS_MAX)
                return 0;
        for (size_t i = 0; !err && i < found->count; i++)
                err = finding_add(&copy, &found->at[i]);
        if (err) {
                finding_list_done(&copy);
                return err;
        }
        t->count += !s->used;
        finding_list_done(&s->found);
        *s = (struct slot){ .dev = dev, .ino = ino, .bytes = bytes, .found = copy, .used = true };
        return 0;
}

const struct finding_list *link_table_find(
    const struct link_table *t, uint64_t dev, uint64_t ino, uint64_t bytes)
{
        const struct slot *s = place(t->slots, t->room, dev, ino);

        return s->used && s->bytes == bytes ? &s->found : NULL;
}
