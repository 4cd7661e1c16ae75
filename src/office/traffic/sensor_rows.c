/* office/traffic/sensor_rows.c: see sensor_rows.h and sensors.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/sensor_rows.h"
#include "base/mem.h"
#include "system/db/db_json.h"

enum { SENSORS_MAX = 1000, MINUTES_MAX = 12000, TALKERS_SHOWN_MAX = 200, ALERTS_SHOWN_MAX = 1000 };

/* Whose rows: those of units at or below $1. */
#define IN_SCOPE(unit) unit " in (select below_id from unit_closure where above_id = $1)"

DB_SQL(before_find, "select at, since_at, packets, bytes, flows, drops from sensor_status where "
                    "machine_id = $1");
DB_SQL(status_put,
    "insert into sensor_status (machine_id, at, since_at, body, packets, bytes, flows, drops, "
    "talkers_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " on conflict (machine_id) do update set at = excluded.at, since_at = excluded.since_at,"
    " body = excluded.body, packets = excluded.packets, bytes = excluded.bytes,"
    " flows = excluded.flows, drops = excluded.drops,"
    " talkers_at = case when excluded.talkers_at > 0 then excluded.talkers_at"
    " else sensor_status.talkers_at end");
DB_SQL(minute_add,
    "insert into sensor_minute (machine_id, at, packets, bytes, flows, drops)"
    " values ($1, $2, $3, $4, $5, $6)"
    " on conflict (machine_id, at) do update set packets = sensor_minute.packets + "
    "excluded.packets, bytes = sensor_minute.bytes + excluded.bytes,"
    " flows = sensor_minute.flows + excluded.flows, drops = sensor_minute.drops + excluded.drops");
DB_SQL(minutes_old, "delete from sensor_minute where machine_id = $1 and at < $2");
DB_SQL(talkers_clear, "delete from sensor_talker where machine_id = $1");
DB_SQL(talker_add,
    "insert into sensor_talker (machine_id, host, host_machine_id, unit_id, bytes_out, bytes_in, "
    "flows) values ($1, $2, $3, $4, $5, $6, $7)"
    " on conflict (machine_id, host) do nothing");
DB_SQL(report_find, "select machine_id, sha256 from sensor_report where id = $1");
DB_SQL(report_add, "insert into sensor_report (id, machine_id, sha256, received_at)"
                   " values ($1, $2, $3, $4)");
DB_SQL(alert_put_one,
    "insert into traffic_alert (sensor_id, id, kind, host, machine_id, unit_id, peer, port, "
    "protocol, seen_in, type, value, family, list, origin, first_at, last_at, times, evidence, "
    "finding_id, received_at)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
    " $19, $20, $21)"
    " on conflict (sensor_id, id) do update set"
    " last_at = case when excluded.last_at > traffic_alert.last_at then excluded.last_at"
    " else traffic_alert.last_at end,"
    " first_at = case when excluded.first_at < traffic_alert.first_at then excluded.first_at"
    " else traffic_alert.first_at end,"
    " times = case when excluded.times > traffic_alert.times then excluded.times"
    " else traffic_alert.times end,"
    " evidence = excluded.evidence, received_at = excluded.received_at,"
    " finding_id = coalesce(excluded.finding_id, traffic_alert.finding_id)");
DB_SQL(alerts_oldest,
    "delete from traffic_alert where sensor_id = $1 and received_at < coalesce((select received_at "
    "from traffic_alert where sensor_id = $2 order by received_at desc limit 1 offset $3), 0)");
DB_SQL(machine_named, "select m.id, m.name, m.unit_id from machine m where " IN_SCOPE(
                          "m.unit_id") " and "
                                       "m.name_folded = $2 and m.state in ('active', 'expected') "
                                       "order by m.id limit 2");
DB_SQL(unit_of, "select unit_id from machine where id = $1");
DB_SQL(is_sensor, "select 1 from machine where id = $1 and kind = 'sensor'");

#define SENSOR_COLUMNS                                                                             \
        "select m.id, m.name, m.unit_id, u.name,"                                                  \
        " case when m.state <> 'active' then 'revoked' when m.last_seen_at >= $2 then 'active'"    \
        " else 'silent' end, m.agent_version, m.last_seen_at, s.body"                              \
        " from machine m join unit u on u.id = m.unit_id"                                          \
        " left join sensor_status s on s.machine_id = m.id"                                        \
        " where m.kind = 'sensor' and " IN_SCOPE("m.unit_id")
