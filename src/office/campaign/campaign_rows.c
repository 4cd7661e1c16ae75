/* office/campaign/campaign_rows.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "office/campaign/campaign_rows.h"
#include "office/registry/trail.h"
#include "system/db/db.h"
#include "system/db/db_json.h"

DB_SQL(units_scope,
    "select u.id, coalesce(u.parent_id, ''), u.name, u.kind, u.workstations_declared from unit u"
    " join unit_closure c on c.below_id = u.id and c.above_id = $2"
    " where u.valid_from <= $1 and (u.valid_until is null or u.valid_until > $1)"
    " order by u.name_folded, u.id");
DB_SQL(cells_all,
    "select unit_id, clause, state, proved_by, met, total, seen, expected, changed_at, before_state"
    " from cell join unit_closure c on c.below_id = cell.unit_id and c.above_id = $2"
    " where directive_id = $1 order by unit_id, clause");
DB_SQL(cell_put,
    "insert into cell (directive_id, unit_id, clause, state, proved_by, met, total, seen, expected,"
    " as_of, changed_at, before_state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    " on conflict (directive_id, unit_id, clause) do update set state = excluded.state,"
    " proved_by = excluded.proved_by, met = excluded.met, total = excluded.total, seen = "
    "excluded.seen,"
    " expected = excluded.expected, as_of = excluded.as_of, changed_at = excluded.changed_at,"
    " before_state = excluded.before_state");
DB_SQL(cell_delete, "delete from cell where directive_id = $1 and unit_id = $2 and clause = $3");
DB_SQL(waivers_running,
    "select id, unit_id, clause, reason, approved_by, until_at from waiver"
    " join unit_closure c on c.below_id = unit_id and c.above_id = $3 where directive_id = $1"
    " and ended_at is null and until_at > $2 and approved_by <> '' order by until_at");
DB_SQL(waiver_add,
    "insert into waiver (id, directive_id, unit_id, clause, reason, asked_by, approved_by, from_at,"
    " until_at, created_at) values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $7)");
DB_SQL(waiver_end,
    "update waiver set ended_at = $1 where id = $2 and ended_at is null and unit_id in"
    " (select below_id from unit_closure where above_id = $3)");
DB_SQL(attestations_scope,
    "select id, unit_id, clause, measure, body, by_name, at from attestation"
    " join unit_closure c on c.below_id = unit_id and c.above_id = $2"
    " where directive_id = $1 and withdrawn_at is null order by unit_id, at");
DB_SQL(attestation_add, "insert into attestation (id, directive_id, unit_id, clause, measure, "
                        "body, by_name, by_account,"
                        " at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
DB_SQL(directive_put,
    "insert into directive (id, pack, pack_sha256, number, issued_on, due_at, body, active, "
    "loaded_at)"
    " values ($1, $2, $3, $4, $5, $6, $7, 1, $8) on conflict (pack) do update set pack_sha256 ="
    " excluded.pack_sha256, number = excluded.number, issued_on = excluded.issued_on, due_at ="
    " excluded.due_at, body = excluded.body, loaded_at = excluded.loaded_at returning id");
DB_SQL(directive_one, "select id, body from directive where id = $1");
DB_SQL(directive_newest,
    "select id, body from directive where active = 1 order by issued_on desc, id desc limit 1");
DB_SQL(directive_all, "select id, body, active from directive order by issued_on desc, id desc");
DB_SQL(directive_active, "select id from directive where active = 1 order by id");
DB_SQL(urge_level, "select coalesce(max(level), 0) from urge where directive_id = $1 and unit_id = "
                   "$2 and clause = $3");
DB_SQL(urge_add,
    "insert into urge (id, directive_id, unit_id, clause, level, channel, by_account, at)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_SQL(urges_of,
    "select u.id, u.level, u.channel, u.at, coalesce(a.name, u.by_account), u.read_at from urge u"
    " left join account a on a.id = u.by_account"
    " where u.directive_id = $1 and u.unit_id = $2 and u.clause = $3 order by u.at desc, u.id "
    "desc");

/* A column's text, kept in the arena; *err sticks. */
static struct text kept(struct arena *arena, struct db_query *q, int column, int *err)
{
        struct text t = db_column_text(q, column);
        const char *copy = arena_text(arena, t);

        if (!copy && !*err)
                *err = ERR_LIMIT;
        return (struct text){ copy ? copy : "", copy ? t.len : 0 };
}

