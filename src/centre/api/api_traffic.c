/* centre/api/api_traffic.c: sensors, their alerts, and what they are asked: hunts, traces, shows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/agents/filing.h"
#include "centre/api/api_routes.h"
#include "centre/api/api_words.h"
#include "centre/office.h"
#include "codec/ip_address.h"
#include "codec/json_fields.h"
#include "office/registry/trail.h"
#include "office/traffic/orders.h"
#include "office/traffic/sensors.h"
#include "office/traffic/trace_address.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

#include <string.h>

enum { WITHIN_MINUTES = 15, WITHIN_MINUTES_MAX = 24 * 60, SENSORS_NAMED_MAX = 1000 };

static int get_sensors(struct reply *reply, struct call *call)
{
        json_t *sensors;
        int err = sensors_json(&sensors, call->db, call->clock, &call->scope);

        return err ? err : reply_named(reply, "sensors", sensors);
}

/* A time of the query; 0 when absent. */
static int query_time(
    time_ms *out, const struct call *call, const char *name, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *o = NULL;
        struct text t = call_query(call, name);

        *out = 0;
        if (!t.len)
                return 0;
        o = json_pack("{s:s%}", name, t.data, t.len);
        return o ? json_field_time(out, o, name, bad) : ERR_FORMAT;
}

static int query_period(
    time_ms *since, time_ms *until, const struct call *call, struct parse_error *bad)
{
        int err = query_time(since, call, "since", bad);

        return err ? err : query_time(until, call, "until", bad);
}

static int get_traffic(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *sensor = NULL;
        struct parse_error bad = { 0 };
        const char *id = call_param(call, 0);
        json_t *traffic = NULL;
        time_ms since, until;
        int err = id ? query_period(&since, &until, call, &bad) : ERR_MEMORY;

        if (err)
                return reply_refused(reply, call, err, &bad);
        err = sensor_json(&sensor, call->db, call->clock, &call->scope, id);
        if (!err)
                err = sensor_traffic_json(&traffic, call->db, &call->scope, id, since, until);
        if (err)
                return err;
        if (json_object_set(traffic, "sensor", sensor)) {
                json_decref(traffic);
                return ERR_MEMORY;
        }
        return reply_json(reply, 200, traffic);
}

static int get_alerts(struct reply *reply, struct call *call)
{
        struct alert_filter f = { .sensor = call_word(call, "sensor"),
                .unit = call_word(call, "unit"),
                .machine = call_word(call, "machine"),
                .kind = call_word(call, "kind") };
        struct parse_error bad = { 0 };
        json_t *alerts;
        int err = query_period(&f.since, &f.until, call, &bad);

        if (err)
                return reply_refused(reply, call, err, &bad);
        err = alerts_json(&alerts, call->db, call->clock, &call->scope, &f);
        return err ? err : reply_json(reply, 200, alerts);
}

/* Ordering: a wish of the body becomes an order, with its line in the trail. */

static int optional_time(
    time_ms *out, const json_t *body, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(body, name);

        *out = 0;
        return !value || json_is_null(value) ? 0 : json_field_time(out, body, name, bad);
}

static int wish_period(struct traffic_wish *w, const json_t *body, struct parse_error *bad)
{
        int err = optional_time(&w->since, body, "since", bad);

        if (!err)
                err = optional_time(&w->until, body, "until", bad);
        if (!err && w->until && w->until <= w->since)
                err = parse_error_set(bad, 0, "Thời điểm cuối phải sau thời điểm đầu.",
                    "The end must be after the begin.");
        return err;
}

static int order_add(char id[ULID_MAX], struct call *call, const struct traffic_wish *wish)
{
        int err = db_begin(call->db);

        if (!err)
                err = traffic_order_add(id, call->db, call->clock, &call->scope, wish);
        if (!err)
                err = audit_add(call->db, call->clock, &call->scope, wish->kind, "traffic", id,
                    call->scope.unit_id, wish->argument);
        if (!err)
                err = db_commit(call->db);
        db_rollback(call->db);
        return err;
}

