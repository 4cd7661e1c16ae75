/* office/traffic/quiet_rows_test.c: what the office does not want to hear of, and until when.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/quiets.h"
#include "office/traffic/traffic_fixture.h"

#define LISTED "01HM00000000000000000000A1"
#define BEACON "01HM00000000000000000000A2"
#define REPORT_1 "01HM00000000000000000000B1"
#define REPORT_2 "01HM00000000000000000000B2"

/* A sensor of the commune with two alerts. */
static void sensor_of(char sensor[ULID_MAX], struct fixture *f, const char *unit)
{
        const struct fixture_alert listed = { LISTED, "listed", "10.0.0.5", "c2.example", NULL, 3,
                false };
        const struct fixture_alert beacon = { BEACON, "beacon", "10.0.0.6", "", "203.0.113.9", 40,
                false };

        fixture_sensor(sensor, f, unit, "cam-bien");
        fixture_alert_file(f, REPORT_1, sensor, &listed, NULL);
        fixture_alert_file(f, REPORT_2, sensor, &beacon, NULL);
}

static int quiet(char id[ULID_MAX], struct fixture *f, const char *sensor, const char *alert,
    time_ms until, bool any_host)
{
        const struct quiet_wish w = { .sensor = sensor,
                .alert = alert,
                .any_host = any_host,
                .reason = "máy thử",
                .by = "Cán bộ",
                .until = until };
        char unit[ULID_MAX];

        return quiet_add(id, unit, f->db, &f->clock, &f->office, &w);
}

static size_t told(struct fixture *f, const char *sensor)
{
        AUTO(json_free_at) json_t *o = NULL;

        assert_int_equal(quiets_of(&o, f->db, &f->clock, sensor), 0);
        return json_array_size(o);
}

static bool is_shown_quiet(struct fixture *f, const char *alert)
{
        AUTO(json_free_at) json_t *all = fixture_alerts(f, &f->office);
        const json_t *one;
        size_t i;

        json_array_foreach(json_object_get(all, "alerts"), i, one)
        {
                if (strcmp(json_get_text(one, "id"), alert) == 0)
                        return json_is_object(json_object_get(one, "quiet"));
        }
        fail_msg("no alert %s", alert);
        return false;
}

static void assert_state(struct fixture *f, const struct scope *scope, const char *want)
{
        AUTO(json_free_at) json_t *all = NULL;

        assert_int_equal(quiets_json(&all, f->db, &f->clock, scope), 0);
        assert_string_equal(json_get_text(json_array_get(all, 0), "state"), want);
}

static void quiet_is_told_to_the_sensor_shown_and_ends_by_itself(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX];

        sensor_of(sensor, f, f->commune);
        assert_false(is_shown_quiet(f, LISTED));
        assert_int_equal(quiet(id, f, sensor, LISTED, f->now + DAY_MS, false), 0);
        assert_true(is_shown_quiet(f, LISTED));
        assert_false(is_shown_quiet(f, BEACON));
        assert_int_equal(told(f, sensor), 1);
        assert_state(f, &f->unit, "active");
        f->now += DAY_MS;
        assert_false(is_shown_quiet(f, LISTED));
        assert_int_equal(told(f, sensor), 0);
        assert_state(f, &f->unit, "over");
}

static void a_person_takes_it_back_once(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX], unit[ULID_MAX];

        sensor_of(sensor, f, f->commune);
        assert_int_equal(quiet(id, f, sensor, LISTED, f->now + DAY_MS, false), 0);
        assert_int_equal(quiet_end(unit, f->db, &f->clock, &f->office, id, "Cán bộ"), 0);
        assert_string_equal(unit, f->commune);
        assert_int_equal(told(f, sensor), 0);
        assert_false(is_shown_quiet(f, LISTED));
        assert_state(f, &f->office, "ended");
        assert_int_equal(quiet_end(unit, f->db, &f->clock, &f->office, id, "Cán bộ"), ERR_MISSING);
}

static void of_a_beacon_the_peer_is_meant_and_of_any_host_every_one(void **state)
{
        struct fixture *f = *state;
        AUTO(json_free_at) json_t *o = NULL;
        char sensor[ULID_MAX], id[ULID_MAX];

        sensor_of(sensor, f, f->commune);
        assert_int_equal(quiet(id, f, sensor, BEACON, f->now + DAY_MS, true), 0);
        assert_int_equal(quiets_of(&o, f->db, &f->clock, sensor), 0);
        assert_string_equal(json_get_text(json_array_get(o, 0), "value"), "203.0.113.9");
        assert_string_equal(json_get_text(json_array_get(o, 0), "host"), "");
        assert_string_equal(json_get_text(json_array_get(o, 0), "kind"), "beacon");
        assert_true(is_shown_quiet(f, BEACON));
        assert_false(is_shown_quiet(f, LISTED));
}

static void it_needs_an_end_that_is_not_past_and_not_far(void **state)
{
        struct fixture *f = *state;
        char sensor[ULID_MAX], id[ULID_MAX];

        sensor_of(sensor, f, f->commune);
        assert_int_equal(quiet(id, f, sensor, LISTED, f->now, false), ERR_FORMAT);
        assert_int_equal(
            quiet(id, f, sensor, LISTED, f->now + 367 * (time_ms)DAY_MS, false), ERR_FORMAT);
        assert_int_equal(quiet(id, f, sensor, REPORT_1, f->now + DAY_MS, false), ERR_MISSING);
        for (int i = 0; i < QUIETS_MAX; i++)
                assert_int_equal(quiet(id, f, sensor, LISTED, f->now + DAY_MS, false), 0);
        assert_int_equal(quiet(id, f, sensor, LISTED, f->now + DAY_MS, false), ERR_LIMIT);
}

static void a_sister_neither_sees_nor_ends_it(void **state)
{
        struct fixture *f = *state;
        AUTO(json_free_at) json_t *mine = NULL;
        char sister[ULID_MAX], id[ULID_MAX], unit[ULID_MAX];
        const struct quiet_wish w = { .sensor = sister,
                .alert = LISTED,
                .reason = "x",
                .by = "x",
                .until = f->now + DAY_MS };

        sensor_of(sister, f, f->sibling);
        assert_int_equal(quiet(id, f, sister, LISTED, f->now + DAY_MS, false), 0);
        assert_int_equal(quiets_json(&mine, f->db, &f->clock, &f->unit), 0);
        assert_int_equal(json_array_size(mine), 0);
        assert_int_equal(quiet_end(unit, f->db, &f->clock, &f->unit, id, "x"), ERR_MISSING);
        assert_int_equal(quiet_add(id, unit, f->db, &f->clock, &f->unit, &w), ERR_MISSING);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(quiet_is_told_to_the_sensor_shown_and_ends_by_itself),
                FIXED(a_person_takes_it_back_once),
                FIXED(of_a_beacon_the_peer_is_meant_and_of_any_host_every_one),
                FIXED(it_needs_an_end_that_is_not_past_and_not_far),
                FIXED(a_sister_neither_sees_nor_ends_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
