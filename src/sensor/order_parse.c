/* sensor/order_parse.c: see order_parse.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/order_parse.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "traffic/trace/trace.h"

enum { STORE_MAX = 128, WITHIN_MINUTES_MAX = 24 * 60, OWNER_MAX = 16 };

static int time_or_none(time_ms *out, const json_t *o, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);

        return !value || json_is_null(value) ? 0 : json_field_time(out, o, name, bad);
}

static int address_or_none(
    struct ip_address *out, bool *has, const json_t *o, const char *name, struct parse_error *bad)
{
        struct text t;
        int err = json_field_text_or_none(&t, o, name, IP_TEXT_MAX, bad);

        *has = !err && t.len > 0;
        return err || !*has ? err : ip_address_parse(out, t);
}

static int port_or_none(uint16_t *out, const json_t *o, const char *name, struct parse_error *bad)
{
        const json_t *value = json_object_get(o, name);
        int64_t port = 0;
        int err = !value || json_is_null(value)
                      ? 0
                      : json_field_i64(&port, o, name, 0, UINT16_MAX, bad);

        *out = (uint16_t)port;
        return err;
}

static int argument_take(struct sensor_order *o, const json_t *argument, struct parse_error *bad)
{
        const char *whom = o->kind == SENSOR_TRACE ? "public" : "host";
        int64_t within = 0;
        struct text owner = TEXT("");
        bool has = false;
        int err = address_or_none(&o->address, &has, argument, whom, bad);

        if (!err && !has && o->kind != SENSOR_HUNT)
                err = parse_error_set(bad, 0, "Thiếu địa chỉ.", "No address.");
        if (!err)
                err = address_or_none(&o->peer, &o->has_peer, argument, "peer", bad);
        if (!err)
                err = port_or_none(&o->port, argument, "public_port", bad);
        if (!err)
                err = port_or_none(&o->peer_port, argument, "peer_port", bad);
        if (!err)
                err = time_or_none(&o->at, argument, "at", bad);
        if (!err && json_object_get(argument, "within_minutes"))
                err = json_field_i64(
                    &within, argument, "within_minutes", 0, WITHIN_MINUTES_MAX, bad);
        o->within_ms = within * MINUTE_MS;
        if (!err)
                err = json_field_text_or_none(&owner, argument, "owner", OWNER_MAX, bad);
        o->owner = err ? TRACE_OWNER_UNKNOWN : trace_owner_parse(owner);
        return err;
}

static uint32_t kind_of(struct text kind)
{
        return text_is(kind, "hunt")    ? SENSOR_HUNT
               : text_is(kind, "trace") ? SENSOR_TRACE
               : text_is(kind, "show")  ? SENSOR_SHOW
                                        : 0;
}

static int id_take(char out[ULID_MAX], const json_t *o, struct parse_error *bad)
{
        struct text id;
        int err = json_field_text(&id, o, "id", ULID_LEN, bad);

        if (!err && !ulid_is_valid(id))
                err = parse_error_set(bad, 0, "Mã lệnh không hợp lệ.", "Not an identifier.");
        return err ? err : text_copy(out, ULID_MAX, id);
}

static int order_take(struct sensor_orders *all, const json_t *o, struct parse_error *bad)
{
        struct sensor_order order = { .kind = 0 };
        struct text kind = TEXT(""), store = TEXT("");
        json_t *argument = NULL;
        int err = id_take(order.id, o, bad);

        if (!err)
                err = json_field_text(&kind, o, "kind", ULID_LEN, bad);
        order.kind = kind_of(kind);
        if (err || !order.kind)
                return err;
        err = time_or_none(&order.since, o, "since", bad);
        if (!err)
                err = time_or_none(&order.until, o, "until", bad);
        if (!err)
                err = json_field_text_or_none(&store, o, "store", STORE_MAX, bad);
        if (!err)
                err = json_field_object(&argument, o, "argument", bad);
        if (!err)
                err = argument_take(&order, argument, bad);
        if (err)
                return err;
        all->has_own_set[all->count] = store.len > 0;
        all->of[all->count++] = order;
        return 0;
}

static int all_take(struct sensor_orders *all, const json_t *traffic, struct parse_error *bad)
{
        json_t *orders = NULL, *cancelled = NULL;
        const json_t *o;
        size_t i;
        int err = json_field_array(&orders, traffic, "orders", ORDERS_MAX, bad);

        if (!err)
                err = json_field_array(&cancelled, traffic, "cancelled", ORDERS_MAX, bad);
        if (err)
                return err;
        json_array_foreach(orders, i, o) if (!err) err = order_take(all, o, bad);
        json_array_foreach(cancelled, i, o) if (!err)
            err = id_take(all->cancelled[all->cancelled_count++], o, bad);
        return err;
}

int order_parse(struct sensor_orders *out, struct text work, struct parse_error *bad)
{
        AUTO(json_free_at) json_t *root = NULL;
        AUTO(mem_free_at) struct sensor_orders *all = mem_zero(1, sizeof(*all));
        const json_t *traffic;
        int err = all ? json_read(&root, work, bad) : ERR_MEMORY;

        if (err)
                return err;
        traffic = json_object_get(root, "traffic");
        if (traffic && !json_is_null(traffic))
                err = all_take(all, traffic, bad);
        if (!err)
                *out = *all;
        return err;
}
