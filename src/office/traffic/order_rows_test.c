/* office/traffic/order_rows_test.c: what sensors are asked and answer, once and in scope.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/orders.h"
#include "office/traffic/traffic_fixture.h"

#define REPORT_1 "01HM00000000000000000000B1"
#define REPORT_2 "01HM00000000000000000000B2"
#define REPORT_3 "01HM00000000000000000000B3"

static int order(char id[ULID_MAX], struct fixture *f, const struct scope *scope)
{
        AUTO(json_free_at) json_t *nothing = json_object();
        const struct traffic_wish w = {
                .kind = "hunt", .argument = nothing, .reason = "person", .by = "Cán bộ"
        };
        int err = db_begin(f->db);

        if (!err)
                err = traffic_order_add(id, f->db, &f->clock, scope, &w);
        if (!err)
                err = db_commit(f->db);
        db_rollback(f->db);
        return err;
}

static void answer(struct fixture *f, const char *report, const char *sensor, const char *order_id,
    const char *how, int from)
{
        const struct sensor_sink sink = { fixture_no_finding, NULL };
        struct parse_error bad = { 0 };
        char text[1024], at[TIMESTAMP_TEXT_MAX];
        bool filed;

        (void)snprintf(text, sizeof(text),
            "{\"format\":\"canh-report/1\",\"id\":\"%s\",\"machine\":\"%s\",\"made_at\":\"%s\","
            "\"kind\":\"answer\",\"body\":{\"order\":\"%s\",\"state\":\"%s\",\"done\":1,\"total\":"
            "2,\"left_out\":0,\"from\":%d,\"rows\":[{\"host\":\"10.0.0.5\",\"type\":\"name\","
            "\"value\":\"c2.example\"}]}}",
            report, sensor, timestamp_write(at, f->now), order_id, how, from);
        if (sensor_report_file(&filed, f->db, &f->clock, sensor, text_of(text), &sink, &bad))
                fail_msg("%s", bad.why_en);
}

static size_t waiting(struct fixture *f, const char *sensor, size_t *cancelled_count)
{
        AUTO(json_free_at) json_t *orders = NULL;
        AUTO(json_free_at) json_t *cancelled = NULL;

        assert_int_equal(traffic_orders_of(&orders, &cancelled, f->db, sensor), 0);
        if (cancelled_count)
                *cancelled_count = json_array_size(cancelled);
        return json_array_size(orders);
}

static void assert_order_state(struct fixture *f, const char *id, const char *want)
{
        AUTO(json_free_at) json_t *o = NULL;

        assert_int_equal(traffic_order_json(&o, f->db, &f->office, "hunt", id), 0);
        assert_string_equal(json_get_text(o, "state"), want);
}

static size_t rows(struct fixture *f, const struct scope *scope, const char *id)
{
        AUTO(json_free_at) json_t *all = NULL;

        assert_int_equal(traffic_rows_json(&all, f->db, scope, id, "hit"), 0);
        return json_array_size(all);
}

static void an_order_waits_until_its_answer_says_that_it_is_done(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX];

        assert_int_equal(order(id, f, &f->office), ERR_MISSING); /* nobody to ask */
        fixture_sensor(sensor, f, f->commune, "cam-bien");
        assert_int_equal(order(id, f, &f->office), 0);
        assert_int_equal(waiting(f, sensor, NULL), 1);
        assert_order_state(f, id, "waiting");
        answer(f, REPORT_1, sensor, id, "running", 0);
        assert_int_equal(waiting(f, sensor, NULL), 1);
        assert_order_state(f, id, "running");
        answer(f, REPORT_2, sensor, id, "done", 1);
        assert_int_equal(waiting(f, sensor, NULL), 0);
        assert_order_state(f, id, "done");
        assert_int_equal(rows(f, &f->office, id), 2);
}

static void a_part_that_comes_twice_adds_nothing(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX];

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        assert_int_equal(order(id, f, &f->office), 0);
        answer(f, REPORT_1, sensor, id, "running", 0);
        answer(f, REPORT_2, sensor, id, "running", 0); /* a search that was begun anew */
        assert_int_equal(rows(f, &f->office, id), 1);
        answer(f, REPORT_3, sensor, id, "done", 1);
        assert_int_equal(rows(f, &f->office, id), 2);
}

static void what_was_cancelled_is_told_and_answers_no_more(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX];
        size_t cancelled = 0;

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        assert_int_equal(order(id, f, &f->office), 0);
        assert_int_equal(traffic_order_cancel(f->db, &f->clock, &f->unit, id, "hunt"), ERR_MISSING);
        assert_int_equal(traffic_order_cancel(f->db, &f->clock, &f->office, id, "hunt"), 0);
        assert_int_equal(waiting(f, sensor, &cancelled), 0);
        assert_int_equal(cancelled, 1);
        answer(f, REPORT_1, sensor, id, "done", 0);
        assert_int_equal(rows(f, &f->office, id), 0);
        assert_order_state(f, id, "cancelled");
}

static void the_set_of_an_order_is_for_its_sensor_alone(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], sister[ULID_MAX], id[ULID_MAX], store[128];

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        assert_int_equal(order(id, f, &f->office), 0);
        fixture_sensor(sister, f, f->sibling, "cam-bien-2"); /* enrolled later: not asked */
        assert_int_equal(traffic_order_store(store, f->db, sensor, id), 0);
        assert_string_equal(store, "");
        assert_int_equal(traffic_order_store(store, f->db, sister, id), ERR_MISSING);
        answer(f, REPORT_1, sister, id, "done", 0); /* nor is its answer taken */
        assert_int_equal(rows(f, &f->office, id), 0);
}

static void of_an_answer_a_unit_sees_its_own_hosts(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], sister[ULID_MAX], id[ULID_MAX];

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        fixture_sensor(sister, f, f->sibling, "cam-bien-2");
        assert_int_equal(order(id, f, &f->office), 0);
        answer(f, REPORT_1, sensor, id, "done", 0);
        answer(f, REPORT_2, sister, id, "done", 0);
        assert_int_equal(rows(f, &f->office, id), 2);
        assert_int_equal(rows(f, &f->unit, id), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(an_order_waits_until_its_answer_says_that_it_is_done),
                FIXED(a_part_that_comes_twice_adds_nothing),
                FIXED(what_was_cancelled_is_told_and_answers_no_more),
                FIXED(the_set_of_an_order_is_for_its_sensor_alone),
                FIXED(of_an_answer_a_unit_sees_its_own_hosts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
