/* office/traffic/traffic_fixture.h: for tests, not in the product: a sensor of the fixture's
 * commune and one of its sibling, and what they send. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_TRAFFIC_FIXTURE_H
#define CANH_OFFICE_TRAFFIC_TRAFFIC_FIXTURE_H

#include "base/mem.h"
#include "codec/timestamp.h"
#include "office/registry/machines.h"
#include "office/registry/registry_fixture.h"
#include "office/traffic/sensors.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static inline void fixture_sensor(
    char id[ULID_MAX], struct fixture *f, const char *unit_id, const char *name)
{
        const struct machine_enrolment e = { .unit_id = unit_id,
                .machine_key = name,
                .name = text_of(name),
                .os_name = TEXT("Linux") };

        assert_int_equal(db_begin(f->db), 0);
        assert_int_equal(machine_enrol(id, NULL, f->db, &f->clock, &e), 0);
        assert_int_equal(machine_set_kind(f->db, &f->clock, id, "sensor"), 0);
        assert_int_equal(db_commit(f->db), 0);
}

struct fixture_alert {
        const char *id, *kind, *host, *value, *peer;
        int times;
        bool knocked; /* at: the host did not speak */
};

/* A report of one alert, under this identifier. Takes nothing; the text is the caller's. */
static inline char *fixture_alert_report(
    const struct fixture *f, const char *report, const char *sensor, const struct fixture_alert *a)
{
        AUTO(json_free_at) json_t *o = NULL;
        char at[TIMESTAMP_TEXT_MAX];

        (void)timestamp_write(at, f->now);
        o = json_pack(
            "{ss ss ss ss ss s{s[{ss ss ss ss ss ss si ss ss ss ss ss ss ss sb si si s{}}]}}",
            "format", "canh-report/1", "id", report, "machine", sensor, "made_at", at, "kind",
            "alerts", "body", "alerts", "id", a->id, "kind", a->kind, "at", at, "last_at", at,
            "host", a->host, "peer", a->peer ? a->peer : "192.0.2.66", "port", 443, "protocol",
            "tcp", "seen_in", "address", "type", "name", "value", a->value, "family", "Emotet",
            "list", "NCSC", "origin", "", "spoke", (int)!a->knocked, "confidence", 90, "times",
            a->times, "evidence");
        assert_non_null(o);
        return json_dumps(o, JSON_COMPACT);
}

static inline int fixture_no_finding(void *state, struct db *db,
    const struct sensor_alert_said *alert, const struct traffic_place *place,
    char finding_id[ULID_MAX])
{
        (void)db;
        (void)alert;
        (void)place;
        finding_id[0] = '\0';
        if (state)
                ++*(int *)state;
        return 0;
}

/* Files the alert; how many findings were wanted is added to *findings (NULL: no matter). */
static inline void fixture_alert_file(struct fixture *f, const char *report, const char *sensor,
    const struct fixture_alert *a, int *findings)
{
        AUTO(mem_free_at) char *text = fixture_alert_report(f, report, sensor, a);
        const struct sensor_sink sink = { fixture_no_finding, findings };
        struct parse_error bad = { 0 };
        bool filed = false;

        if (sensor_report_file(&filed, f->db, &f->clock, sensor, text_of(text), &sink, &bad))
                fail_msg("%s", bad.why_en);
        assert_true(filed);
}

/* The alerts that the scope sees, the caller's. */
static inline json_t *fixture_alerts(struct fixture *f, const struct scope *scope)
{
        const struct alert_filter all = { "", "", "", "", 0, 0 };
        json_t *o = NULL;

        assert_int_equal(alerts_json(&o, f->db, &f->clock, scope, &all), 0);
        return o;
}

static inline const json_t *fixture_first(const json_t *o, const char *name)
{
        return json_array_get(json_object_get(o, name), 0);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_drop)

#endif