/* Room for one more of an array that doubles inside the arena. */
static void *one_more(struct arena *arena, void **items, size_t count, size_t *room, size_t size)
{
        if (count == *room) {
                size_t more = *room ? *room * 2 : 64;
                char *grown = arena_zero(arena, more, size);

                if (!grown)
                        return NULL;
                if (count)
                        memcpy(grown, *items, count * size);
                *items = grown;
                *room = more;
        }
        return (char *)*items + count * size;
}

typedef void (*row_reader)(void *slot, struct arena *arena, struct db_query *q, int *err);

static int read_rows(void **out, size_t *count, struct arena *arena, struct db_query *q,
    size_t size, row_reader read)
{
        size_t room = 0;
        int step, err = 0;

        *out = NULL;
        *count = 0;
        while ((step = db_step(q)) == 1 && !err) {
                void *slot = one_more(arena, out, *count, &room, size);

                if (!slot)
                        return ERR_LIMIT;
                read(slot, arena, q, &err);
                (*count)++;
        }
        return step < 0 ? step : err;
}

static void read_unit(void *slot, struct arena *arena, struct db_query *q, int *err)
{
        struct unit_row *u = slot;

        u->id = kept(arena, q, 0, err);
        u->parent_id = kept(arena, q, 1, err);
        u->name = kept(arena, q, 2, err);
        u->kind = kept(arena, q, 3, err);
        u->declared = db_column_int(q, 4);
}

int unit_rows_read(struct unit_row **out, size_t *count, struct arena *arena, struct db *db,
    const struct scope *scope, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        void *rows = NULL;
        int err = db_query_begin(&q, db, units_scope);

        if (err)
                return err;
        db_bind_int(q, 1, now);
        db_bind_string(q, 2, scope->unit_id);
        err = read_rows(&rows, count, arena, q, sizeof(**out), read_unit);
        *out = rows;
        return err ? err : *count > CAMPAIGN_UNITS_MAX ? ERR_LIMIT : 0;
}

static enum proved_by proved_by_of(struct text t)
{
        return text_is(t, "machine")  ? PROVED_BY_MACHINE
               : text_is(t, "person") ? PROVED_BY_PERSON
                                      : PROVED_BY_NONE;
}

static void read_cell(void *slot, struct arena *arena, struct db_query *q, int *err)
{
        struct cell_row *c = slot;

        c->unit_id = kept(arena, q, 0, err);
        c->clause = kept(arena, q, 1, err);
        if (cell_state_parse(&c->result.state, db_column_text(q, 2)))
                c->result.state = CELL_UNKNOWN;
        c->result.proved_by = proved_by_of(db_column_text(q, 3));
        c->result.met = db_column_int(q, 4);
        c->result.total = db_column_int(q, 5);
        c->result.seen = db_column_int(q, 6);
        c->result.expected = db_column_int(q, 7);
        c->changed_at = db_column_int(q, 8);
        c->has_before = cell_state_parse(&c->before, db_column_text(q, 9)) == 0;
}

int cell_rows_read(struct cell_row **out, size_t *count, struct arena *arena, struct db *db,
    const char *directive_id, const char *above_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        void *rows = NULL;
        int err = db_query_begin(&q, db, cells_all);

        if (err)
                return err;
        db_bind_string(q, 1, directive_id);
        db_bind_string(q, 2, above_id);
        err = read_rows(&rows, count, arena, q, sizeof(**out), read_cell);
        *out = rows;
        return err;
}

int cell_row_put(struct db *db, const char *directive_id, const struct cell_row *row, time_ms as_of)
{
        const struct cell_result *r = &row->result;

        return db_run(db, NULL, cell_put, "tttttiiiiiit", directive_id, row->unit_id.data,
            row->clause.data, cell_state_name(r->state), proved_by_name(r->proved_by), r->met,
            r->total, r->seen, r->expected, (int64_t)as_of, (int64_t)row->changed_at,
            row->has_before ? cell_state_name(row->before) : "");
}

int cell_row_delete(struct db *db, const char *directive_id, const struct cell_row *row)
{
        return db_run(
            db, NULL, cell_delete, "ttt", directive_id, row->unit_id.data, row->clause.data);
}

static void read_waiver(void *slot, struct arena *arena, struct db_query *q, int *err)
{
        struct waiver_row *w = slot;

        w->id = kept(arena, q, 0, err);
        w->unit_id = kept(arena, q, 1, err);
        w->clause = kept(arena, q, 2, err);
        w->reason = kept(arena, q, 3, err);
        w->by = kept(arena, q, 4, err);
        w->until = db_column_int(q, 5);
}