static int order_reply(struct reply *reply, struct call *call, struct traffic_wish *wish,
    const json_t *body, struct parse_error *bad)
{
        json_t *sensors = json_object_get(body, "sensors");
        char id[ULID_MAX];
        int err = 0;

        if (sensors && !json_is_null(sensors))
                err = json_field_array(&sensors, body, "sensors", SENSORS_NAMED_MAX, bad);
        if (err)
                return reply_refused(reply, call, err, bad);
        wish->sensors = json_is_array(sensors) ? sensors : NULL;
        wish->reason = "person";
        wish->by = call->scope.actor;
        err = order_add(id, call, wish);
        if (err == ERR_MISSING)
                return reply_problem(reply, call, 404, "no_sensor",
                    "Không có cảm biến hoặc danh sách nào phù hợp.",
                    "There is no such sensor or list.");
        if (err)
                return err;
        office_notify_change(call->office);
        return reply_json(reply, 201, json_pack("{s:s}", "id", id));
}

static int post_hunt(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *nothing = json_object();
        struct traffic_wish wish = { .kind = "hunt", .argument = nothing };
        struct parse_error bad = { 0 };
        struct text list = TEXT("");
        int err = nothing ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err)
                err = json_field_text_or_none(&list, body, "list", ULID_LEN, &bad);
        if (!err)
                err = wish_period(&wish, body, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        wish.list_id = list.len ? list.data : NULL;
        return order_reply(reply, call, &wish, body, &bad);
}

/* "public", "host" or "peer" as the one form of the address, or null. */
static int take_address(
    json_t *out, const json_t *body, const char *name, bool needed, struct parse_error *bad)
{
        char canonical[IP_TEXT_MAX];
        struct ip_address a;
        struct text t;
        int err = json_field_text_or_none(&t, body, name, IP_TEXT_MAX, bad);

        if (!err && (t.len || needed) && ip_address_parse(&a, t))
                err = parse_error_quote(bad, 0, "Không phải địa chỉ IP: %s",
                    "Not an IP address: %s", t.data ? t.data : "", t.len);
        if (err)
                return err;
        return json_object_set_new(
                   out, name, t.len ? json_string(ip_address_write(canonical, &a)) : json_null())
                   ? ERR_MEMORY
                   : 0;
}

static int take_port(json_t *out, const json_t *body, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(body, name);
        int64_t port = 0;
        int err = !value || json_is_null(value)
                      ? 0
                      : json_field_i64(&port, body, name, 0, UINT16_MAX, bad);

        if (!err && json_object_set_new(out, name, port ? json_integer(port) : json_null()))
                err = ERR_MEMORY;
        return err;
}

static int trace_argument(json_t *out, const json_t *body, struct parse_error *bad)
{
        int64_t within = WITHIN_MINUTES;
        time_ms at = 0;
        int err = take_address(out, body, "public", true, bad);

        if (!err)
                err = take_address(out, body, "peer", false, bad);
        if (!err)
                err = take_port(out, body, "public_port", bad);
        if (!err)
                err = take_port(out, body, "peer_port", bad);
        if (!err)
                err = json_field_time(&at, body, "at", bad);
        if (!err && json_object_get(body, "within_minutes"))
                err = json_field_i64(&within, body, "within_minutes", 1, WITHIN_MINUTES_MAX, bad);
        if (err)
                return err;
        return json_object_set_new(out, "at", json_time(at)) ||
                       json_object_set_new(out, "within_minutes", json_integer(within))
                   ? ERR_MEMORY
                   : 0;
}

static int post_trace(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *argument = json_object();
        struct traffic_wish wish = { .kind = "trace", .argument = argument };
        struct parse_error bad = { 0 };
        int err = argument ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err)
                err = trace_argument(argument, body, &bad);
        if (!err)
                err = trace_address_judge(
                    argument, &wish.since, &wish.until, call->db, &call->scope);
        if (err)
                return reply_refused(reply, call, err, &bad);
        return order_reply(reply, call, &wish, body, &bad);
}