#define SENSOR_SPEC "id:t name:t unit.id:t unit.name:t state:t version:t last_seen_at:d status:j"
DB_SQL(sensors_all, SENSOR_COLUMNS " order by m.name, m.id limit 1000");
DB_SQL(sensors_one, SENSOR_COLUMNS " and m.id = $3");
DB_SQL(minutes_of, "select at, packets, bytes, flows, drops from sensor_minute"
                   " where machine_id = $1 and at >= $2 and at < $3 order by at limit 12000");
#define TALKER_FROM                                                                                \
        " from sensor_talker t join unit u on u.id = t.unit_id"                                    \
        " left join machine m on m.id = t.host_machine_id"                                         \
        " where " IN_SCOPE("t.unit_id") " and t.machine_id = $2"
DB_SQL(talkers_of,
    "select t.host, t.host_machine_id, m.name, t.unit_id, u.name, t.bytes_out, "
    "t.bytes_in, t.flows" TALKER_FROM " order by t.bytes_out + t.bytes_in desc, t.host limit 200");
DB_SQL(units_of, "select t.unit_id, u.name, count(*), sum(t.bytes_out), sum(t.bytes_in), "
                 "sum(t.flows)" TALKER_FROM
                 " group by t.unit_id, u.name order by sum(t.bytes_out + t.bytes_in) desc limit "
                 "200");
DB_SQL(talkers_when, "select talkers_at from sensor_status where machine_id = $1");
#define ALERT_FROM                                                                                 \
        " from traffic_alert a join machine s on s.id = a.sensor_id"                               \
        " join unit u on u.id = a.unit_id left join machine m on m.id = a.machine_id"
#define ALERT_WHERE                                                                                \
        " where " IN_SCOPE(                                                                        \
            "a.unit_id") " and ($2 = '' or a.sensor_id = $3)"                                      \
                         " and ($4 = '' or a.unit_id = $5) and ($6 = '' or a.machine_id = $7)"     \
                         " and ($8 = '' or a.kind = $9) and a.last_at >= $10 and a.first_at < $11"
/* The newest in force that the alert falls under. */
#define ALERT_QUIET                                                                                \
        " left join traffic_quiet q on q.id = (select max(x.id) from traffic_quiet x where "       \
        "x.sensor_id = a.sensor_id and x.kind = a.kind and x.until_at > $12 and x.ended_at is "    \
        "null and (x.host = '' or x.host = a.host) and (x.value = '' or x.value = a.value"         \
        " or (a.kind = 'beacon' and x.value = a.peer)))"
DB_SQL(alerts_page,
    "select a.id, s.id, s.name, a.kind, a.host, m.id, m.name, u.id, u.name, a.peer, a.port, "
    "a.protocol, a.seen_in, a.type, a.value, a.family, a.list, a.origin, a.first_at, a.last_at, "
    "a.times, a.evidence, a.finding_id, q.id, q.until_at, q.reason, q.created_by" ALERT_FROM
        ALERT_QUIET ALERT_WHERE " order by a.last_at desc, a.id limit 1000");
DB_SQL(alerts_total, "select count(*)" ALERT_FROM ALERT_WHERE);

int sensor_before_find(struct sensor_before *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, before_find);

        *out = (struct sensor_before){ 0 };
        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        if (err == 1)
                *out = (struct sensor_before){ db_column_int(q, 0), db_column_int(q, 1),
                        db_column_int(q, 2), db_column_int(q, 3), db_column_int(q, 4),
                        db_column_int(q, 5) };
        return err < 0 ? err : 0;
}

int sensor_status_put(struct db *db, const char *machine_id, const struct sensor_status_said *said,
    const char *body, time_ms talkers_at)
{
        return db_run(db, NULL, status_put, "tiitiiiii", machine_id, said->at, said->since, body,
            said->packets, said->bytes, said->flows, said->drops, talkers_at);
}

int sensor_minute_add(
    struct db *db, const char *machine_id, time_ms at, const struct sensor_before *more)
{
        time_ms minute = at - at % MINUTE_MS;
        int err = db_run(db, NULL, minute_add, "tiiiii", machine_id, minute, more->packets,
            more->bytes, more->flows, more->drops);

