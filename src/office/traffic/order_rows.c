/* office/traffic/order_rows.c: see orders.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/ip_address.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "office/traffic/coverage.h"
#include "office/traffic/orders.h"
#include "office/traffic/sensors.h"
#include "office/traffic/trace_address.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <string.h>

enum { SENSORS_MAX = 1000, WAITING_MAX = 100, LIST_NAME_MAX = 256 };

#define BELOW(unit) unit " in (select below_id from unit_closure where above_id = $1)"
/* Whoever asked, those above, and whose hosts are in the answer. */
#define ORDER_SEEN                                                                                 \
        "(" BELOW("o.unit_id") " or exists (select 1 from traffic_row r where r.order_id = o.id"   \
                               " and " BELOW("r.unit_id") "))"

DB_SQL(sensors_of, "select m.id from machine m where m.kind = 'sensor' and m.state = 'active'"
                   " and " BELOW("m.unit_id") " order by m.id limit 1000");
DB_SQL(list_of, "select s.name, b.store from list_batch b join list_source s on s.id = b.source_id"
                " where b.id = $1 and b.kind = 'indicator'");
DB_SQL(order_add,
    "insert into traffic_order (id, kind, unit_id, argument, list_id, list_name, store, reason, "
    "since_at, until_at, created_at, created_by)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
DB_SQL(part_add, "insert into traffic_part (order_id, sensor_id) values ($1, $2)");
DB_SQL(waiting,
    "select o.id, o.kind, o.since_at, o.until_at, o.argument, o.store from traffic_part p"
    " join traffic_order o on o.id = p.order_id"
    " where p.sensor_id = $1 and p.state in ('waiting', 'running') order by o.created_at, o.id "
    "limit 100");
DB_SQL(cancelled_of,
    "select order_id from traffic_part where sensor_id = $1 and state = 'cancelled'"
    " order by updated_at desc, order_id limit 100");
DB_SQL(store_of, "select o.store from traffic_part p join traffic_order o on o.id = p.order_id"
                 " where p.sensor_id = $1 and o.id = $2 and p.state in ('waiting', 'running')");
DB_SQL(part_find,
    "select o.kind, o.unit_id from traffic_part p join traffic_order o on o.id = p.order_id"
    " where p.sensor_id = $1 and o.id = $2 and p.state in ('waiting', 'running')");
DB_SQL(part_set,
    "update traffic_part set state = $1, done = $2, total = $3, left_out = $4, detail = $5, "
    "why_vi = $6, why_en = $7, updated_at = $8 where order_id = $9 and sensor_id = $10");
DB_SQL(row_add,
    "insert into traffic_row (id, order_id, sensor_id, number, kind, host, machine_id, unit_id, "
    "body) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " on conflict (order_id, sensor_id, number) do nothing");
DB_SQL(cancel_parts, "update traffic_part set state = 'cancelled', updated_at = $1"
                     " where order_id = $2 and state in ('waiting', 'running')");
DB_SQL(cancel_seen,
    "select o.unit_id from traffic_order o where " BELOW("o.unit_id") " and o.id = $2"
                                                                      " and o.kind = $3");

#define PARTS(state) "sum(case when p.state = '" state "' then 1 else 0 end)"
/* Done is what is done everywhere; what still runs anywhere runs. */
#define ORDER_COLUMNS                                                                              \
        "select o.id, case when " PARTS(                                                           \
            "running") " > 0 then 'running'"                                                       \
                       " when " PARTS(                                                             \
                           "waiting") " = count(*) then 'waiting'"                                 \
                                      " when " PARTS(                                              \
                                          "waiting") " > 0 then 'running'"                         \
                                                     " when " PARTS(                               \
                                                         "cancelled") " > 0 then 'cancelled'"      \
                                                                      " when " PARTS(              \
                                                                          "failed") " = count(*) " \
                                                                                    "then "        \
                                                                                    "'failed' "    \
                                                                                    "else 'done' " \
                                                                                    "end,"         \
                                                                                    " sum(p.done)" \
                                                                                    ", "           \
                                                                                    "sum(p.total)" \
                                                                                    ", "           \
                                                                                    "sum(p.left_"  \
                                                                                    "out), "       \
                                                                                    "o.created_"   \
                                                                                    "at, "         \
                                                                                    "o.created_"   \
                                                                                    "by, "         \
                                                                                    "o.list_id,"   \
                                                                                    " o.list_"     \
                                                                                    "name, "       \
                                                                                    "o.reason, "   \
                                                                                    "o.since_at, " \
                                                                                    "o.until_at, " \
                                                                                    "o.argument, " \
                                                                                    "max(p.why_"   \
                                                                                    "vi), "        \
                                                                                    "max(p.why_"   \
                                                                                    "en)"          \
                                                                                    " from "       \
                                                                                    "traffic_"     \
                                                                                    "order o "     \
                                                                                    "join "        \
                                                                                    "traffic_"     \
                                                                                    "part p on "   \
                                                                                    "p.order_id "  \
                                                                                    "= o.id"
#define ORDER_GROUP                                                                                \
        " group by o.id, o.created_at, o.created_by, o.list_id, o.list_name, o.reason, "           \
        "o.since_at, o.until_at, o.argument"
#define ORDER_SPEC                                                                                 \
        "id:t state:t done:i total:i left_out:i created_at:d created_by:t list.id:t list.name:t"   \
        " reason:t since:d until:d argument:j answer.vi:t answer.en:t"
DB_SQL(orders_page, ORDER_COLUMNS " where " ORDER_SEEN " and o.kind = $2" ORDER_GROUP
                                  " order by o.created_at desc, o.id desc limit 200");
DB_SQL(orders_one, ORDER_COLUMNS " where " ORDER_SEEN " and o.kind = $2 and o.id = $3" ORDER_GROUP);
DB_SQL(parts_of,
    "select s.id, s.name, p.state, p.done, p.total, p.detail, p.updated_at from traffic_part p"
    " join machine s on s.id = p.sensor_id where p.order_id = $1 order by s.name, s.id limit 1000");
DB_SQL(rows_count, "select count(*), count(distinct r.host) from traffic_row r"
                   " where " BELOW("r.unit_id") " and r.order_id = $2");
DB_SQL(rows_of, "select r.id, r.sensor_id, r.host, m.id, m.name, u.id, u.name, r.finding_id, r.body"
                " from traffic_row r join unit u on u.id = r.unit_id left join machine m on m.id = "
                "r.machine_id"
                " where " BELOW("r.unit_id") " and r.order_id = $2 and r.kind = $3"
                                             " order by r.sensor_id, r.number limit 5000");
DB_SQL(row_one, "select r.id, coalesce(r.machine_id, ''), coalesce(m.name, ''), r.unit_id, r.host,"
                " coalesce(r.finding_id, ''), r.body from traffic_row r"
                " left join machine m on m.id = r.machine_id"
                " where " BELOW("r.unit_id") " and r.order_id = $2 and r.id = $3");
DB_SQL(row_finding, "update traffic_row set finding_id = $1 where id = $2");

static int list_find(char name[LIST_NAME_MAX], char store[128], struct db *db, const char *list_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        struct text t;
        int err = db_query_begin(&q, db, list_of);

        if (err)
                return err;
        db_bind_string(q, 1, list_id);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        t = db_column_text(q, 0);
        (void)snprintf(name, LIST_NAME_MAX, "%.*s", TEXT_ARGS(t));
        t = db_column_text(q, 1);
        return t.len ? text_copy(store, 128, t) : ERR_FORMAT;
}

static bool is_wanted(const json_t *sensors, const char *id)
{
        const json_t *one;
        size_t i;

        json_array_foreach(sensors, i, one)
        {
                const char *text = json_string_value(one);

                if (text && strcmp(text, id) == 0)
                        return true;
        }
        return !sensors || json_is_null(sensors);
}

static int sensors_find(json_t **out, struct db *db, const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sensors_of);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        return db_rows_json(out, q, "id:t", SENSORS_MAX);
}

/* One part for each sensor; MISSING unless all that were named are in scope. */
static int parts_add(
    struct db *db, const struct scope *scope, const char *order_id, const json_t *wanted)
{
        AUTO(json_free_at) json_t *sensors = NULL;
        const json_t *sensor;
        size_t i, count = 0;
        int err = sensors_find(&sensors, db, scope);

        if (err)
                return err;
        json_array_foreach(sensors, i, sensor)
        {
                const char *id = json_get_text(sensor, "id");

                if (!is_wanted(wanted, id))
                        continue;
                err = db_run(db, NULL, part_add, "tt", order_id, id);
                if (err)
                        return err;
                count++;
        }
        return count && (!json_is_array(wanted) || json_array_size(wanted) == count) ? 0
                                                                                     : ERR_MISSING;
}

int traffic_order_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct traffic_wish *wish)
{
        AUTO(mem_free_at) char *argument = json_dumps(wish->argument, JSON_COMPACT);
        char name[LIST_NAME_MAX] = "", store[128] = "";
        int err = argument ? 0 : ERR_MEMORY;

        if (!err && wish->list_id)
                err = list_find(name, store, db, wish->list_id);
        if (!err)
                err = db_run(db, NULL, order_add, "ttttttttiiit", ulid_make(id, clock), wish->kind,
                    scope->unit_id, argument, wish->list_id, name, store, wish->reason, wish->since,
                    wish->until, clock_now(clock), wish->by);
        if (!err)
                err = parts_add(db, scope, id, wish->sensors);
        return err ? err : registry_changed(db, clock, "traffic", id, scope->unit_id);
}

