/* indicators/set/set_slot_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "indicators/set/set_slot.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <cmocka.h>

enum { READERS = 3, SWAPS = 300 };

static struct indicator_set *set_of(const char *address)
{
        struct indicator_builder *b = NULL;
        struct indicator_set *set = NULL;
        struct indicator i = {
                .type = INDICATOR_IPV4, .value = text_of(address), .source = TEXT("s")
        };

        assert_int_equal(indicator_builder_new(&b, 10), 0);
        assert_int_equal(indicator_builder_add(b, &i), 0);
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        return set;
}

struct shared {
        struct set_slot *slot;
        _Atomic bool end;
        _Atomic unsigned wrong, asked;
};

/* Each set lists exactly one of two addresses: whichever set is taken, one of them must be found.
 */
static void *reader(void *state)
{
        struct shared *s = state;

        while (!atomic_load(&s->end)) {
                struct set_ref *ref = set_slot_take(s->slot);
                const struct indicator_set *set = set_ref_set(ref);
                if (set &&
                    indicator_set_has_v4(set, 0xC0000201) == indicator_set_has_v4(set, 0xC0000202))
                        atomic_fetch_add(&s->wrong, 1);
                atomic_fetch_add(&s->asked, 1);
                set_ref_drop(ref);
        }
        return NULL;
}

static void readers_see_whole_sets_while_they_are_swapped(void **state)
{
        (void)state;
        struct shared s = { 0 };
        pthread_t threads[READERS];

        assert_int_equal(set_slot_new(&s.slot), 0);
        assert_null(set_slot_take(s.slot));
        for (int i = 0; i < READERS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, reader, &s), 0);
        for (int i = 0; i < SWAPS; i++)
                assert_int_equal(
                    set_slot_swap_own(s.slot, set_of(i & 1 ? "192.0.2.1" : "192.0.2.2")), 0);
        while (atomic_load(&s.asked) < READERS)
                (void)sched_yield();
        atomic_store(&s.end, true);
        for (int i = 0; i < READERS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(s.wrong, 0);
        s.slot = set_slot_free(s.slot);
}

static void a_held_set_outlives_its_replacement(void **state)
{
        (void)state;
        struct set_slot *slot = NULL;
        struct set_ref *held;

        assert_int_equal(set_slot_new(&slot), 0);
        assert_int_equal(set_slot_swap_own(slot, set_of("192.0.2.1")), 0);
        held = set_slot_take(slot);
        assert_int_equal(set_slot_swap_own(slot, NULL), 0);
        slot = set_slot_free(slot);
        assert_true(indicator_set_has_v4(set_ref_set(held), 0xC0000201));
        set_ref_drop(held);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(readers_see_whole_sets_while_they_are_swapped),
                cmocka_unit_test(a_held_set_outlives_its_replacement),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