int waiver_rows_read(struct waiver_row **out, size_t *count, struct arena *arena, struct db *db,
    const struct scope *scope, const char *directive_id, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        void *rows = NULL;
        int err = db_query_begin(&q, db, waivers_running);

        if (err)
                return err;
        db_bind_string(q, 1, directive_id);
        db_bind_int(q, 2, now);
        db_bind_string(q, 3, scope->unit_id);
        err = read_rows(&rows, count, arena, q, sizeof(**out), read_waiver);
        *out = rows;
        return err;
}

static void read_attestation(void *slot, struct arena *arena, struct db_query *q, int *err)
{
        struct attestation_fact *a = slot;

        a->id = kept(arena, q, 0, err);
        a->unit_id = kept(arena, q, 1, err);
        a->clause = kept(arena, q, 2, err);
        a->measure = kept(arena, q, 3, err);
        a->body = kept(arena, q, 4, err);
        a->by_name = kept(arena, q, 5, err);
        a->at = db_column_int(q, 6);
}

int attestation_rows_read(struct attestation_fact **out, size_t *count, struct arena *arena,
    struct db *db, const struct scope *scope, const char *directive_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        void *rows = NULL;
        int err = db_query_begin(&q, db, attestations_scope);

        if (err)
                return err;
        db_bind_string(q, 1, directive_id);
        db_bind_string(q, 2, scope->unit_id);
        err = read_rows(&rows, count, arena, q, sizeof(**out), read_attestation);
        *out = rows;
        return err;
}

int directive_row_put(
    char id[ULID_MAX], struct db *db, const struct clock *clock, const struct pack *pack)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        struct sha256 digest = sha256_of(pack->body.data, pack->body.len);
        char hex[SHA256_HEX_MAX], made[ULID_MAX];
        int err = db_query_begin(&q, db, directive_put);

        if (err)
                return err;
        db_bind_string(q, 1, ulid_make(made, clock));
        db_bind_text(q, 2, pack->id);
        db_bind_string(q, 3, sha256_write(hex, &digest));
        db_bind_text(q, 4, pack->number);
        db_bind_int(q, 5, pack->issued_on);
        db_bind_int(q, 6, pack->due_at);
        db_bind_text(q, 7, pack->body);
        db_bind_int(q, 8, clock_now(clock));
        err = db_step(q);
        if (err != 1)
                return err < 0 ? err : ERR_BUG;
        err = text_copy(id, ULID_MAX, db_column_text(q, 0));
        return err ? err : db_step(q);
}

int directive_row_read(char id[ULID_MAX], struct text *body, struct arena *arena, struct db *db,
    struct text directive_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, directive_id.len ? directive_one : directive_newest);

        if (err)
                return err;
        if (directive_id.len)
                db_bind_text(q, 1, directive_id);
        err = db_step(q);
        if (err != 1)
                return err < 0 ? err : ERR_MISSING;
        err = text_copy(id, ULID_MAX, db_column_text(q, 0));
        *body = kept(arena, q, 1, &err);
        return err;
}

static json_t *words_of(struct words w)
{
        return json_pack("{s:o,s:o}", "vi", json_stringn(w.vi.data, w.vi.len), "en",
            json_stringn(w.en.data, w.en.len));
}

/* One entry of the list; the pack was checked when it was loaded. */
static int directive_json(json_t **out, struct db_query *q)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct pack_faults faults;
        const struct pack *pack = NULL;
        struct text id = db_column_text(q, 0);
        int err = arena_new(&arena, 8 << 20);

        if (!err)
                err = pack_parse(&pack, arena, db_column_text(q, 1), &faults);
        if (err)
                return err;
        *out = json_pack("{s:o,s:o,s:o,s:o,s:b}", "id", json_stringn(id.data, id.len), "pack",
            json_stringn(pack->id.data, pack->id.len), "number",
            json_stringn(pack->number.data, pack->number.len), "title", words_of(pack->title),
            "active", db_column_int(q, 2) != 0);
        return *out ? 0 : ERR_MEMORY;
}

int directive_rows_json(json_t **out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        json_t *array = json_array();
        int step, err = db_query_begin(&q, db, directive_all);

        while (!err && (step = db_step(q)) != 0) {
                json_t *one = NULL;

                err = step < 0 ? step : directive_json(&one, q);
                if (!err)
                        (void)json_array_append_new(array, one);
        }
        if (err) {
                json_decref(array);
                return err;
        }
        *out = array;
        return 0;
}

