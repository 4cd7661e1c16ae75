/* office/traffic/trace_address_rows.c: see trace_address.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/traffic/trace_address.h"

#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/registry/addresses.h"
#include "office/registry/units.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

DB_SQL(agents_spoke,
    "select m.id, m.name, u.id, u.name, k.port, k.process, k.first_at, k.last_at, k.times"
    " from machine_connection k join machine m on m.id = k.machine_id"
    " join unit u on u.id = m.unit_id"
    " where m.unit_id in (select below_id from unit_closure where above_id = $1)"
    " and k.remote_hex = $2 and k.first_at <= $3 and k.last_at >= $4"
    " order by k.last_at - k.first_at, m.name, m.id, k.port limit 50");

static bool is_of_everyone(const struct ip_address *ip)
{
        enum ip_scope s = ip_address_scope(ip);

        return s == IP_SCOPE_PRIVATE || s == IP_SCOPE_LOOPBACK || s == IP_SCOPE_LINK_LOCAL;
}

/* What the sensors are told. */
static int owner_word(const char **out, struct db *db, const struct scope *scope,
    const struct address_owner *o, const struct ip_address *ip)
{
        int err = o->claim == ADDRESS_HELD ? unit_in_scope(db, scope, o->unit_id) : 0;

        if (err && err != ERR_MISSING)
                return err;
        if (o->claim == ADDRESS_HELD)
                *out = err ? "other" : o->is_dynamic ? "dynamic" : "ours";
        else if (o->claim == ADDRESS_NEVER && (o->is_registry_empty || is_of_everyone(ip)))
                *out = "unknown";
        else
                *out = "other";
        return 0;
}

int trace_address_judge(
    json_t *argument, time_ms *since, time_ms *until, struct db *db, const struct scope *scope)
{
        struct address_owner o;
        struct ip_address ip;
        const char *word = NULL;
        time_ms at;
        int err = ip_address_parse(&ip, text_of(json_get_text(argument, "public")));

        if (!err)
                err = json_field_time(&at, argument, "at", NULL);
        if (!err)
                err = registry_address_owner(&o, db, &ip, at);
        if (!err)
                err = owner_word(&word, db, scope, &o, &ip);
        if (err)
                return err;
        *since = o.since;
        *until = o.until;
        return json_object_set_new(argument, "owner", json_string(word)) ||
                       json_object_set_new(argument, "held",
                           json_pack("{ss ss ss so so sb}", "claim", address_claim_name(o.claim),
                               "unit", o.unit_id, "range", o.prefix, "since", json_time(o.since),
                               "until", json_time(o.until), "dynamic", (int)o.is_dynamic))
                   ? ERR_MEMORY
                   : 0;
}

static json_t *of_unit(const json_t *held, const json_t *unit, const char *name)
{
        return unit ? json_object_get(held, name) : NULL;
}

int trace_address_show(json_t *order, struct db *db, const struct scope *scope)
{
        AUTO(json_free_at) json_t *unit = NULL;
        json_t *held = json_object_get(order, "held"), *address = NULL;
        const char *unit_id = held ? json_get_text(held, "unit") : "";
        int err = unit_id[0] ? unit_in_scope(db, scope, unit_id) : ERR_MISSING;

        if (!err)
                err = registry_unit_answering(&unit, db, unit_id, 0);
        if (err && err != ERR_MISSING)
                return err;
        if (held)
                address = json_pack("{sO sO sO? sO? sO? sO? sO}", "owner",
                    json_object_get(order, "owner"), "claim", json_object_get(held, "claim"),
                    "unit", unit, "range", of_unit(held, unit, "range"), "since",
                    of_unit(held, unit, "since"), "until", of_unit(held, unit, "until"), "dynamic",
                    json_object_get(held, "dynamic"));
        if (!held)
                address = json_null(); /* asked before addresses were judged */
        (void)json_object_del(order, "held");
        (void)json_object_del(order, "owner");
        return json_object_set_new(order, "address", address) ? ERR_MEMORY : 0;
}

int trace_candidates_mark(json_t *order, struct db *db)
{
        const json_t *address = json_object_get(order, "address");
        const char *holder = json_get_text(json_object_get(address, "unit"), "id");
        const struct scope below = { .unit_id = holder };
        json_t *one;
        size_t i;

        json_array_foreach(json_object_get(order, "candidates"), i, one)
        {
                const char *unit = json_get_text(json_object_get(one, "unit"), "id");
                int err = holder[0] ? unit_in_scope(db, &below, unit) : 0;

                if (err && err != ERR_MISSING)
                        return err;
                if (json_object_set_new(one, "of_holder", json_boolean(!err)))
                        return ERR_MEMORY;
        }
        return 0;
}

/* Only machines of the unit that held the address, and those below, can have stood behind it. NULL:
 * none can. What the reader may not see of it is narrowed by the scope alone. */
static const char *top_of(const json_t *order, const struct scope *scope)
{
        const json_t *address = json_object_get(order, "address");
        const json_t *unit = json_object_get(address, "unit");

        if (strcmp(json_get_text(address, "owner"), "other") == 0)
                return NULL;
        return json_is_object(unit) ? json_get_text(unit, "id") : scope->unit_id;
}

int trace_agents_json(json_t **out, struct db *db, const struct scope *scope, const json_t *order)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        time_ms at, within = json_get_int(order, "within_minutes") * (time_ms)MINUTE_MS;
        const char *top = top_of(order, scope);
        struct ip_address peer;
        char hex[IP_HEX_MAX];
        int err = json_field_time(&at, order, "at", NULL);

        if (!err && (!top || ip_address_parse(&peer, text_of(json_get_text(order, "peer"))))) {
                *out = json_array();
                return *out ? 0 : ERR_MEMORY;
        }
        if (!err)
                err = db_query_begin(&q, db, agents_spoke);
        if (err)
                return err;
        db_bind_string(q, 1, top);
        db_bind_string(q, 2, ip_address_write_hex(hex, &peer));
        db_bind_int(q, 3, at + within);
        db_bind_int(q, 4, at - within);
        return db_rows_json(out, q,
            "machine.id:t machine.name:t unit.id:t unit.name:t port:i process:t first_at:d "
            "last_at:d times:i",
            TRACE_AGENTS_SHOWN);
}
