/* traffic/archive/hits.c: see hits.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/hits.h"
#include "base/mem.h"
#include "traffic/archive/checksum.h"

enum { FIRST_HITS = 64, VIEWS_BYTES_MAX = 1 << 30 };

int hits_init(struct hits *h)
{
        *h = (struct hits){ 0 };
        return arena_new(&h->views, VIEWS_BYTES_MAX);
}

void hits_done(struct hits *h)
{
        mem_free(MOVE(h->all));
        mem_free(MOVE(h->slots));
        h->views = arena_free(h->views);
}

void hits_clear(struct hits *h)
{
        h->count = 0;
        if (h->slots)
                memset(h->slots, 0, h->slot_count * sizeof(*h->slots));
}

int hits_view(const struct indicator_view **out, struct hits *h, const struct indicator_view *view)
{
        struct indicator_view *copy = arena_zero(h->views, 1, sizeof(*copy));

        if (!copy)
                return ERR_MEMORY;
        *copy = *view;
        *out = copy;
        return 0;
}

static uint32_t *slot_of(const struct hits *h, const struct archive_hit *hit)
{
        uint64_t words[4] = { (uint64_t)(uintptr_t)hit->indicator, hit->place };
        size_t at;

        memcpy(words + 2, hit->host.bytes, sizeof(hit->host.bytes));
        at = checksum_xxh3(words, sizeof(words)) & (h->slot_count - 1);
        while (h->slots[at]) {
                const struct archive_hit *other = &h->all[h->slots[at] - 1];

                if (other->indicator == hit->indicator && other->place == hit->place &&
                    ip_address_compare(&other->host, &hit->host) == 0)
                        break;
                at = (at + 1) & (h->slot_count - 1);
        }
        return &h->slots[at];
}

static int grow(struct hits *h)
{
        size_t room = h->room ? h->room * 2 : FIRST_HITS;
        struct archive_hit *all;
        uint32_t *slots;

        if (room > HITS_MAX)
                return ERR_LIMIT;
        all = mem_grow(h->all, room, sizeof(*all));
        if (!all)
                return ERR_MEMORY;
        h->all = all;
        slots = mem_zero(room * 2, sizeof(*slots));
        if (!slots)
                return ERR_MEMORY;
        mem_free(h->slots);
        h->slots = slots;
        h->slot_count = room * 2;
        h->room = room;
        for (size_t i = 0; i < h->count; i++)
                *slot_of(h, &h->all[i]) = (uint32_t)(i + 1);
        return 0;
}

int hits_add(struct hits *h, const struct archive_hit *hit)
{
        struct archive_hit *same;
        uint32_t *slot;

        if (h->count == h->room) {
                int err = grow(h);

                if (err)
                        return err;
        }
        slot = slot_of(h, hit);
        if (!*slot) {
                h->all[h->count] = *hit;
                *slot = (uint32_t)++h->count;
                return 0;
        }
        same = &h->all[*slot - 1];
        if (hit->first_at < same->first_at) {
                same->first_at = hit->first_at;
                same->peer = hit->peer;
        }
        same->last_at = hit->last_at > same->last_at ? hit->last_at : same->last_at;
        same->is_brief |= hit->is_brief;
        same->flows += hit->flows;
        same->bytes += hit->bytes;
        return 0;
}

static int compare_hits(const void *a, const void *b)
{
        const struct archive_hit *x = a, *y = b;

        if (x->first_at != y->first_at)
                return x->first_at < y->first_at ? -1 : 1;
        return ip_address_compare(&x->host, &y->host);
}

void hits_sort(struct hits *h)
{
        if (h->count)
                qsort(h->all, h->count, sizeof(*h->all), compare_hits);
}