        return err ? err
                   : db_run(db, NULL, minutes_old, "ti", machine_id,
                         (int64_t)(minute - (time_ms)SENSOR_MINUTES_DAYS * DAY_MS));
}

int sensor_talkers_clear(struct db *db, const char *machine_id)
{
        return db_run(db, NULL, talkers_clear, "t", machine_id);
}

static const char *or_null(const char *text)
{
        return text[0] ? text : NULL;
}

int sensor_talker_add(
    struct db *db, const char *machine_id, const json_t *talker, const struct traffic_place *place)
{
        return db_run(db, NULL, talker_add, "ttttiii", machine_id, json_get_text(talker, "host"),
            or_null(place->machine_id), place->unit_id, json_get_int(talker, "bytes_out"),
            json_get_int(talker, "bytes_in"), json_get_int(talker, "flows"));
}

int sensor_report_is_known(
    bool *known, struct db *db, const char *id, const char *machine_id, const char *sha256)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, report_find);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        err = db_step(q);
        if (err < 0)
                return err;
        *known = err == 1;
        if (!*known)
                return 0;
        if (!text_is(db_column_text(q, 0), machine_id))
                return ERR_DENIED;
        return text_is(db_column_text(q, 1), sha256) ? 0 : ERR_EXISTS;
}

int sensor_report_add(
    struct db *db, const char *id, const char *machine_id, const char *sha256, time_ms now)
{
        return db_run(db, NULL, report_add, "ttti", id, machine_id, sha256, now);
}

static void bind_alert(struct db_query *q, const char *sensor_id, const struct sensor_alert_said *a,
    const struct traffic_place *place)
{
        const struct text texts[] = { a->protocol, a->seen_in, a->type, a->value, a->family,
                a->list, a->origin };

        db_bind_string(q, 1, sensor_id);
        db_bind_text(q, 2, a->id);
        db_bind_text(q, 3, a->kind);
        db_bind_text(q, 4, a->host);
        db_bind_string(q, 5, or_null(place->machine_id));
        db_bind_string(q, 6, place->unit_id);
        db_bind_text(q, 7, a->peer);
        db_bind_int(q, 8, a->port);
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                db_bind_text(q, 9 + (int)i, texts[i].len ? texts[i] : TEXT(""));
        db_bind_int(q, 16, a->first_at);
        db_bind_int(q, 17, a->last_at);
        db_bind_int(q, 18, a->times);
}

int alert_put(struct db *db, const char *sensor_id, const struct sensor_alert_said *a,
    const struct traffic_place *place, const char *finding_id, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        AUTO(mem_free_at) char *evidence = json_dumps(a->evidence, JSON_COMPACT);
        int err = evidence ? db_query_begin(&q, db, alert_put_one) : ERR_MEMORY;

        if (err)
                return err;
        bind_alert(q, sensor_id, a, place);
        db_bind_string(q, 19, evidence);
        db_bind_string(q, 20, or_null(finding_id));
        db_bind_int(q, 21, now);
        err = db_step(q);
        return err < 0 ? err : 0;
}

int alerts_bound(struct db *db, const char *sensor_id)
{
        return db_run(db, NULL, alerts_oldest, "tti", sensor_id, sensor_id,
            (int64_t)(TRAFFIC_ALERTS_KEPT - 1));
}

int sensor_machine_named(
    struct traffic_place *out, struct db *db, const char *unit_id, const char *folded)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        struct traffic_place place;
        int err = db_query_begin(&q, db, machine_named);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_string(q, 2, folded);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        if ((err = text_copy(place.machine_id, ULID_MAX, db_column_text(q, 0))) ||
            (err = text_copy(
                 place.machine_name, sizeof(place.machine_name), db_column_text(q, 1))) ||
            (err = text_copy(place.unit_id, ULID_MAX, db_column_text(q, 2))))
                return err;
        err = db_step(q);
        if (err)
                return err < 0 ? err : ERR_MISSING;
        *out = place;
        return 0;
}

int sensor_unit(char unit_id[ULID_MAX], struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_of);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(unit_id, ULID_MAX, db_column_text(q, 0));
}

int sensor_is_one(bool *out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, is_sensor);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_step(q);
        *out = err == 1;
        return err < 0 ? err : 0;
}