static int of_sensor(
    json_t **out, struct db *db, const char *sql, const char *sensor_id, const char *spec)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        return db_rows_json(out, q, spec, WAITING_MAX);
}

int traffic_orders_of(json_t **orders, json_t **cancelled, struct db *db, const char *sensor_id)
{
        AUTO(json_free_at) json_t *waits = NULL;
        int err = of_sensor(
            &waits, db, waiting, sensor_id, "id:t kind:t since:d until:d argument:j store:t");

        if (!err)
                err = of_sensor(cancelled, db, cancelled_of, sensor_id, "id:t");
        if (!err)
                *orders = MOVE(waits);
        return err;
}

int traffic_order_store(char store[128], struct db *db, const char *sensor_id, const char *order_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, store_of);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        db_bind_string(q, 2, order_id);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(store, 128, db_column_text(q, 0));
}

/* The order, when this sensor still has it to do; MISSING. */
static int part_of(char kind[8], char unit_id[ULID_MAX], struct db *db, const char *sensor_id,
    const char *order_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, part_find);

        if (err)
                return err;
        db_bind_string(q, 1, sensor_id);
        db_bind_string(q, 2, order_id);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        err = text_copy(unit_id, ULID_MAX, db_column_text(q, 1));
        return err ? err : text_copy(kind, 8, db_column_text(q, 0));
}

