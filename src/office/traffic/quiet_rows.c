/* office/traffic/quiet_rows.c: see quiets.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/quiets.h"
#include "base/mem.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

/* Whose rows: those of units at or below $1. */
#define IN_SCOPE(unit) unit " in (select below_id from unit_closure where above_id = $1)"

DB_SQL(alert_find, "select a.kind, a.host, a.value, a.peer, a.unit_id, m.unit_id"
                   " from traffic_alert a join machine m on m.id = a.sensor_id"
                   " where " IN_SCOPE("a.unit_id") " and a.sensor_id = $2 and a.id = $3");
DB_SQL(in_force, "select count(*) from traffic_quiet"
                 " where sensor_id = $1 and until_at > $2 and ended_at is null");
DB_SQL(quiet_add_one,
    "insert into traffic_quiet (id, sensor_id, unit_id, host, kind, value, reason, until_at, "
    "created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_SQL(quiet_find, "select q.unit_id from traffic_quiet q where " IN_SCOPE(
                       "q.unit_id") ""
                                    " and q.id = $2 and q.until_at > $3 and q.ended_at is null");
DB_SQL(quiet_end_one, "update traffic_quiet set ended_at = $1, ended_by = $2 where id = $3");
#define STATE                                                                                      \
        "case when q.ended_at is not null then 'ended' when q.until_at <= $2 then 'over' else "    \
        "'active' end"
DB_SQL(quiets_page,
    "select q.id, s.id, s.name, u.id, u.name, q.host, q.kind, q.value, q.reason, q.until_at, " STATE
    ", q.created_at, q.created_by, q.ended_at, q.ended_by from traffic_quiet q"
    " join machine s on s.id = q.sensor_id join unit u on u.id = q.unit_id"
    " where " IN_SCOPE("q.unit_id") " order by " STATE ", q.created_at desc, q.id desc limit 200");
DB_SQL(quiets_sent, "select host, kind, value, until_at from traffic_quiet"
                    " where sensor_id = $1 and until_at > $2 and ended_at is null"
                    " order by id limit 1000");

/* What of an alert makes it this one. */
struct like {
        char unit[ULID_MAX], kind[16], host[64], value[1025];
};

static int alert_read(struct like *out, struct db_query *q, bool any_host)
{
        struct text kind = db_column_text(q, 0), value = db_column_text(q, 2);
        int err = text_copy(out->kind, sizeof(out->kind), kind);

        if (text_is(kind, "beacon"))
                value = db_column_text(q, 3);
        if (!err)
                err = text_copy(out->value, sizeof(out->value), value);
        if (!err)
                err = text_copy(
                    out->host, sizeof(out->host), any_host ? TEXT("") : db_column_text(q, 1));
        return err ? err : text_copy(out->unit, ULID_MAX, db_column_text(q, any_host ? 5 : 4));
}

static int like_find(
    struct like *out, struct db *db, const struct scope *scope, const struct quiet_wish *wish)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, alert_find);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, wish->sensor);
        db_bind_string(q, 3, wish->alert);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return alert_read(out, q, wish->any_host);
}

static int has_room(struct db *db, const char *sensor_id, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, in_force);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        db_bind_int(q, 2, now);
        err = db_step(q);
        if (err < 0)
                return err;
        return db_column_int(q, 0) < QUIETS_MAX ? 0 : ERR_LIMIT;
}

int quiet_add(char id[ULID_MAX], char unit_id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct quiet_wish *wish)
{
        time_ms now = clock_now(clock);
        struct like like;
        int err = wish->until > now && wish->until <= now + (time_ms)QUIET_DAYS_MAX * DAY_MS
                      ? 0
                      : ERR_FORMAT;

        if (!err)
                err = like_find(&like, db, scope, wish);
        if (!err)
                err = has_room(db, wish->sensor, now);
        if (!err)
                err = db_run(db, NULL, quiet_add_one, "tttttttiit", ulid_make(id, clock),
                    wish->sensor, like.unit, like.host, like.kind, like.value, wish->reason,
                    wish->until, now, wish->by);
        return err ? err : text_copy(unit_id, ULID_MAX, text_of(like.unit));
}

int quiet_end(char unit_id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id, const char *by)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        time_ms now = clock_now(clock);
        int err = db_query_begin(&q, db, quiet_find);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        db_bind_int(q, 3, now);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        err = text_copy(unit_id, ULID_MAX, db_column_text(q, 0));
        return err ? err : db_run(db, NULL, quiet_end_one, "itt", now, by, id);
}

int quiets_json(json_t **out, struct db *db, const struct clock *clock, const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, quiets_page);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, clock_now(clock));
        return db_rows_json(out, q,
            "id:t sensor.id:t sensor.name:t unit.id:t unit.name:t host:t kind:t value:t reason:t "
            "until:d state:t created_at:d created_by:t ended_at:d ended_by:t",
            QUIETS_SHOWN);
}

int quiets_of(json_t **out, struct db *db, const struct clock *clock, const char *sensor_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, quiets_sent);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        db_bind_int(q, 2, clock_now(clock));
        return db_rows_json(out, q, "host:t kind:t value:t until:d", QUIETS_MAX);
}
