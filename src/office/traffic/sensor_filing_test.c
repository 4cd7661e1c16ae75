/* office/traffic/sensor_filing_test.c: what a sensor says becomes rows: once, growing, in scope.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/traffic_fixture.h"

#define ID_1 "01HM00000000000000000000A1"
#define ID_2 "01HM00000000000000000000A2"
#define ID_3 "01HM00000000000000000000A3"
#define ID_4 "01HM00000000000000000000A4"

static void status(struct fixture *f, const char *sensor, time_ms since, int packets)
{
        char text[1024], at[TIMESTAMP_TEXT_MAX], begin[TIMESTAMP_TEXT_MAX];
        struct parse_error bad = { 0 };

        (void)snprintf(text, sizeof(text),
            "{\"format\":\"canh-sensor-status/1\",\"at\":\"%s\",\"since\":\"%s\",\"source\":"
            "\"eth1\",\"generation\":\"g\",\"counts\":{\"packets\":%d,\"bytes\":%d,\"flows\":1,"
            "\"drops\":0,\"log_lines\":5,\"log_taken\":4,\"log_refused\":1,\"quieted\":2,"
            "\"log_kind_fortigate\":3,\"log_kind_dhcp\":1}}",
            timestamp_write(at, f->now), timestamp_write(begin, since), packets, packets * 100);
        if (sensor_status_file(f->db, &f->clock, sensor, text_of(text), &bad))
                fail_msg("%s", bad.why_en);
}

static int64_t rate(struct fixture *f, const char *sensor)
{
        AUTO(json_free_at) json_t *o = NULL;

        assert_int_equal(sensor_json(&o, f->db, &f->clock, &f->office, sensor), 0);
        return json_get_int(json_object_get(o, "status"), "packets_per_second");
}

static void rates_are_the_difference_of_two_statuses(void **state)
{
        struct fixture *f = *state;
        time_ms since = f->now - HOUR_MS;
        char sensor[ULID_MAX];

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        status(f, sensor, since, 360000);
        assert_int_equal(rate(f, sensor), 100); /* over the hour since it began */
        f->now += 10 * SECOND_MS;
        status(f, sensor, since, 362000);
        assert_int_equal(rate(f, sensor), 200);
        f->now += 10 * SECOND_MS;
        status(f, sensor, f->now - 5 * SECOND_MS, 500); /* it began anew: no negative rate */
        assert_int_equal(rate(f, sensor), 100);
}

static void lines_of_logs_are_shown_with_their_kinds(void **state)
{
        struct fixture *f = *state;
        AUTO(json_free_at) json_t *o = NULL;
        const json_t *logs;
        char sensor[ULID_MAX];

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        status(f, sensor, f->now - HOUR_MS, 1);
        assert_int_equal(sensor_json(&o, f->db, &f->clock, &f->unit, sensor), 0);
        logs = json_object_get(json_object_get(o, "status"), "logs");
        assert_int_equal(json_get_int(logs, "lines"), 5);
        assert_int_equal(json_get_int(logs, "refused"), 1);
        assert_int_equal(json_object_size(json_object_get(logs, "kinds")), 2);
        assert_int_equal(json_get_int(json_object_get(logs, "kinds"), "fortigate"), 3);
        assert_int_equal(json_get_int(json_object_get(o, "status"), "quieted"), 2);
}

