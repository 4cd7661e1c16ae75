/* The end of a unit, and what goes over to its successor. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/registry/units.h"
#include "system/db/db.h"

DB_SQL(unit_state, "select parent_id, valid_until from unit where id = $1");
DB_SQL(unit_end, "update unit set valid_until = $2, updated_at = $3 where id = $1");
DB_SQL(unit_succeed,
    "insert into unit_succession (predecessor_id, successor_id, at, part) values ($1, $2, $3, $4) "
    "on conflict (predecessor_id, successor_id) do update set at = excluded.at, "
    "part = excluded.part");
DB_SQL(range_running, "select id from address_range where unit_id = $1 and "
                      "(valid_until is null or valid_until > $2) order by id limit 1");
DB_SQL(range_end, "update address_range set valid_until = $2, updated_at = $3 where id = $1");
DB_SQL(range_go_on,
    "insert into address_range (id, unit_id, prefix, low, high, operator, behind_nat, source, "
    "note, valid_from, valid_until, dynamic, created_at, updated_at) select $1, $2, prefix, low, "
    "high, operator, behind_nat, source, note, case when valid_from > $3 then valid_from else $3 "
    "end, valid_until, dynamic, $4, $4 from address_range where id = $5");
DB_SQL(machines_over, "update machine set unit_id = $2, updated_at = $3 where unit_id = $1");
DB_SQL(
    systems_over, "update information_system set unit_id = $2, updated_at = $3 where unit_id = $1");
DB_SQL(people_over, "update person set unit_id = $2, updated_at = $3 where unit_id = $1 and "
                    "(valid_until is null or valid_until > $3)");
DB_SQL(child_first, "select id from unit where parent_id = $1 and "
                    "(valid_until is null or valid_until > $2) order by id limit 1");

/* The one identifier that the statement gives; "" when there is none. */
static int next_id(
    char out[ULID_MAX], struct db *db, const char *sql, const char *unit_id, time_ms at)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        db_bind_int(q, 2, at);
        out[0] = '\0';
        got = db_step(q);
        return got == 1 ? text_copy(out, ULID_MAX, db_column_text(q, 0)) : got;
}

/* Each step ends one range, so the walk ends. */
static int ranges_over(struct db *db, const struct clock *clock, const char *unit_id, time_ms at,
    const char *successor)
{
        char id[ULID_MAX], made[ULID_MAX];
        int err;

        while (!(err = next_id(id, db, range_running, unit_id, at)) && id[0]) {
                if (successor)
                        err = db_run(db, NULL, range_go_on, "ttiit", ulid_make(made, clock),
                            successor, at, clock_now(clock), id);
                if (!err)
                        err = db_run(db, NULL, range_end, "tii", id, at, clock_now(clock));
                if (err)
                        return err;
        }
        return err;
}

static int hand_over(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *unit_id, const char *successor)
{
        const char *const moves[] = { machines_over, systems_over, people_over };
        time_ms now = clock_now(clock);
        char child[ULID_MAX];
        int err = 0;

        for (size_t i = 0; i < ARRAY_LEN(moves) && !err; i++)
                err = db_run(db, NULL, moves[i], "tti", unit_id, successor, now);
        while (!err && !(err = next_id(child, db, child_first, unit_id, now)) && child[0])
                err = unit_move(db, clock, scope, child, successor);
        return err;
}

static int check_end(struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, unit_state);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_MISSING;
        if (db_column_is_null(q, 0))
                return ERR_FORMAT;
        return db_column_is_null(q, 1) ? 0 : ERR_EXISTS;
}

static int check_successors(struct db *db, const struct scope *scope, const char *unit_id,
    const char *const *successors, size_t count)
{
        const struct scope below = { .unit_id = unit_id };

        if (count > UNIT_SUCCESSORS_MAX)
                return ERR_FORMAT;
        for (size_t i = 0; i < count; i++) {
                int err = unit_in_scope(db, scope, successors[i]);

                if (err)
                        return err;
                err = unit_in_scope(db, &below, successors[i]);
                if (err != ERR_MISSING)
                        return err ? err : ERR_FORMAT;
                for (size_t k = 0; k < i; k++)
                        if (strcmp(successors[i], successors[k]) == 0)
                                return ERR_FORMAT;
        }
        return 0;
}

int unit_close(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *unit_id, time_ms at, const char *const *successors, size_t count)
{
        int err = unit_in_scope(db, scope, unit_id);

        if (!err)
                err = check_end(db, unit_id);
        if (!err)
                err = at > clock_now(clock)
                          ? ERR_FORMAT
                          : check_successors(db, scope, unit_id, successors, count);
        if (!err)
                err = ranges_over(db, clock, unit_id, at, count ? successors[0] : NULL);
        for (size_t i = 0; i < count && !err; i++)
                err = db_run(
                    db, NULL, unit_succeed, "ttii", unit_id, successors[i], at, (int64_t)(i > 0));
        if (!err && count)
                err = hand_over(db, clock, scope, unit_id, successors[0]);
        return err ? err : db_run(db, NULL, unit_end, "tii", unit_id, at, clock_now(clock));
}