int directive_rows_active(char (*ids)[ULID_MAX], size_t *count, size_t room, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int step, err = db_query_begin(&q, db, directive_active);

        *count = 0;
        while (!err && *count < room && (step = db_step(q)) != 0) {
                err = step < 0 ? step : text_copy(ids[*count], ULID_MAX, db_column_text(q, 0));
                *count += !err;
        }
        return err;
}

#define EVALUATED "matrix_evaluated"

/* "<milliseconds> <sequence>" */
int evaluated_row_read(struct evaluated_row *out, struct arena *arena, struct db *db)
{
        const char *kept_value;
        struct text value, at;
        int err = setting_read(&kept_value, arena, db, EVALUATED);

        *out = (struct evaluated_row){ 0, -1 };
        if (err)
                return err == ERR_MISSING ? 0 : err;
        value = text_of(kept_value);
        if (!text_split(&at, &value, ' ') || text_to_i64(&out->at, at) ||
            text_to_i64(&out->change, value))
                *out = (struct evaluated_row){ 0, -1 };
        return 0;
}

int evaluated_row_put(struct db *db, const struct clock *clock, const struct evaluated_row *row)
{
        char value[64];

        (void)snprintf(
            value, sizeof(value), "%lld %lld", (long long)row->at, (long long)row->change);
        return setting_write(db, clock, EVALUATED, text_of(value));
}

int attestation_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *directive_id, const struct attestation_fact *f)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, attestation_add);

        if (err)
                return err;
        db_bind_string(q, 1, ulid_make(id, clock));
        db_bind_string(q, 2, directive_id);
        db_bind_text(q, 3, f->unit_id);
        db_bind_text(q, 4, f->clause);
        db_bind_text(q, 5, f->measure);
        db_bind_text(q, 6, f->body);
        db_bind_string(q, 7, scope->actor);
        db_bind_string(q, 8, scope->account_id);
        db_bind_int(q, 9, clock_now(clock));
        return db_step(q);
}

int waiver_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *directive_id, const struct waiver_row *w)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, waiver_add);

        if (err)
                return err;
        db_bind_string(q, 1, ulid_make(id, clock));
        db_bind_string(q, 2, directive_id);
        db_bind_text(q, 3, w->unit_id);
        db_bind_text(q, 4, w->clause);
        db_bind_text(q, 5, w->reason);
        db_bind_string(q, 6, scope->actor);
        db_bind_int(q, 7, clock_now(clock));
        db_bind_int(q, 8, w->until);
        return db_step(q);
}

int waiver_row_end(
    struct db *db, const struct clock *clock, const struct scope *scope, struct text id)
{
        char key[ULID_MAX];
        int64_t changed = 0;
        int err;

        if (text_copy(key, sizeof(key), id))
                return ERR_MISSING;
        err = db_run(
            db, &changed, waiver_end, "itt", (int64_t)clock_now(clock), key, scope->unit_id);
        return err ? err : changed ? 0 : ERR_MISSING;
}

int urge_row_level(
    int64_t *out, struct db *db, const char *directive_id, struct text unit_id, struct text clause)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, urge_level);

        if (err)
                return err;
        db_bind_string(q, 1, directive_id);
        db_bind_text(q, 2, unit_id);
        db_bind_text(q, 3, clause);
        err = db_step(q);
        if (err != 1)
                return err < 0 ? err : ERR_BUG;
        *out = db_column_int(q, 0);
        return 0;
}

int urge_row_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *directive_id, struct text unit_id, struct text clause, int64_t level,
    struct text channel)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char id[ULID_MAX];
        int err = db_query_begin(&q, db, urge_add);

        if (err)
                return err;
        db_bind_string(q, 1, ulid_make(id, clock));
        db_bind_string(q, 2, directive_id);
        db_bind_text(q, 3, unit_id);
        db_bind_text(q, 4, clause);
        db_bind_int(q, 5, level);
        db_bind_text(q, 6, channel);
        db_bind_string(q, 7, scope->account_id);
        db_bind_int(q, 8, clock_now(clock));
        return db_step(q);
}

int urge_rows_json(
    json_t **out, struct db *db, const char *directive_id, struct text unit_id, struct text clause)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, urges_of);

        if (err)
                return err;
        db_bind_string(q, 1, directive_id);
        db_bind_text(q, 2, unit_id);
        db_bind_text(q, 3, clause);
        return db_rows_json(out, q, "id:t level:i channel:t at:d by:t read_at:d", 1000);
}