int sensors_json(json_t **out, struct db *db, const struct clock *clock, const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sensors_all);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, clock_now(clock) - SENSOR_SILENT_MS);
        return db_rows_json(out, q, SENSOR_SPEC, SENSORS_MAX);
}

int sensor_json(json_t **out, struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sensors_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, clock_now(clock) - SENSOR_SILENT_MS);
        db_bind_string(q, 3, id);
        return db_row_json(out, q, SENSOR_SPEC);
}

static int minutes_json(json_t **out, struct db *db, const char *id, time_ms since, time_ms until)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, minutes_of);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        db_bind_int(q, 2, since);
        db_bind_int(q, 3, until ? until : INT64_MAX);
        return db_rows_json(out, q, "at:d packets:i bytes:i flows:i drops:i", MINUTES_MAX);
}

static int talk_json(json_t **out, struct db *db, const char *sql, const struct scope *scope,
    const char *id, const char *spec)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        return db_rows_json(out, q, spec, TALKERS_SHOWN_MAX);
}

static int talkers_time(json_t **out, struct db *db, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, talkers_when);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = json_time(err == 1 ? db_column_int(q, 0) : 0);
        return *out ? 0 : ERR_MEMORY;
}

int sensor_traffic_json(json_t **out, struct db *db, const struct scope *scope, const char *id,
    time_ms since, time_ms until)
{
        AUTO(json_free_at) json_t *minutes = NULL;
        AUTO(json_free_at) json_t *talkers = NULL;
        AUTO(json_free_at) json_t *units = NULL;
        AUTO(json_free_at) json_t *at = NULL;
        int err = minutes_json(&minutes, db, id, since, until);

        if (!err)
                err = talk_json(&talkers, db, talkers_of, scope, id,
                    "host:t machine.id:t machine.name:t unit.id:t unit.name:t bytes_out:i "
                    "bytes_in:i flows:i");
        if (!err)
                err = talk_json(&units, db, units_of, scope, id,
                    "unit.id:t unit.name:t hosts:i bytes_out:i bytes_in:i flows:i");
        if (!err)
                err = talkers_time(&at, db, id);
        if (err)
                return err;
        *out = json_pack("{sO sO sO sO}", "minutes", minutes, "talkers_at", at, "talkers", talkers,
            "units", units);
        return *out ? 0 : ERR_MEMORY;
}

static void bind_filter(struct db_query *q, const struct scope *scope, const struct alert_filter *f)
{
        const char *const words[] = { f->sensor, f->unit, f->machine, f->kind };

        db_bind_string(q, 1, scope->unit_id);
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                db_bind_string(q, 2 + 2 * (int)i, words[i]);
                db_bind_string(q, 3 + 2 * (int)i, words[i]);
        }
        db_bind_int(q, 10, f->since);
        db_bind_int(q, 11, f->until ? f->until : INT64_MAX);
}

static int alerts_count(
    int64_t *out, struct db *db, const struct scope *scope, const struct alert_filter *filter)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, alerts_total);

        if (err)
                return err;
        bind_filter(q, scope, filter);
        err = db_step(q);
        if (err == 1)
                *out = db_column_int(q, 0);
        return err < 0 ? err : 0;
}

int alerts_json(json_t **out, struct db *db, const struct clock *clock, const struct scope *scope,
    const struct alert_filter *filter)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        AUTO(json_free_at) json_t *alerts = NULL;
        int64_t total = 0;
        int err = alerts_count(&total, db, scope, filter);

        if (!err)
                err = db_query_begin(&q, db, alerts_page);
        if (err)
                return err;
        bind_filter(q, scope, filter);
        db_bind_int(q, 12, clock_now(clock));
        err = db_rows_json(&alerts, q,
            "id:t sensor.id:t sensor.name:t kind:t host:t machine.id:t machine.name:t unit.id:t "
            "unit.name:t peer:t port:i protocol:t seen_in:t type:t value:t family:t list:t "
            "origin:t first_at:d last_at:d times:i evidence:j finding:t quiet.id:t quiet.until:d "
            "quiet.reason:t quiet.by:t",
            ALERTS_SHOWN_MAX);
        if (err)
                return err;
        *out = json_pack("{sO sI}", "alerts", alerts, "total", (json_int_t)total);
        return *out ? 0 : ERR_MEMORY;
}
