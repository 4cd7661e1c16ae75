/* indicators/set/set_slot.c: see set_slot.h. Between reading the pointer and counting itself in, a
 * reader stands in a "gate" of the current side. The swap exchanges the pointer, turns the side and
 * waits until the old side's gate is empty: whoever came through it has counted itself in by then.
 * SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/set_slot.h"
#include "base/mem.h"
#include "indicators/set/indicator_set.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct set_ref {
        struct indicator_set *set;
        _Atomic uint64_t holders;
};

struct set_slot {
        _Atomic(struct set_ref *) current;
        _Atomic unsigned side;
        _Atomic uint64_t gates[2];
        pthread_mutex_t swapping;
};

int set_slot_new(struct set_slot **out)
{
        struct set_slot *slot = mem_zero(1, sizeof(*slot));

        if (!slot)
                return ERR_MEMORY;
        if (pthread_mutex_init(&slot->swapping, NULL)) {
                mem_free(slot);
                return ERR_MEMORY;
        }
        *out = slot;
        return 0;
}

struct set_slot *set_slot_free(struct set_slot *slot)
{
        if (!slot)
                return NULL;
        set_ref_drop(slot->current);
        (void)pthread_mutex_destroy(&slot->swapping);
        mem_free(slot);
        return NULL;
}

struct set_ref *set_slot_take(struct set_slot *slot)
{
        unsigned side = atomic_load(&slot->side);
        struct set_ref *ref;

        atomic_fetch_add(&slot->gates[side], 1);
        ref = atomic_load(&slot->current);
        if (ref)
                atomic_fetch_add(&ref->holders, 1);
        atomic_fetch_sub(&slot->gates[side], 1);
        return ref;
}

/* A reader may have read the side just before it was turned and enter the gate afterwards: two
 * turns make sure that each gate was seen empty after the exchange. */
static void wait_for_gates(struct set_slot *slot)
{
        for (int turn = 0; turn < 2; turn++) {
                unsigned old = atomic_load(&slot->side);
                atomic_store(&slot->side, old ^ 1);
                while (atomic_load(&slot->gates[old]))
                        (void)sched_yield();
        }
}

int set_slot_swap_own(struct set_slot *slot, struct indicator_set *set)
{
        struct set_ref *next = NULL, *old;

        if (set) {
                next = mem_zero(1, sizeof(*next));
                if (!next) {
                        (void)indicator_set_free(set);
                        return ERR_MEMORY;
                }
                next->set = set;
                atomic_store(&next->holders, 1);
        }
        (void)pthread_mutex_lock(&slot->swapping);
        old = atomic_exchange(&slot->current, next);
        wait_for_gates(slot);
        (void)pthread_mutex_unlock(&slot->swapping);
        set_ref_drop(old);
        return 0;
}

const struct indicator_set *set_ref_set(const struct set_ref *ref)
{
        return ref ? ref->set : NULL;
}

void set_ref_drop(struct set_ref *ref)
{
        if (!ref || atomic_fetch_sub(&ref->holders, 1) != 1)
                return;
        (void)indicator_set_free(ref->set);
        mem_free(ref);
}