static const char *row_kind(const char *order_kind, const json_t *row)
{
        if (strcmp(order_kind, "hunt") == 0)
                return "hit";
        if (strcmp(order_kind, "trace") == 0)
                return "candidate";
        return json_object_get(row, "name") ? "name" : "flow";
}

struct answer_of {
        const char *sensor_id, *order_id, *kind;
        char told[ULID_MAX]; /* the unit that was told of a change last */
};

/* When the host was seen: whose its address was then is what counts. */
static time_ms row_moment(const json_t *row, time_ms now)
{
        static const char *const names[] = { "last_at", "at", "end" };
        time_ms at;

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (json_is_string(json_object_get(row, names[i])) &&
                    json_field_time(&at, row, names[i], NULL) == 0)
                        return at;
        return now;
}

static int row_place(struct traffic_place *out, struct db *db, const struct clock *clock,
    const struct answer_of *a, const json_t *row)
{
        const char *host = json_get_text(row, "host");
        const char *leased = json_get_text(row, "host_name");
        time_ms at = row_moment(row, clock_now(clock));

        if (strcmp(a->kind, "trace") == 0 && leased[0])
                return traffic_place_of_lease(out, db, clock, a->sensor_id, host, leased, at);
        return traffic_place_find(out, db, clock, a->sensor_id, host, at);
}

static int row_file(struct db *db, const struct clock *clock, struct answer_of *a, int64_t number,
    const json_t *row)
{
        AUTO(mem_free_at) char *body = json_dumps(row, JSON_COMPACT);
        const char *host = json_get_text(row, "host");
        struct traffic_place place;
        char id[ULID_MAX];
        int err = body ? row_place(&place, db, clock, a, row) : ERR_MEMORY;

        if (!err)
                err = db_run(db, NULL, row_add, "tttittttt", ulid_make(id, clock), a->order_id,
                    a->sensor_id, number, row_kind(a->kind, row), host,
                    place.machine_id[0] ? place.machine_id : NULL, place.unit_id, body);
        if (err || strcmp(a->told, place.unit_id) == 0)
                return err;
        err = registry_changed(db, clock, "traffic", a->order_id, place.unit_id);
        return err ? err : text_copy(a->told, sizeof(a->told), text_of(place.unit_id));
}

