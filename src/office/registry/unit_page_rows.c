/* Units as their pages show them. SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_fields.h"
#include "office/registry/units.h"
#include "base/mem.h"
#include "system/db/db_json.h"

enum { REPORTING_MS = 2 * DAY_MS, ROWS_MAX = 10000 };

#define OPEN_STATES "('new','attributed','cleaning')"

DB_SQL(unit_list,
    "select u.id, case when u.id = $1 then null else u.parent_id end, u.code, u.name, u.kind, "
    "(select count(*) from machine m where m.unit_id = u.id and m.state in ('expected','active')), "
    "(select count(*) from machine m where m.unit_id = u.id and m.state = 'active' and "
    "m.last_seen_at > $2), "
    "(select count(*) from finding f where f.unit_id = u.id and f.state in " OPEN_STATES "), "
    "u.valid_from, u.valid_until from unit u join unit_closure c on c.below_id = u.id and "
    "c.above_id = $1 "
    "order by c.depth, u.name, u.id");
DB_SQL(unit_one,
    "select u.id, case when u.id = $1 then null else u.parent_id end, u.code, u.name, u.kind, "
    "(select count(*) from machine m where m.unit_id = u.id and m.state in ('expected','active')), "
    "(select count(*) from machine m where m.unit_id = u.id and m.state = 'active' and "
    "m.last_seen_at > $2), "
    "(select count(*) from finding f where f.unit_id = u.id and f.state in " OPEN_STATES "), "
    "u.valid_from, u.valid_until, u.phone, u.email, u.workstations_declared from unit u "
    "join unit_closure c on c.below_id = u.id and c.above_id = $1 where u.id = $3");
DB_SQL(unit_path,
    "select u.id, u.name from unit_closure up join unit_closure c on c.below_id = up.above_id and "
    "c.above_id = $1 "
    "join unit u on u.id = up.above_id where up.below_id = $2 order by up.depth desc");
DB_SQL(unit_predecessors,
    "select u.id, u.name, s.at from unit_succession s join unit u on u.id = s.predecessor_id "
    "join unit_closure c on c.below_id = u.id and c.above_id = $1 where s.successor_id = $2 order "
    "by s.at");
DB_SQL(unit_successors,
    "select u.id, u.name, s.at from unit_succession s join unit u on u.id = s.successor_id "
    "join unit_closure c on c.below_id = u.id and c.above_id = $1 where s.predecessor_id = $2 "
    "order by s.at");
DB_SQL(unit_people,
    "select p.id, p.name, p.title, p.phone, p.email, p.valid_from, p.valid_until from person p "
    "join unit_closure c on c.below_id = p.unit_id and c.above_id = $1 where p.unit_id = $2 order "
    "by p.name");
DB_SQL(unit_ranges,
    "select r.id, r.prefix, r.operator, r.behind_nat, r.source, r.note, r.valid_from, "
    "r.valid_until, r.dynamic "
    "from address_range r join unit_closure c on c.below_id = r.unit_id and c.above_id = $1 "
    "where r.unit_id = $2 order by r.low, r.valid_from");
DB_SQL(unit_systems,
    "select s.id, s.code, s.name, s.level, s.purpose, s.owner, s.operator, s.dossier_state, "
    "s.decision "
    "from information_system s join unit_closure c on c.below_id = s.unit_id and c.above_id = $1 "
    "where s.unit_id = $2 order by s.code");
DB_SQL(unit_tokens, "select t.until_at, t.uses_left from enrol_token t join unit_closure c on "
                    "c.below_id = t.unit_id "
                    "and c.above_id = $1 where t.unit_id = $2 and t.uses_left > 0 and t.until_at > "
                    "$3 order by t.until_at");

#define UNIT_SPEC                                                                                  \
        "id:t parent_id:t? code:t name:t kind:t machines:i reporting:i open_findings:i "           \
        "valid_from:d valid_until:d?"

int units_json(json_t **out, struct db *db, const struct scope *scope, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_list);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, now - REPORTING_MS);
        return db_rows_json(out, q, UNIT_SPEC, SIZE_MAX);
}

struct part {
        const char *name, *sql, *spec;
        bool with_now;
};

static const struct part parts[] = {
        { "path", unit_path, "id:t name:t", false },
        { "predecessors", unit_predecessors, "id:t name:t at:d", false },
        { "successors", unit_successors, "id:t name:t at:d", false },
        { "people", unit_people,
            "id:t name:t title:t phone:t email:t valid_from:d valid_until:d? "
            "dynamic:b",
            false },
        { "ranges", unit_ranges,
            "id:t prefix:t operator:t behind_nat:b source:t note:t valid_from:d valid_until:d?",
            false },
        { "systems", unit_systems,
            "id:t code:t name:t level:i purpose:t owner:t operator:t dossier_state:t decision:t",
            false },
        { "tokens", unit_tokens, "until:d uses_left:i", true },
};

static int add_part(json_t *unit, struct db *db, const struct scope *scope, const struct part *part,
    const char *id, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        json_t *rows;
        int err = db_query_begin(&q, db, part->sql);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        if (part->with_now)
                db_bind_int(q, 3, now);
        err = db_rows_json(&rows, q, part->spec, ROWS_MAX);
        if (err)
                return err;
        return json_object_set_new(unit, part->name, rows) ? ERR_MEMORY : 0;
}

static int unit_head(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_int(q, 2, now - REPORTING_MS);
        db_bind_string(q, 3, id);
        return db_row_json(out, q, UNIT_SPEC " phone:t email:t workstations_declared:i");
}

int unit_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *unit_id)
{
        AUTO(json_free_at) json_t *unit = NULL;
        int err = unit_head(&unit, db, scope, now, unit_id);

        for (size_t i = 0; i < ARRAY_LEN(parts) && !err; i++)
                err = add_part(unit, db, scope, &parts[i], unit_id, now);
        if (!err)
                *out = MOVE(unit);
        return err;
}