static int post_show(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *argument = json_object();
        struct traffic_wish wish = { .kind = "show", .argument = argument };
        struct parse_error bad = { 0 };
        int err = argument ? call_json(&body, call, &bad) : ERR_MEMORY;

        if (!err)
                err = take_address(argument, body, "host", true, &bad);
        if (!err)
                err = take_address(argument, body, "peer", false, &bad);
        if (!err)
                err = wish_period(&wish, body, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        return order_reply(reply, call, &wish, body, &bad);
}

/* Looking: one order with its rows under the names that the page knows them by. */

static int get_orders(struct reply *reply, struct call *call, const char *kind, const char *name)
{
        json_t *orders;
        int err = traffic_orders_json(&orders, call->db, &call->scope, kind);

        return err ? err : reply_named(reply, name, orders);
}

static int rows_add(json_t *order, struct call *call, const char *name, const char *row_kind)
{
        json_t *rows;
        int err = traffic_rows_json(
            &rows, call->db, &call->scope, json_get_text(order, "id"), row_kind);

        if (err)
                return err;
        return json_object_set_new(order, name, rows) ? ERR_MEMORY : 0;
}

static int order_get(json_t **out, struct call *call, const char *kind)
{
        const char *id = call_param(call, 0);

        return id ? traffic_order_json(out, call->db, &call->scope, kind, id) : ERR_MEMORY;
}

static int get_hunts(struct reply *reply, struct call *call)
{
        return get_orders(reply, call, "hunt", "hunts");
}

static int get_traces(struct reply *reply, struct call *call)
{
        return get_orders(reply, call, "trace", "traces");
}

static int get_hunt(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *order = NULL;
        int err = order_get(&order, call, "hunt");

        if (!err)
                err = rows_add(order, call, "rows", "hit");
        return err ? err : reply_json(reply, 200, MOVE(order));
}

static int agents_add(json_t *order, struct call *call)
{
        json_t *agents;
        int err = trace_agents_json(&agents, call->db, &call->scope, order);

        if (err)
                return err;
        return json_object_set_new(order, "agents", agents) ? ERR_MEMORY : 0;
}

static int get_trace(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *order = NULL;
        int err = order_get(&order, call, "trace");

        if (!err)
                err = rows_add(order, call, "candidates", "candidate");
        if (!err)
                err = trace_candidates_mark(order, call->db);
        if (!err)
                err = agents_add(order, call);
        return err ? err : reply_json(reply, 200, MOVE(order));
}

static int get_show(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *order = NULL;
        int err = order_get(&order, call, "show");

        if (!err)
                err = rows_add(order, call, "flows", "flow");
        if (!err)
                err = rows_add(order, call, "names", "name");
        return err ? err : reply_json(reply, 200, MOVE(order));
}

static int cancel(struct reply *reply, struct call *call, const char *kind)
{
        const char *id = call_param(call, 0);
        int err = id ? traffic_order_cancel(call->db, call->clock, &call->scope, id, kind)
                     : ERR_MEMORY;

        if (err)
                return err;
        office_notify_change(call->office);
        reply_nothing(reply);
        return 0;
}

static int delete_hunt(struct reply *reply, struct call *call)
{
        return cancel(reply, call, "hunt");
}

static int delete_trace(struct reply *reply, struct call *call)
{
        return cancel(reply, call, "trace");
}

static int delete_show(struct reply *reply, struct call *call)
{
        return cancel(reply, call, "show");
}

/* A row that a person chose becomes a contact finding, like an alert. */
static int row_to_finding(bool *created, struct call *call, const char *order, const char *row_id)
{
        AUTO(json_free_at) json_t *row = NULL;
        const json_t *body;
        struct filed_contact c = { .process = TEXT("") };
        char finding[ULID_MAX];
        const char *type;
        int err = traffic_row_find(&row, call->db, &call->scope, order, row_id);

        *created = false;
        if (err || json_get_text(row, "finding_id")[0])
                return err;
        body = json_object_get(row, "body");
        type = json_get_text(body, "type");
        c.machine_id = json_get_text(row, "machine_id")[0] ? json_get_text(row, "machine_id")
                                                           : NULL;
        c.machine_name = json_get_text(row, "machine_name");
        c.unit_id = json_get_text(row, "unit_id");
        c.value = text_of(json_get_text(body, "value"));
        c.remote = strncmp(type, "ip", 2) == 0 || strcmp(type, "prefix") == 0
                       ? text_of(json_get_text(body, "peer"))
                       : c.value;
        c.family = text_of(json_get_text(body, "family"));
        c.list = text_of(json_get_text(body, "list"));
        c.source = c.machine_id ? TEXT("") : text_of(json_get_text(row, "host"));
        if ((err = json_field_time(&c.first_at, body, "first_at", NULL)) ||
            (err = json_field_time(&c.last_at, body, "last_at", NULL)) ||
            (err = intake_file_contact_as(finding, call->db, call->clock, call->office->rules, &c)))
                return err;
        *created = true;
        return traffic_row_finding(call->db, row_id, finding);
}

static int rows_to_findings(size_t *count, struct call *call, const json_t *rows)
{
        const char *order = call_param(call, 0);
        const json_t *row;
        size_t i;
        int err = order ? db_begin(call->db) : ERR_MEMORY;

        json_array_foreach(rows, i, row)
        {
                const char *id = json_string_value(row);
                bool created = false;

                if (!err)
                        err = id ? row_to_finding(&created, call, order, id) : ERR_FORMAT;
                *count += created;
        }
        if (!err)
                err = db_commit(call->db);
        db_rollback(call->db);
        return err;
}

static int post_findings(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *hunt = NULL;
        struct parse_error bad = { 0 };
        json_t *rows = NULL;
        size_t count = 0;
        int err = order_get(&hunt, call, "hunt");

        if (err)
                return err;
        err = call_json(&body, call, &bad);
        if (!err)
                err = json_field_array(&rows, body, "rows", TRAFFIC_ROWS_SHOWN, &bad);
        if (err)
                return reply_refused(reply, call, err, &bad);
        err = rows_to_findings(&count, call, rows);
        if (err)
                return err;
        office_notify_change(call->office);
        return reply_json(reply, 200, json_pack("{s:I}", "findings", (json_int_t)count));
}

static const struct route routes[] = {
        { "GET", "/api/v1/sensors", ROLE_UNIT, 0, get_sensors },
        { "GET", "/api/v1/sensors/{id}/traffic", ROLE_UNIT, 0, get_traffic },
        { "GET", "/api/v1/alerts", ROLE_UNIT, 0, get_alerts },
        { "GET", "/api/v1/hunts", ROLE_UNIT, 0, get_hunts },
        { "POST", "/api/v1/hunts", ROLE_OFFICE, 0, post_hunt },
        { "GET", "/api/v1/hunts/{id}", ROLE_UNIT, 0, get_hunt },
        { "DELETE", "/api/v1/hunts/{id}", ROLE_OFFICE, 0, delete_hunt },
        { "POST", "/api/v1/hunts/{id}/findings", ROLE_OFFICE, 0, post_findings },
        { "GET", "/api/v1/traces", ROLE_UNIT, 0, get_traces },
        { "POST", "/api/v1/traces", ROLE_OFFICE, 0, post_trace },
        { "GET", "/api/v1/traces/{id}", ROLE_UNIT, 0, get_trace },
        { "DELETE", "/api/v1/traces/{id}", ROLE_OFFICE, 0, delete_trace },
        { "POST", "/api/v1/shows", ROLE_UNIT, 0, post_show },
        { "GET", "/api/v1/shows/{id}", ROLE_UNIT, 0, get_show },
        { "DELETE", "/api/v1/shows/{id}", ROLE_UNIT, 0, delete_show },
};

const struct route_table api_traffic = { routes, ARRAY_LEN(routes) };
