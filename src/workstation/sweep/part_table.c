/* workstation/sweep/part_table.c: see part_table.h. SPDX-License-Identifier: Apache-2.0 */
#include "workstation/sweep/part_table.h"
#include "base/mem.h"

#include <string.h>

enum { FIRST_ROOM = 64, TEXT_BYTES_MAX = 16 << 20 };

int part_table_init(struct part_table *t)
{
        *t = (struct part_table){ .texts = BUFFER(TEXT_BYTES_MAX) };
        return buffer_add_byte(&t->texts, '\0');
}

void part_table_done(struct part_table *t)
{
        mem_free(t->at);
        mem_free(t->index);
        buffer_done(&t->texts);
        *t = (struct part_table){ .at = NULL };
}

/* A digest is as good as chance: its first bytes say where it goes. */
static size_t slot_of(
    const uint32_t *index, size_t slots, const struct part *at, const struct sha256 *digest)
{
        uint64_t first;
        size_t i;

        memcpy(&first, digest->bytes, sizeof(first));
        i = (size_t)first & (slots - 1);
        while (index[i] && memcmp(&at[index[i] - 1].digest, digest, sizeof(*digest)) != 0)
                i = (i + 1) & (slots - 1);
        return i;
}

int part_find(const struct part_table *t, const struct sha256 *digest)
{
        return t->room ? (int)t->index[slot_of(t->index, t->room * 2, t->at, digest)] - 1
                       : PART_NONE;
}

static int grow(struct part_table *t)
{
        size_t room = t->room ? t->room * 2 : FIRST_ROOM;
        AUTO(mem_free_at) uint32_t *index = mem_zero(room * 2, sizeof(*index));
        struct part *at = index ? mem_grow(t->at, room, sizeof(*at)) : NULL;

        if (!at)
                return ERR_MEMORY;
        t->at = at;
        for (size_t i = 0; i < t->count; i++)
                index[slot_of(index, room * 2, at, &at[i].digest)] = (uint32_t)i + 1;
        mem_free(t->index);
        t->index = MOVE(index);
        t->room = room;
        return 0;
}

int part_add(int *out, struct part_table *t, const struct sha256 *digest)
{
        int there = part_find(t, digest), err = 0;

        if (there == PART_NONE && t->count >= PARTS_MAX)
                return ERR_LIMIT;
        if (there == PART_NONE && t->count == t->room)
                err = grow(t);
        if (err)
                return err;
        if (there == PART_NONE) {
                there = (int)t->count++;
                t->at[there] = (struct part){ .digest = *digest };
                t->index[slot_of(t->index, t->room * 2, t->at, digest)] = (uint32_t)there + 1;
        }
        *out = there;
        return 0;
}

int part_set_why(struct part_table *t, int part, uint32_t line, const char *why)
{
        size_t at = t->texts.len;
        int err = buffer_add(&t->texts, why, strlen(why) + 1);

        if (err)
                return err;
        t->at[part].line = line;
        t->at[part].why = (uint32_t)at;
        return 0;
}

const char *part_why(const struct part_table *t, int part)
{
        return t->texts.data + t->at[part].why;
}