static int part_file(struct db *db, const struct clock *clock, const struct answer_of *a,
    const struct sensor_report *r)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, part_set);

        if (err)
                return err;
        db_bind_text(q, 1, r->state);
        db_bind_int(q, 2, r->done);
        db_bind_int(q, 3, r->total);
        db_bind_int(q, 4, r->left_out);
        db_bind_text(q, 5, r->detail.len ? r->detail : TEXT(""));
        db_bind_text(q, 6, r->why_vi.len ? r->why_vi : TEXT(""));
        db_bind_text(q, 7, r->why_en.len ? r->why_en : TEXT(""));
        db_bind_int(q, 8, clock_now(clock));
        db_bind_string(q, 9, a->order_id);
        db_bind_string(q, 10, a->sensor_id);
        err = db_step(q);
        return err < 0 ? err : 0;
}

int traffic_answer_file(struct db *db, const struct clock *clock, const char *sensor_id,
    const struct sensor_report *report)
{
        char kind[8], order[ULID_MAX], unit[ULID_MAX];
        struct answer_of a = { sensor_id, order, kind, "" };
        const json_t *row;
        size_t i;
        int err = text_copy(order, sizeof(order), report->order);

        if (!err)
                err = part_of(kind, unit, db, sensor_id, order);
        if (err)
                return err == ERR_MISSING ? 0 : err;
        json_array_foreach(report->rows, i, row)
        {
                if (report->from + (int64_t)i >= TRAFFIC_ROWS_KEPT)
                        break;
                err = row_file(db, clock, &a, report->from + (int64_t)i, row);
                if (err)
                        return err;
        }
        err = part_file(db, clock, &a, report);
        return err ? err : registry_changed(db, clock, "traffic", order, unit);
}

static int cancel_allowed(char unit_id[ULID_MAX], struct db *db, const struct scope *scope,
    const char *id, const char *kind)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, cancel_seen);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        db_bind_string(q, 3, kind);
        err = db_step(q);
        if (err != 1)
                return err ? err : ERR_MISSING;
        return text_copy(unit_id, ULID_MAX, db_column_text(q, 0));
}

int traffic_order_cancel(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *kind)
{
        char unit[ULID_MAX];
        int err = db_begin(db);

        if (!err)
                err = cancel_allowed(unit, db, scope, id, kind);
        if (!err)
                err = db_run(db, NULL, cancel_parts, "it", clock_now(clock), id);
        if (!err)
                err = registry_changed(db, clock, "traffic", id, unit);
        if (!err)
                err = db_commit(db);
        db_rollback(db);
        return err;
}

static int parts_json(json_t **out, struct db *db, const char *order_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, parts_of);

        if (err)
                return err;
        db_bind_string(q, 1, order_id);
        return db_rows_json(out, q,
            "sensor.id:t sensor.name:t state:t done:i total:i detail:t updated_at:d", SENSORS_MAX);
}

static int counts_add(json_t *order, struct db *db, const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, rows_count);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, json_get_text(order, "id"));
        err = db_step(q);
        if (err < 0)
                return err;
        return json_object_set_new(order, "hits", json_integer(db_column_int(q, 0))) ||
                       json_object_set_new(order, "hosts", json_integer(db_column_int(q, 1)))
                   ? ERR_MEMORY
                   : 0;
}

/* What says nothing about an order of this kind. */
static void leave_out(json_t *order, const char *kind)
{
        static const char *const names[][2] = { { "argument", "" }, { "list", "hunt" },
                { "reason", "hunt" }, { "hits", "hunt" }, { "hosts", "hunt" },
                { "answer", "trace" } };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (strcmp(names[i][1], kind) != 0)
                        (void)json_object_del(order, names[i][0]);
        if (strcmp(kind, "trace") == 0) {
                (void)json_object_del(order, "since");
                (void)json_object_del(order, "until");
                (void)json_object_del(order, "left_out");
        }
}

/* Its parts, its counts, and the fields of its argument beside them. */
static int complete(json_t *order, struct db *db, const struct scope *scope, const char *kind)
{
        json_t *parts = NULL, *argument = json_object_get(order, "argument");
        int err = counts_add(order, db, scope);

        if (!err)
                err = parts_json(&parts, db, json_get_text(order, "id"));
        if (err)
                return err;
        if (json_object_set_new(order, "sensors", parts) ||
            (json_is_object(argument) && json_object_update_missing(order, argument)))
                return ERR_MEMORY;
        leave_out(order, kind);
        return strcmp(kind, "trace") == 0 ? trace_address_show(order, db, scope) : 0;
}

