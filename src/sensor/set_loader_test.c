/* sensor/set_loader_test.c. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/set_loader.h"
#include "base/mem.h"
#include "indicators/set/indicator_builder.h"
#include "indicators/set/indicator_set.h"
#include "indicators/set/set_slot.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <poll.h>
#include <stdio.h>
#include <cmocka.h>

/* Sealed memory with a set of so many addresses. */
static int sealed(size_t count)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        AUTO(indicator_set_free_at) struct indicator_set *set = NULL;
        struct indicator_builder *b = NULL;
        int fd = -1;

        assert_int_equal(indicator_builder_new(&b, count + 1), 0);
        for (size_t i = 0; i < count; i++) {
                char value[32];
                struct indicator one = { .type = INDICATOR_IPV4 };

                (void)snprintf(
                    value, sizeof(value), "198.%zu.%zu.%zu", 18 + (i >> 16), i >> 8 & 255, i & 255);
                one.value = text_of(value);
                assert_int_equal(indicator_builder_add(b, &one), 0);
        }
        assert_int_equal(indicator_builder_finish(&set, b), 0);
        (void)indicator_builder_free(b);
        assert_int_equal(indicator_set_write(&bytes, set), 0);
        assert_int_equal(memory_file_make(&fd, "set", (struct text){ bytes.data, bytes.len }), 0);
        return fd;
}

static size_t in_use(struct set_slot *slot)
{
        struct set_ref *ref = set_slot_take(slot);
        struct indicator_counts counts = { .total = 0 };

        if (ref)
                indicator_set_count(&counts, set_ref_set(ref));
        set_ref_drop(ref);
        return counts.total;
}

static void await(const struct set_loader *l, uint64_t done)
{
        while (set_loader_done(l) < done)
                (void)poll(NULL, 0, 1);
}

/* The thread confines itself, and for good: each test has a process of its own by meson, and the
 * main thread stays free. */
static void a_set_is_put_in_use_while_another_is_read(void **state)
{
        struct set_slot *slot = NULL;
        struct set_loader *l = NULL;
        uint64_t looks = 0;
        size_t seen = 0;

        (void)state;
        assert_int_equal(set_slot_new(&slot), 0);
        assert_int_equal(set_loader_new(&l, slot), 0);
        assert_int_equal(in_use(slot), 0);
        assert_int_equal(set_loader_load_own(l, sealed(3)), 0);
        await(l, 1);
        assert_int_equal(in_use(slot), 3);
        assert_int_equal(set_loader_load_own(l, sealed(50000)), 0);
        while (
            set_loader_done(l) < 2 || !looks) { /* who looks meanwhile has the old one or the new */
                seen = in_use(slot);
                looks++;
                assert_true(seen == 3 || seen == 50000);
        }
        assert_int_equal(in_use(slot), 50000);
        l = set_loader_free(l);
        assert_int_equal(in_use(slot), 50000);
        slot = set_slot_free(slot);
}

static void one_that_is_refused_leaves_the_one_in_use(void **state)
{
        struct set_slot *slot = NULL;
        struct set_loader *l = NULL;
        int fd;

        (void)state;
        assert_int_equal(set_slot_new(&slot), 0);
        assert_int_equal(set_loader_new(&l, slot), 0);
        assert_int_equal(set_loader_load_own(l, sealed(3)), 0);
        assert_int_equal(memory_file_make(&fd, "set", TEXT("not a set at all")), 0);
        assert_int_equal(set_loader_load_own(l, fd), 0);
        await(l, 2);
        assert_int_equal(in_use(slot), 3);
        assert_int_equal(
            memory_file_make(&fd, "set", TEXT("")), 0); /* nothing is listed any more */
        assert_int_equal(set_loader_load_own(l, fd), 0);
        await(l, 3);
        assert_int_equal(in_use(slot), 0);
        l = set_loader_free(l);
        slot = set_slot_free(slot);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_set_is_put_in_use_while_another_is_read),
                cmocka_unit_test(one_that_is_refused_leaves_the_one_in_use),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
