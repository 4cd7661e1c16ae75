/* indicators/set/set_intern.c: see set_intern.h. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/set_intern.h"
#include "base/mem.h"
#include "indicators/set/set_layout.h"

enum { SLOTS_FIRST = 64 };

void set_intern_init(struct set_intern *in, size_t max_bytes)
{
        *in = (struct set_intern){ .bytes = BUFFER(max_bytes) };
}

void set_intern_done(struct set_intern *in)
{
        buffer_done(&in->bytes);
        mem_free(in->offsets);
        mem_free(in->slots);
        *in = (struct set_intern){ .bytes = in->bytes };
}

struct text set_intern_at(const struct set_intern *in, uint32_t number)
{
        uint32_t from = in->offsets[number];

        return (struct text){ in->bytes.data + from, in->offsets[number + 1] - from };
}

static size_t find_slot(const struct set_intern *in, const void *bytes, size_t len)
{
        size_t at = (size_t)(set_hash(bytes, len) >> 32) & (in->slot_count - 1);

        while (in->slots[at]) {
                struct text t = set_intern_at(in, in->slots[at] - 1);
                if (t.len == len && (len == 0 || memcmp(t.data, bytes, len) == 0))
                        break;
                at = (at + 1) & (in->slot_count - 1);
        }
        return at;
}

static int grow(struct set_intern *in)
{
        size_t old_count = in->slot_count;
        uint32_t *old = in->slots, *offsets, *slots;

        if (in->count + 2 > in->room) {
                size_t room = in->room ? in->room * 2 : SLOTS_FIRST;
                offsets = mem_grow(in->offsets, room, sizeof(*offsets));
                if (!offsets)
                        return ERR_MEMORY;
                if (in->room == 0)
                        offsets[0] = 0;
                in->offsets = offsets;
                in->room = room;
        }
        if ((in->count + 1) * 2 < in->slot_count)
                return 0;
        slots = mem_zero(old_count ? old_count * 2 : SLOTS_FIRST, sizeof(*slots));
        if (!slots)
                return ERR_MEMORY;
        in->slots = slots;
        in->slot_count = old_count ? old_count * 2 : SLOTS_FIRST;
        for (size_t i = 0; i < old_count; i++)
                if (old[i]) {
                        struct text t = set_intern_at(in, old[i] - 1);
                        in->slots[find_slot(in, t.data, t.len)] = old[i];
                }
        mem_free(old);
        return 0;
}

int set_intern_add(uint32_t *out, struct set_intern *in, const void *bytes, size_t len)
{
        size_t slot;
        int err = grow(in);

        if (err)
                return err;
        slot = find_slot(in, bytes, len);
        if (!in->slots[slot]) {
                err = buffer_add(&in->bytes, bytes, len);
                if (err)
                        return err;
                in->count++;
                in->offsets[in->count] = (uint32_t)in->bytes.len;
                in->slots[slot] = (uint32_t)in->count;
        }
        *out = in->slots[slot] - 1;
        return 0;
}
