/* sensor/fact_record_test.c. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sensor/fact_record.h"
#include "system/proc/shared_ring.h"

#include <string.h>
#include <unistd.h>

struct world {
        struct shared_ring *ring, *reader; /* its two ends */
        struct fact_writer writer;
        struct traffic_sink in, out;
        struct flow flow;
        char name[PACKET_NAME_MAX];
        size_t flows, names;
        int fd, bell;
};

static int take_flow(void *state, const struct flow *flow)
{
        struct world *w = state;

        w->flow = *flow;
        w->flows++;
        return 0;
}

static int take_name(void *state, const struct name_sighting *s)
{
        struct world *w = state;

        w->names++;
        return text_copy(w->name, sizeof(w->name), s->name);
}

static int setup(void **state)
{
        struct world *w = mem_zero(1, sizeof(*w));

        assert_non_null(w);
        assert_int_equal(shared_ring_make(&w->fd, "facts", SHARED_RING_BYTES_MIN), 0);
        assert_int_equal(shared_ring_bell(&w->bell), 0);
        assert_int_equal(shared_ring_open(&w->ring, w->fd, w->bell), 0);
        assert_int_equal(shared_ring_open(&w->reader, w->fd, w->bell), 0);
        w->writer = (struct fact_writer){ .ring = w->ring };
        w->in = fact_writer_sink(&w->writer);
        w->out = (struct traffic_sink){
                .take_flow = take_flow, .take_name = take_name, .state = w
        };
        *state = w;
        return 0;
}

static int teardown(void **state)
{
        struct world *w = *state;

        (void)shared_ring_close(w->ring);
        (void)shared_ring_close(w->reader);
        (void)close(w->fd);
        (void)close(w->bell);
        mem_free(w);
        return 0;
}

static int next(struct world *w)
{
        struct text record;
        int err = shared_ring_next(&record, w->reader);

        if (!err)
                err = fact_record_take(record, w->out);
        shared_ring_release(w->reader);
        return err;
}

static void facts_come_out_as_they_went_in(void **state)
{
        struct world *w = *state;
        const struct flow flow = { .begin = 5, .end = 9, .source_port = 7, .packets_out = 3 };
        const struct name_sighting s = { .at = 5, .name = TEXT("c2.example") };

        assert_int_equal(traffic_sink_flow(&w->in, &flow), 0);
        assert_int_equal(traffic_sink_name(&w->in, &s), 0);
        assert_int_equal(next(w), 0);
        assert_int_equal(next(w), 0);
        assert_int_equal(w->flow.source_port, 7);
        assert_int_equal(w->flow.packets_out, 3);
        assert_string_equal(w->name, "c2.example");
}

static void a_record_that_was_made_up_is_not_believed(void **state)
{
        struct world *w = *state;
        const struct flow backwards = { .begin = 9, .end = 5 };
        struct text record;
        char bytes[1024];

        assert_int_equal(traffic_sink_flow(&w->in, &backwards), 0);
        assert_int_equal(next(w), ERR_UNTRUSTED);
        assert_int_equal(
            traffic_sink_name(&w->in, &(struct name_sighting){ .name = TEXT("c2.example") }), 0);
        assert_int_equal(shared_ring_next(&record, w->reader), 0);
        memcpy(bytes, record.data, record.len);
        assert_int_equal(
            fact_record_take((struct text){ bytes, record.len - 1 }, w->out), ERR_UNTRUSTED);
        assert_int_equal(fact_record_take((struct text){ bytes, 8 }, w->out), ERR_UNTRUSTED);
        bytes[0] = 77; /* no such kind */
        assert_int_equal(
            fact_record_take((struct text){ bytes, record.len }, w->out), ERR_UNTRUSTED);
        assert_int_equal(w->flows + w->names, 0);
}

static void without_room_facts_are_lost_and_counted_and_nobody_waits(void **state)
{
        struct world *w = *state;
        const struct flow flow = { .begin = 5, .end = 9 };

        for (int i = 0; i < 5000; i++)
                assert_int_equal(traffic_sink_flow(&w->in, &flow), 0);
        assert_true(shared_ring_refused(w->ring) > 0);
        while (next(w) == 0)
                ;
        assert_int_equal(w->flows + shared_ring_refused(w->ring), 5000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(facts_come_out_as_they_went_in, setup, teardown),
                cmocka_unit_test_setup_teardown(
                    a_record_that_was_made_up_is_not_believed, setup, teardown),
                cmocka_unit_test_setup_teardown(
                    without_room_facts_are_lost_and_counted_and_nobody_waits, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
