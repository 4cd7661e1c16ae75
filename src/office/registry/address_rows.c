/* office/registry/address_rows.c: see addresses.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/registry/addresses.h"

#include "base/mem.h"
#include "system/db/db.h"

DB_SQL(ranges_holding,
    "select unit_id, prefix, valid_from, coalesce(valid_until, 0), dynamic, source from "
    "address_range where low <= $1 and high >= $1 order by id limit 1001");
DB_SQL(range_any, "select 1 from address_range limit 1");
DB_SQL(unit_below,
    "select r.unit_id from address_range r join unit_closure c on c.below_id = r.unit_id "
    "where c.above_id = $1 and r.low <= $2 and r.high >= $2 and r.valid_from <= $3 "
    "and (r.valid_until is null or r.valid_until > $3) order by r.low desc, r.high, "
    "case when r.source = 'manual' then 0 else 1 end, r.valid_from desc, r.id limit 1");

struct holding {
        struct address_range ranges[ADDRESS_RANGES_MAX];
        char units[ADDRESS_RANGES_MAX][ULID_MAX];
        size_t count;
};

static int holding_take(struct holding *h, struct db_query *q)
{
        struct address_range *r = &h->ranges[h->count];
        int err;

        if (h->count == ADDRESS_RANGES_MAX)
                return ERR_LIMIT;
        err = text_copy(h->units[h->count], ULID_MAX, db_column_text(q, 0));
        if (!err)
                err = ip_prefix_parse(&r->prefix, db_column_text(q, 1), false);
        if (err)
                return err;
        r->since = db_column_int(q, 2);
        r->until = db_column_int(q, 3);
        r->is_dynamic = db_column_int(q, 4) != 0;
        r->is_imported = !text_is(db_column_text(q, 5), "manual");
        r->unit = text_of(h->units[h->count]);
        h->count++;
        return 0;
}

static int holding_find(struct holding *h, struct db *db, const struct ip_address *ip)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int got = 0, err = db_query_begin(&q, db, ranges_holding);

        if (err)
                return err;
        db_bind_string(q, 1, ip_address_write_hex(hex, ip));
        while (!err && (got = db_step(q)) == 1)
                err = holding_take(h, q);
        return err ? err : got;
}

static int is_empty(bool *out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, range_any);

        if (err)
                return err;
        got = db_step(q);
        *out = got == 0;
        return got < 0 ? got : 0;
}

int registry_address_owner(
    struct address_owner *out, struct db *db, const struct ip_address *ip, time_ms at)
{
        AUTO(mem_free_at) struct holding *h = mem_zero(1, sizeof(*h));
        struct address_owner o = { .claim = ADDRESS_NEVER };
        struct address_tenure t;
        int err = h ? holding_find(h, db, ip) : ERR_MEMORY;

        if (!err)
                err = is_empty(&o.is_registry_empty, db);
        if (err)
                return err;
        t = address_tenure_find(h->ranges, h->count, ip, at);
        o.claim = t.claim;
        if (t.range) {
                o.since = t.since;
                o.until = t.until;
                o.is_dynamic = t.range->is_dynamic;
                (void)ip_prefix_write(o.prefix, &t.range->prefix);
                err = text_copy(o.unit_id, ULID_MAX, t.range->unit);
        }
        if (!err)
                *out = o;
        return err;
}

int registry_unit_below_of_address(
    char unit_id[ULID_MAX], struct db *db, const char *top, const struct ip_address *ip, time_ms at)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int got, err = db_query_begin(&q, db, unit_below);

        if (err)
                return err;
        db_bind_string(q, 1, top);
        db_bind_string(q, 2, ip_address_write_hex(hex, ip));
        db_bind_int(q, 3, at);
        got = db_step(q);
        return got == 1 ? text_copy(unit_id, ULID_MAX, db_column_text(q, 0))
               : got    ? got
                        : ERR_MISSING;
}
