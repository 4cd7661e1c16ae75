/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "system/proc/shared_ring.h"

#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct ends {
        struct shared_ring *writer, *reader;
        int fd, bell;
};

static int setup(void **state)
{
        struct ends *e = mem_zero(1, sizeof(*e));

        assert_non_null(e);
        assert_int_equal(shared_ring_make(&e->fd, "ring", SHARED_RING_BYTES_MIN), 0);
        assert_int_equal(shared_ring_bell(&e->bell), 0);
        assert_int_equal(shared_ring_open(&e->writer, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_open(&e->reader, e->fd, e->bell), 0);
        *state = e;
        return 0;
}

static int teardown(void **state)
{
        struct ends *e = *state;

        (void)shared_ring_close(e->writer);
        (void)shared_ring_close(e->reader);
        (void)close(e->fd);
        (void)close(e->bell);
        mem_free(e);
        return 0;
}

static void records_come_out_whole_and_in_order_many_times_around(void **state)
{
        struct ends *e = *state;
        char bytes[3000];

        for (unsigned i = 0; i < 5000; i++) {
                size_t len = (i * 37) % sizeof(bytes);
                struct text got;

                memset(bytes, (int)(i & 0xff), sizeof(bytes));
                assert_int_equal(shared_ring_put(e->writer, (struct text){ bytes, len }, 0), 0);
                assert_int_equal(shared_ring_next(&got, e->reader), 0);
                assert_int_equal(got.len, len);
                assert_int_equal((uintptr_t)got.data % 8, 0);
                if (len)
                        assert_memory_equal(got.data, bytes, len);
                shared_ring_release(e->reader);
                assert_int_equal(shared_ring_next(&got, e->reader), ERR_MISSING);
        }
        assert_int_equal(shared_ring_refused(e->writer), 0);
}

static void full_ring_refuses_and_counts_and_keeps_what_it_has(void **state)
{
        struct ends *e = *state;
        struct text got, word = TEXT("12345678");
        size_t put = 0;

        while (shared_ring_put(e->writer, word, 0) == 0)
                put++;
        assert_int_equal(put, SHARED_RING_BYTES_MIN / 16);
        assert_null(shared_ring_reserve(e->writer, 8));
        assert_int_equal(shared_ring_refused(e->writer), 2);
        for (size_t i = 0; i < put; i++) {
                assert_int_equal(shared_ring_next(&got, e->reader), 0);
                assert_memory_equal(got.data, word.data, 8);
                shared_ring_release(e->reader);
        }
        assert_int_equal(shared_ring_put(e->writer, word, 0), 0);
        assert_int_equal(
            shared_ring_put(e->writer, (struct text){ word.data, SHARED_RING_BYTES_MIN }, 0),
            ERR_LIMIT);
}

static void what_was_not_committed_never_was_and_what_was_not_released_comes_again(void **state)
{
        struct ends *e = *state;
        struct shared_ring *second;
        struct text got;
        char *room;

        assert_int_equal(shared_ring_put(e->writer, TEXT("one"), 0), 0);
        room = shared_ring_reserve(e->writer, 3);
        assert_non_null(room);
        memcpy(room, "two", 3); /* and its process is killed */
        assert_int_equal(shared_ring_open(&second, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_put(second, TEXT("three"), 0), 0);
        (void)shared_ring_close(second);
        assert_int_equal(shared_ring_next(&got, e->reader), 0); /* and its process is killed */
        assert_int_equal(shared_ring_open(&second, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_next(&got, second), 0);
        assert_true(text_is(got, "one"));
        shared_ring_release(second);
        assert_int_equal(shared_ring_next(&got, second), 0);
        assert_true(text_is(got, "three"));
        (void)shared_ring_close(second);
}

static void a_reader_that_sleeps_is_woken_by_another_process(void **state)
{
        struct ends *e = *state;
        enum { MANY = 20000 };
        struct text got;
        pid_t child = fork();

        if (child == 0) {
                for (uint32_t i = 0; i < MANY; i++)
                        if (shared_ring_put(
                                e->writer, (struct text){ (char *)&i, sizeof(i) }, 10000))
                                _exit(1);
                _exit(0);
        }
        for (uint32_t i = 0; i < MANY; i++) {
                uint32_t value;
                int err;

                while ((err = shared_ring_next(&got, e->reader)) == ERR_MISSING)
                        shared_ring_wait(&e->reader, 1, -1, 10000);
                assert_int_equal(err, 0);
                memcpy(&value, got.data, sizeof(value));
                assert_int_equal(value, i);
                shared_ring_release(e->reader);
        }
        assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_writer_that_lies_about_positions_or_lengths_is_not_believed(void **state)
{
        struct ends *e = *state;
        uint64_t *memory = mmap(
            NULL, 4096 + SHARED_RING_BYTES_MIN, PROT_READ | PROT_WRITE, MAP_SHARED, e->fd, 0);
        struct text got;

        assert_ptr_not_equal(memory, MAP_FAILED);
        memory[0] = (uint64_t)SHARED_RING_BYTES_MIN + 8; /* more than there can be */
        assert_int_equal(shared_ring_next(&got, e->reader), ERR_UNTRUSTED);
        memory[0] = 16;
        memory[512] = 4096; /* a record longer than what was written */
        e->reader = shared_ring_close(e->reader);
        assert_int_equal(shared_ring_open(&e->reader, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_next(&got, e->reader), ERR_UNTRUSTED);
        memory[0] = 20; /* between two records */
        e->reader = shared_ring_close(e->reader);
        assert_int_equal(shared_ring_open(&e->reader, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_next(&got, e->reader), ERR_UNTRUSTED);
        e->reader = shared_ring_close(e->reader);
        e->writer = shared_ring_close(e->writer);
        assert_int_equal(shared_ring_clear(e->fd), 0); /* two new ends begin anew */
        assert_int_equal(shared_ring_open(&e->reader, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_open(&e->writer, e->fd, e->bell), 0);
        assert_int_equal(shared_ring_next(&got, e->reader), ERR_MISSING);
        assert_int_equal(shared_ring_put(e->writer, TEXT("good"), 0), 0);
        assert_int_equal(shared_ring_next(&got, e->reader), 0);
        assert_true(text_is(got, "good"));
        (void)munmap(memory, 4096 + SHARED_RING_BYTES_MIN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                    records_come_out_whole_and_in_order_many_times_around, setup, teardown),
                cmocka_unit_test_setup_teardown(
                    full_ring_refuses_and_counts_and_keeps_what_it_has, setup, teardown),
                cmocka_unit_test_setup_teardown(
                    what_was_not_committed_never_was_and_what_was_not_released_comes_again, setup,
                    teardown),
                cmocka_unit_test_setup_teardown(
                    a_reader_that_sleeps_is_woken_by_another_process, setup, teardown),
                cmocka_unit_test_setup_teardown(
                    a_writer_that_lies_about_positions_or_lengths_is_not_believed, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
