/* traffic/archive/dictionary.c: see dictionary.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/dictionary.h"
#include "base/mem.h"
#include "traffic/archive/checksum.h"

enum { FIRST_ENTRIES = 1024 };

void dictionary_done(struct dictionary *d)
{
        mem_free(MOVE(d->entries));
        mem_free(MOVE(d->slots));
        mem_free(MOVE(d->order));
}

/* The slot of the key, or the free one where it belongs. */
static uint32_t *slot_of(const struct dictionary *d, struct text key, uint64_t hash)
{
        size_t at = hash & (d->slot_count - 1);

        while (d->slots[at]) {
                const struct dictionary_entry *e = &d->entries[d->slots[at] - 1];

                if (e->hash == hash && e->key.len == key.len &&
                    memcmp(e->key.data, key.data, key.len) == 0)
                        break;
                at = (at + 1) & (d->slot_count - 1);
        }
        return &d->slots[at];
}

static int grow(struct dictionary *d)
{
        size_t room = d->room ? d->room * 2 : FIRST_ENTRIES;
        struct dictionary_entry *entries = mem_grow(d->entries, room, sizeof(*entries));
        uint32_t *slots;

        if (!entries)
                return ERR_MEMORY;
        d->entries = entries;
        slots = mem_zero(room * 2, sizeof(*slots));
        if (!slots)
                return ERR_MEMORY;
        mem_free(d->slots);
        d->slots = slots;
        d->slot_count = room * 2;
        d->room = room;
        for (size_t i = 0; i < d->count; i++)
                *slot_of(d, d->entries[i].key, d->entries[i].hash) = (uint32_t)(i + 1);
        return 0;
}

int dictionary_add(uint32_t *out, struct dictionary *d, struct text key)
{
        uint64_t hash = checksum_xxh3(key.data, key.len);
        uint32_t *slot;

        if (d->count == d->room) {
                int err = grow(d);

                if (err)
                        return err;
        }
        slot = slot_of(d, key, hash);
        if (!*slot) {
                d->entries[d->count] = (struct dictionary_entry){ key, hash, 0 };
                *slot = (uint32_t)++d->count;
        }
        *out = *slot - 1;
        return 0;
}

void dictionary_drop_last(struct dictionary *d)
{
        const struct dictionary_entry *e = &d->entries[d->count - 1];

        /* Nothing was put behind it, so no other entry's way leads over its slot. */
        *slot_of(d, e->key, e->hash) = 0;
        d->count--;
}

struct ordering {
        const struct dictionary *d;
        int (*compare)(struct text, struct text);
};

static int compare_numbers(const void *a, const void *b, void *state)
{
        const struct ordering *o = state;

        return o->compare(
            o->d->entries[*(const uint32_t *)a].key, o->d->entries[*(const uint32_t *)b].key);
}

int dictionary_number(struct dictionary *d, int (*compare)(struct text, struct text))
{
        struct ordering o = { d, compare };

        d->order = mem_zero(d->count + 1, sizeof(*d->order));
        if (!d->order)
                return ERR_MEMORY;
        for (size_t i = 0; i < d->count; i++)
                d->order[i] = (uint32_t)i;
        qsort_r(d->order, d->count, sizeof(*d->order), compare_numbers, &o);
        for (size_t i = 0; i < d->count; i++)
                d->entries[d->order[i]].number = (uint32_t)i;
        return 0;
}

uint32_t dictionary_find(const struct dictionary *d, struct text key)
{
        return d->entries[*slot_of(d, key, checksum_xxh3(key.data, key.len)) - 1].number;
}

struct text dictionary_at(const struct dictionary *d, size_t number)
{
        return d->entries[d->order[number]].key;
}