/* For which time the order asks; until: what was not yet when it was asked is nobody's fault. */
static int coverage_add(json_t *order, struct db *db)
{
        time_ms since = 0, until = 0, at = 0, asked = 0, within;
        json_t *coverage = NULL;
        int err = json_field_time(&asked, order, "created_at", NULL);

        if (json_is_string(json_object_get(order, "at"))) {
                within = json_get_int(order, "within_minutes") * (time_ms)MINUTE_MS;
                err = err ? err : json_field_time(&at, order, "at", NULL);
                since = at - within;
                until = at + within;
        } else {
                if (!err && json_is_string(json_object_get(order, "since")))
                        err = json_field_time(&since, order, "since", NULL);
                if (!err && json_is_string(json_object_get(order, "until")))
                        err = json_field_time(&until, order, "until", NULL);
        }
        if (!err)
                err = order_coverage_json(&coverage, db, json_get_text(order, "id"), since,
                    until && until < asked ? until : asked);
        if (err)
                return err;
        return json_object_set_new(order, "coverage", coverage) ? ERR_MEMORY : 0;
}

int traffic_orders_json(json_t **out, struct db *db, const struct scope *scope, const char *kind)
{
        AUTO(json_free_at) json_t *orders = NULL;
        json_t *order;
        size_t i;
        int err;
        {
                AUTO(db_query_done) struct db_query *q = NULL;

                err = db_query_begin(&q, db, orders_page);
                if (err)
                        return err;
                db_bind_string(q, 1, scope->unit_id);
                db_bind_string(q, 2, kind);
                err = db_rows_json(&orders, q, ORDER_SPEC, TRAFFIC_ORDERS_SHOWN);
        }
        if (err)
                return err;
        json_array_foreach(orders, i, order) if (!err) err = complete(order, db, scope, kind);
        if (!err)
                *out = MOVE(orders);
        return err;
}

int traffic_order_json(
    json_t **out, struct db *db, const struct scope *scope, const char *kind, const char *id)
{
        AUTO(json_free_at) json_t *order = NULL;
        int err;
        {
                AUTO(db_query_done) struct db_query *q = NULL;

                err = db_query_begin(&q, db, orders_one);
                if (err)
                        return err;
                db_bind_string(q, 1, scope->unit_id);
                db_bind_string(q, 2, kind);
                db_bind_string(q, 3, id);
                err = db_row_json(&order, q, ORDER_SPEC);
        }
        if (!err)
                err = complete(order, db, scope, kind);
        if (!err)
                err = coverage_add(order, db);
        if (!err)
                *out = MOVE(order);
        return err;
}

/* The body's fields beside those of the row. */
static int row_flatten(json_t *row)
{
        json_t *body = json_object_get(row, "body");

        if (json_is_object(body) && json_object_update_missing(row, body))
                return ERR_MEMORY;
        return json_object_del(row, "body") ? ERR_BUG : 0;
}

int traffic_rows_json(
    json_t **out, struct db *db, const struct scope *scope, const char *order_id, const char *kind)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        AUTO(json_free_at) json_t *rows = NULL;
        json_t *row;
        size_t i;
        int err = db_query_begin(&q, db, rows_of);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, order_id);
        db_bind_string(q, 3, kind);
        err = db_rows_json(&rows, q,
            "id:t sensor:t host:t machine.id:t machine.name:t unit.id:t unit.name:t finding:t "
            "body:j",
            TRAFFIC_ROWS_SHOWN);
        json_array_foreach(rows, i, row) if (!err) err = row_flatten(row);
        if (!err)
                *out = MOVE(rows);
        return err;
}

int traffic_row_find(json_t **out, struct db *db, const struct scope *scope, const char *order_id,
    const char *row_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, row_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, order_id);
        db_bind_string(q, 3, row_id);
        return db_row_json(
            out, q, "id:t machine_id:t machine_name:t unit_id:t host:t finding_id:t body:j");
}

int traffic_row_finding(struct db *db, const char *row_id, const char *finding_id)
{
        return db_run(db, NULL, row_finding, "tt", finding_id, row_id);
}
