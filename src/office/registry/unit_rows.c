/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/unicode.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

enum { FOLDED_MAX = 1000, SUCCESSIONS_MAX = 16 };

DB_SQL(unit_seen, "select 1 from unit_closure where above_id = $1 and below_id = $2");
DB_SQL(unit_first, "select id from unit where parent_id is null order by created_at, id limit 1");
DB_SQL(unit_insert_root,
    "insert into unit (id, code, name, name_folded, kind, valid_from, created_at, updated_at) "
    "values ($1, $2, $3, $4, $5, 0, $6, $6)");
DB_SQL(unit_set_parent, "update unit set parent_id = $2, updated_at = $3 where id = $1");
DB_SQL(closure_self,
    "insert into unit_closure (above_id, below_id, depth) select id, id, 0 from unit where id = $1 "
    "on conflict (above_id, below_id) do nothing");
DB_SQL(closure_cut, "delete from unit_closure where below_id in (select below_id from unit_closure "
                    "where above_id = $1) "
                    "and above_id not in (select below_id from unit_closure where above_id = $1)");
DB_SQL(closure_join, "insert into unit_closure (above_id, below_id, depth) "
                     "select a.above_id, b.below_id, a.depth + b.depth + 1 from unit u "
                     "join unit_closure a on a.below_id = u.parent_id join unit_closure b on "
                     "b.above_id = u.id where u.id = $1");
/* the whole of it before a part of it, then the earliest */
DB_SQL(unit_answering,
    "select u.id, u.name, case when u.valid_until is not null and u.valid_until <= $2 then "
    "(select s.successor_id from unit_succession s where s.predecessor_id = u.id and s.at <= $2 "
    "order by s.part, s.at, s.successor_id limit 1) end from unit u where u.id = $1");
DB_SQL(range_of_address, "select id, unit_id, prefix, behind_nat, source, low, high from "
                         "address_range where low <= $1 and high >= $1 "
                         "and valid_from <= $2 and (valid_until is null or valid_until > $2) "
                         "order by low desc, high, case when source = 'manual' then 0 else 1 end, "
                         "valid_from desc, id limit 1");

int unit_in_scope(struct db *db, const struct scope *scope, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, unit_seen);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, unit_id ? unit_id : "");
        got = db_step(q);
        return got == 1 ? 0 : got < 0 ? got : ERR_MISSING;
}

int unit_root(char id[ULID_MAX], struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, unit_first);

        if (err)
                return err;
        got = db_step(q);
        return got == 1  ? text_copy(id, ULID_MAX, db_column_text(q, 0))
               : got < 0 ? got
                         : ERR_MISSING;
}

int unit_create_root(char id[ULID_MAX], struct db *db, const struct clock *clock, const char *code,
    const char *name, const char *kind)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(FOLDED_MAX);
        char there[ULID_MAX], made[ULID_MAX];
        int err = unit_root(there, db);

        if (err != ERR_MISSING)
                return err ? err : ERR_EXISTS;
        err = unicode_add_folded(&folded, text_of(name));
        if (err)
                return err;
        ulid_make(made, clock);
        err = db_run(db, NULL, unit_insert_root, "ttttti", made, code, name,
            folded.data ? folded.data : "", kind, clock_now(clock));
        if (!err)
                err = unit_rebuild_closure(db, made);
        if (!err)
                memcpy(id, made, ULID_MAX);
        return err;
}

/* Invariant: closure_cut and closure_join touch only pairs (above the subtree, inside the subtree);
 * the pairs inside the subtree stay as they are. */
int unit_rebuild_closure(struct db *db, const char *unit_id)
{
        int err = db_run(db, NULL, closure_self, "t", unit_id);

        if (!err)
                err = db_run(db, NULL, closure_cut, "t", unit_id);
        return err ? err : db_run(db, NULL, closure_join, "t", unit_id);
}

int unit_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *unit_id, const char *parent_id)
{
        struct scope below = { .unit_id = unit_id };
        int err = unit_in_scope(db, scope, unit_id);

        if (!err)
                err = unit_in_scope(db, scope, parent_id);
        if (err)
                return err;
        err = unit_in_scope(db, &below, parent_id);
        if (err != ERR_MISSING)
                return err ? err : ERR_FORMAT;
        err = db_run(db, NULL, unit_set_parent, "tti", unit_id, parent_id, clock_now(clock));
        return err ? err : unit_rebuild_closure(db, unit_id);
}

static int owner_of_row(struct range_owner *out, struct db_query *q)
{
        struct range_owner o = { .behind_nat = db_column_int(q, 3) != 0,
                .manual = text_is(db_column_text(q, 4), "manual") };
        struct ip_prefix prefix;
        int err = text_copy(o.range_id, sizeof(o.range_id), db_column_text(q, 0));

        if (!err)
                err = text_copy(o.unit_id, sizeof(o.unit_id), db_column_text(q, 1));
        if (!err)
                err = text_copy(o.prefix, sizeof(o.prefix), db_column_text(q, 2));
        if (!err)
                err = ip_prefix_parse(&prefix, db_column_text(q, 2), false);
        if (err)
                return err;
        bool wide = ip_address_is_v4(&prefix.base) ? prefix.bits < 96 + 16 : prefix.bits < 40;
        o.confidence = wide ? 2 : o.manual ? 5 : 4;
        *out = o;
        return 0;
}

/* Prefixes nest or are apart, so the longest is the one with the greatest low bound, then the least
 * high one. */
int registry_unit_of_address(
    struct range_owner *out, struct db *db, const struct ip_address *ip, time_ms at)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int got, err = db_query_begin(&q, db, range_of_address);

        if (err)
                return err;
        db_bind_string(q, 1, ip_address_write_hex(hex, ip));
        db_bind_int(q, 2, at);
        got = db_step(q);
        return got == 1 ? owner_of_row(out, q) : got < 0 ? got : ERR_MISSING;
}

static int one_answering(
    json_t **out, char next[ULID_MAX], struct db *db, const char *unit_id, time_ms at)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_answering);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_int(q, 2, at);
        err = db_row_json(out, q, "id:t name:t");
        if (err)
                return err;
        return text_copy(next, ULID_MAX, db_column_text(q, 2));
}

/* Successions are entered by people: a ring of them ends after SUCCESSIONS_MAX steps. */
int registry_unit_answering(json_t **out, struct db *db, const char *unit_id, time_ms at)
{
        AUTO(json_free_at) json_t *unit = NULL;
        char here[ULID_MAX], next[ULID_MAX];
        int err = text_copy(here, sizeof(here), text_of(unit_id));

        for (int steps = 0; !err && here[0] && steps < SUCCESSIONS_MAX; steps++) {
                json_decref(unit);
                unit = NULL;
                err = one_answering(&unit, next, db, here, at);
                memcpy(here, next, sizeof(here));
        }
        if (err)
                return err == ERR_LIMIT ? ERR_MISSING : err;
        if (!unit)
                return ERR_MISSING;
        *out = MOVE(unit);
        return 0;
}
