/* base/key_table.c: see key_table.h. Open addressing, at most half full. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/key_table.h"

#include "base/buffer.h"
#include "base/mem.h"

#include <string.h>

enum { SLOTS_FIRST = 64 };

struct key_table {
        struct buffer bytes;
        size_t *offsets; /* count + 1, where each key begins */
        uint32_t *slots; /* number + 1; 0 = free */
        size_t count, max, slot_count;
};

int key_table_new(struct key_table **out, size_t max_keys)
{
        AUTO(key_table_free_at) struct key_table *t = mem_zero(1, sizeof(*t));

        if (!t)
                return ERR_MEMORY;
        t->max = max_keys < KEY_TABLE_KEYS_MAX ? max_keys : KEY_TABLE_KEYS_MAX;
        t->slot_count = SLOTS_FIRST;
        t->bytes = BUFFER(t->max * KEY_TABLE_KEY_MAX);
        t->slots = mem_zero(t->slot_count, sizeof(*t->slots));
        t->offsets = mem_zero(t->slot_count / 2 + 1, sizeof(*t->offsets));
        if (!t->slots || !t->offsets)
                return ERR_MEMORY;
        *out = MOVE(t);
        return 0;
}

struct key_table *key_table_free(struct key_table *t)
{
        if (t) {
                buffer_done(&t->bytes);
                mem_free(t->offsets);
                mem_free(t->slots);
                mem_free(t);
        }
        return NULL;
}

void key_table_free_at(struct key_table **t)
{
        *t = key_table_free(*t);
}

size_t key_table_count(const struct key_table *t)
{
        return t->count;
}

struct text key_table_at(const struct key_table *t, size_t number)
{
        size_t from = t->offsets[number];

        return (struct text){ t->bytes.data + from, t->offsets[number + 1] - from };
}

static uint64_t hash_of(struct text key)
{
        uint64_t hash = key.len, word;

        while (key.len) {
                size_t n = key.len < sizeof(word) ? key.len : sizeof(word);
                word = 0;
                memcpy(&word, key.data, n);
                hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
                hash ^= hash >> 32;
                key.data += n;
                key.len -= n;
        }
        return hash;
}

static size_t find_slot(const struct key_table *t, struct text key)
{
        size_t at = (size_t)hash_of(key) & (t->slot_count - 1);

        while (t->slots[at]) {
                struct text kept = key_table_at(t, t->slots[at] - 1);
                if (kept.len == key.len &&
                    (key.len == 0 || memcmp(kept.data, key.data, key.len) == 0))
                        break;
                at = (at + 1) & (t->slot_count - 1);
        }
        return at;
}

static int grow(struct key_table *t)
{
        size_t slot_count = t->slot_count * 2, *offsets;
        uint32_t *slots;

        offsets = mem_grow(t->offsets, slot_count / 2 + 1, sizeof(*offsets));
        if (!offsets)
                return ERR_MEMORY;
        t->offsets = offsets;
        slots = mem_zero(slot_count, sizeof(*slots));
        if (!slots)
                return ERR_MEMORY;
        mem_free(t->slots);
        t->slots = slots;
        t->slot_count = slot_count;
        for (size_t i = 0; i < t->count; i++)
                t->slots[find_slot(t, key_table_at(t, i))] = (uint32_t)i + 1;
        return 0;
}

int key_table_add(size_t *out, struct key_table *t, struct text key)
{
        size_t slot = find_slot(t, key);
        int err;

        if (t->slots[slot]) {
                *out = t->slots[slot] - 1;
                return 0;
        }
        if (t->count == t->max || key.len > KEY_TABLE_KEY_MAX)
                return ERR_LIMIT;
        if (t->count == t->slot_count / 2) {
                err = grow(t);
                if (err)
                        return err;
                slot = find_slot(t, key);
        }
        err = buffer_add(&t->bytes, key.data, key.len);
        if (err)
                return err;
        t->slots[slot] = (uint32_t)t->count + 1;
        *out = t->count++;
        t->offsets[t->count] = t->bytes.len;
        return 0;
}