static void a_report_counts_once_and_nobody_sends_anothers(void **state)
{
        struct fixture *f = *state;
        const struct fixture_alert one = { ID_1, "listed", "10.0.0.5", "c2.example", NULL, 1,
                false };
        const struct fixture_alert two = { ID_1, "listed", "10.0.0.5", "c2.example", NULL, 9,
                false };
        const struct sensor_sink sink = { fixture_no_finding, NULL };
        AUTO(mem_free_at) char *same = NULL;
        AUTO(mem_free_at) char *other = NULL;
        char sensor[ULID_MAX], sister[ULID_MAX];
        bool filed = true;

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        fixture_sensor(sister, f, f->sibling, "cam-bien-2");
        fixture_alert_file(f, ID_2, sensor, &one, NULL);
        same = fixture_alert_report(f, ID_2, sensor, &one);
        other = fixture_alert_report(f, ID_2, sensor, &two);
        assert_int_equal(
            sensor_report_file(&filed, f->db, &f->clock, sensor, text_of(same), &sink, NULL), 0);
        assert_false(filed);
        assert_int_equal(
            sensor_report_file(&filed, f->db, &f->clock, sensor, text_of(other), &sink, NULL),
            ERR_EXISTS);
        assert_int_equal(
            sensor_report_file(&filed, f->db, &f->clock, sister, text_of(same), &sink, NULL),
            ERR_DENIED);
}

static void an_alert_that_is_told_again_grows_and_stays_one(void **state)
{
        struct fixture *f = *state;
        struct fixture_alert a = { ID_1, "listed", "10.0.0.5", "c2.example", NULL, 3, false };
        AUTO(json_free_at) json_t *all = NULL;
        char sensor[ULID_MAX];
        int findings = 0;

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        fixture_alert_file(f, ID_2, sensor, &a, &findings);
        f->now += HOUR_MS;
        a.times = 8;
        fixture_alert_file(f, ID_3, sensor, &a, &findings);
        a.times = 5; /* what was delivered late */
        fixture_alert_file(f, ID_4, sensor, &a, &findings);
        all = fixture_alerts(f, &f->office);
        assert_int_equal(json_get_int(all, "total"), 1);
        assert_int_equal(json_get_int(fixture_first(all, "alerts"), "times"), 8);
        assert_int_equal(findings, 3);
}

static void who_was_only_knocked_at_or_behaves_oddly_makes_no_finding(void **state)
{
        struct fixture *f = *state;
        const struct fixture_alert knocked = { ID_1, "listed", "10.0.0.5", "x.example", NULL, 1,
                true };
        const struct fixture_alert beacon = { ID_2, "beacon", "10.0.0.5", "", "203.0.113.9", 40,
                false };
        AUTO(json_free_at) json_t *all = NULL;
        char sensor[ULID_MAX];
        int findings = 0;

        fixture_sensor(sensor, f, f->commune, "cam-bien");
        fixture_alert_file(f, ID_3, sensor, &knocked, &findings);
        fixture_alert_file(f, ID_4, sensor, &beacon, &findings);
        all = fixture_alerts(f, &f->office);
        assert_int_equal(json_get_int(all, "total"), 2);
        assert_int_equal(findings, 0);
}

static void a_sister_sees_neither_sensor_nor_alerts(void **state)
{
        struct fixture *f = *state;
        const struct fixture_alert a = { ID_1, "listed", "10.0.0.5", "c2.example", NULL, 1, false };
        AUTO(json_free_at) json_t *mine = NULL;
        AUTO(json_free_at) json_t *all = NULL;
        json_t *o = NULL;
        char sister[ULID_MAX];

        fixture_sensor(sister, f, f->sibling, "cam-bien-2");
        fixture_alert_file(f, ID_2, sister, &a, NULL);
        mine = fixture_alerts(f, &f->unit);
        all = fixture_alerts(f, &f->office);
        assert_int_equal(json_get_int(mine, "total"), 0);
        assert_int_equal(json_get_int(all, "total"), 1);
        assert_int_equal(sensor_json(&o, f->db, &f->clock, &f->unit, sister), ERR_MISSING);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(rates_are_the_difference_of_two_statuses),
                FIXED(lines_of_logs_are_shown_with_their_kinds),
                FIXED(a_report_counts_once_and_nobody_sends_anothers),
                FIXED(an_alert_that_is_told_again_grows_and_stays_one),
                FIXED(who_was_only_knocked_at_or_behaves_oddly_makes_no_finding),
                FIXED(a_sister_sees_neither_sensor_nor_alerts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
