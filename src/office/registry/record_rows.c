/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/ip_address.h"
#include "codec/unicode.h"
#include "office/registry/record.h"
#include "office/registry/record_topic.h"
#include "office/registry/units.h"
#include "system/db/db.h"

enum { FOLDED_MAX = 2000 };

DB_SQL(resolve_unit, "select u.id, u.code from unit u join unit_closure c on c.below_id = u.id and "
                     "c.above_id = $1 where u.code = $2 or u.id = $2");
DB_SQL(resolve_system, "select s.id, s.code from information_system s join unit_closure c on "
                       "c.below_id = s.unit_id and c.above_id = $1 where s.code = $2 or s.id = $2");
DB_SQL(range_taken, "select 1 from address_range where low = $1 and high = $2 and id <> $3 and "
                    "(valid_until is null or valid_until > $4) and valid_from < $5");

static int read_columns(
    struct record *out, struct arena *arena, struct db_query *q, const struct record_topic *t)
{
        struct record r;

        record_init(&r, t);
        for (size_t i = 0; i < t->count; i++) {
                r.values[i] = arena_text(arena, db_column_text(q, (int)i));
                if (!r.values[i])
                        return ERR_MEMORY;
        }
        r.unit_id = arena_text(arena, db_column_text(q, (int)t->count));
        r.unit_name = arena_text(arena, db_column_text(q, (int)t->count + 1));
        if (!r.unit_id || !r.unit_name)
                return ERR_MEMORY;
        *out = r;
        return 0;
}

static int read_first(
    struct record *out, struct arena *arena, struct db_query *q, const struct record_topic *t)
{
        int got = db_step(q);

        return got == 1 ? read_columns(out, arena, q, t) : got < 0 ? got : ERR_MISSING;
}

int record_read(struct record *out, struct arena *arena, struct db *db, const struct scope *scope,
    const struct record_topic *t, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, t->by_id);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        return read_first(out, arena, q, t);
}

int record_find(struct record *out, struct arena *arena, struct db *db, const struct scope *scope,
    const struct record_topic *t, const struct record *like)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err;

        if (like->values[0][0])
                return record_read(out, arena, db, scope, t, like->values[0]);
        err = db_query_begin(&q, db, t->by_key);
        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, like->values[t->keys[0]]);
        if (t->keys[1])
                db_bind_string(q, 3, like->values[t->keys[1]]);
        return read_first(out, arena, q, t);
}

int records_each(struct db *db, const struct scope *scope, const struct record_topic *t,
    const char *unit_id, int (*sink)(void *state, const struct record *r), void *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, t->each);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, unit_id ? unit_id : "");
        while ((got = db_step(q)) == 1) {
                AUTO(arena_free_at) struct arena *row_arena = NULL;
                struct record r;

                err = arena_new(&row_arena, 256 << 10);
                if (!err)
                        err = read_columns(&r, row_arena, q, t);
                if (!err)
                        err = sink(state, &r);
                if (err)
                        return err;
        }
        return got;
}

/* The identifier behind a code; "" for an empty one. */
static int resolve(
    char id[ULID_MAX], struct db *db, const struct scope *scope, const char *sql, const char *code)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err;

        id[0] = '\0';
        if (!code[0])
                return 0;
        err = db_query_begin(&q, db, sql);
        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, code);
        got = db_step(q);
        if (got == 1)
                return text_copy(id, ULID_MAX, db_column_text(q, 0));
        return got < 0 ? got : ERR_MISSING;
}

struct links {
        char id[ULID_MAX], unit[ULID_MAX], system[ULID_MAX];
};

static bool is_units(const struct record_topic *t)
{
        return t == &record_topics[0];
}

static int missing(struct parse_error *bad, const char *vi, const char *en, const char *code)
{
        (void)parse_error_quote(bad, 0, vi, en, code, strlen(code));
        return ERR_MISSING;
}

static int resolve_links(struct links *out, struct db *db, const struct scope *scope,
    const struct record_topic *t, const struct record *r, struct parse_error *bad)
{
        size_t unit = record_field_of_kind(t, RECORD_UNIT);
        size_t system = record_field_of_kind(t, RECORD_SYSTEM);
        int err = resolve(out->unit, db, scope, resolve_unit, r->values[unit]);

        if (err == ERR_MISSING)
                return missing(bad, "Không có đơn vị mang mã “%s” trong phạm vi của bạn.",
                    "There is no unit with the code “%s” in your scope.", r->values[unit]);
        out->system[0] = '\0';
        if (!err && system)
                err = resolve(out->system, db, scope, resolve_system, r->values[system]);
        if (err == ERR_MISSING)
                return missing(bad, "Không có hệ thống thông tin mang mã “%s”.",
                    "There is no information system with the code “%s”.", r->values[system]);
        return err;
}

/* A unit needs a parent in scope, but the unit at the top of the scope keeps its own; and no
 * circle. */
static int check_parent(struct db *db, const struct scope *scope, const struct links *links,
    bool create, struct parse_error *bad)
{
        struct scope below = { .unit_id = links->id };
        bool top = !create && strcmp(links->id, scope->unit_id) == 0;
        int err;

        if (!links->unit[0])
                return top ? 0
                           : parse_error_set(bad, 0, "Cần có đơn vị cấp trên (cột parent).",
                                 "A parent unit is needed (column parent).");
        if (top)
                return parse_error_set(bad, 0,
                    "Không thể đổi cấp trên của đơn vị đứng đầu phạm vi của bạn.",
                    "The parent of the unit at the top of your scope cannot be changed.");
        if (create)
                return 0;
        err = unit_in_scope(db, &below, links->unit);
        if (err == 0)
                return parse_error_set(bad, 0, "Đơn vị cấp trên lại nằm dưới chính đơn vị này.",
                    "The parent stands below this very unit.");
        return err == ERR_MISSING ? 0 : err;
}

static int check_required(
    const struct record_topic *t, const struct record *r, struct parse_error *bad)
{
        for (size_t i = 1; i < t->count; i++)
                if (t->fields[i].required && !r->values[i][0])
                        return parse_error_quote(bad, 0, "Thiếu nội dung cột %s.",
                            "Column %s is empty.", t->fields[i].name, strlen(t->fields[i].name));
        return 0;
}

static int64_t number_of(const char *value)
{
        int64_t number = 0;

        (void)!text_to_i64(&number, text_of(value)); /* record_set made it a number */
        return number;
}

static int bounds_of(char low[IP_HEX_MAX], char high[IP_HEX_MAX], const struct record_topic *t,
    const struct record *r)
{
        struct ip_address first, last;
        struct ip_prefix p;
        int err = ip_prefix_parse(
            &p, text_of(r->values[record_field_of_kind(t, RECORD_PREFIX)]), true);

        if (err)
                return err;
        ip_prefix_range(&first, &last, &p);
        ip_address_write_hex(low, &first);
        ip_address_write_hex(high, &last);
        return 0;
}

/* One prefix has one owner at a time, in scope or not: the answer names nobody. */
static int check_range(struct db *db, const struct record_topic *t, const struct record *r,
    const char *id, struct parse_error *bad)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char low[IP_HEX_MAX], high[IP_HEX_MAX];
        const char *from = r->values[t->count - 2], *until = r->values[t->count - 1];
        int got, err = bounds_of(low, high, t, r);

        if (!err && until[0] && number_of(until) <= number_of(from))
                return parse_error_set(bad, 0, "Ngày hết hiệu lực phải sau ngày bắt đầu.",
                    "The end must be after the beginning.");
        if (!err)
                err = db_query_begin(&q, db, range_taken);
        if (err)
                return err;
        db_bind_string(q, 1, low);
        db_bind_string(q, 2, high);
        db_bind_string(q, 3, id);
        db_bind_int(q, 4, number_of(from));
        db_bind_int(q, 5, until[0] ? number_of(until) : INT64_MAX);
        got = db_step(q);
        if (got < 1)
                return got;
        (void)parse_error_set(bad, 0, "Dải địa chỉ này đã được ghi trong cùng thời gian.",
            "This prefix is entered already for the same time.");
        return ERR_EXISTS;
}

static void bind_field(struct db_query *q, int at, const struct record_field *f, const char *value,
    const struct links *links)
{
        switch (f->kind) {
        case RECORD_NUMBER:
        case RECORD_TRUTH:
        case RECORD_DAY:
                if (value[0])
                        db_bind_int(q, at, number_of(value));
                else
                        db_bind_null(q, at);
                break;
        case RECORD_UNIT:
                db_bind_string(q, at, links->unit[0] ? links->unit : NULL);
                break;
        case RECORD_SYSTEM:
                db_bind_string(q, at, links->system[0] ? links->system : NULL);
                break;
        default:
                db_bind_string(q, at, value);
        }
}

static int bind_extras(
    struct db_query *q, int *at, const struct record_topic *t, const struct record *r)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(FOLDED_MAX);
        char low[IP_HEX_MAX], high[IP_HEX_MAX];
        size_t name = 1;
        int err = 0;

        if (t->extra == RECORD_EXTRA_FOLDED) {
                while (strcmp(t->fields[name].name, "name") != 0)
                        name++;
                err = unicode_add_folded(&folded, text_of(r->values[name]));
                db_bind_text(q, (*at)++, (struct text){ folded.data, folded.len });
        } else if (t->extra == RECORD_EXTRA_BOUNDS) {
                err = bounds_of(low, high, t, r);
                if (err)
                        return err;
                db_bind_string(q, (*at)++, low);
                db_bind_string(q, (*at)++, high);
        }
        return err;
}

static int write_row(struct db *db, const struct clock *clock, const struct record_topic *t,
    const struct record *r, const struct links *links, bool create)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int at = 1, err = db_query_begin(&q, db, create ? t->insert : t->update);

        if (err)
                return err;
        db_bind_string(q, at++, links->id);
        for (size_t i = 1; i < t->count; i++)
                bind_field(q, at++, &t->fields[i], r->values[i], links);
        err = bind_extras(q, &at, t, r);
        if (err)
                return err;
        db_bind_int(q, at, clock_now(clock));
        return db_step(q);
}

static int check_record(struct db *db, const struct scope *scope, const struct record_topic *t,
    const struct record *r, const struct links *links, bool create, struct parse_error *bad)
{
        if (is_units(t))
                return check_parent(db, scope, links, create, bad);
        if (t->extra == RECORD_EXTRA_BOUNDS)
                return check_range(db, t, r, links->id, bad);
        return 0;
}

int record_save(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, struct arena *arena, const struct record_topic *t,
    const struct record *r, bool create, struct parse_error *bad)
{
        struct links links = { 0 };
        struct record there;
        int err = check_required(t, r, bad);

        if (!err && !create) /* never a row outside of the scope, whoever names it */
                err = record_read(&there, arena, db, scope, t, r->values[0]);
        if (!err)
                err = resolve_links(&links, db, scope, t, r, bad);
        if (err)
                return err;
        if (r->values[0][0])
                err = text_copy(links.id, sizeof(links.id), text_of(r->values[0]));
        else
                ulid_make(links.id, clock);
        if (!err)
                err = check_record(db, scope, t, r, &links, create, bad);
        if (err)
                return err;
        err = write_row(db, clock, t, r, &links, create);
        if (err == ERR_EXISTS)
                (void)parse_error_set(
                    bad, 0, "Mã này đã được dùng.", "This code is in use already.");
        if (!err && is_units(t))
                err = unit_rebuild_closure(db, links.id);
        if (!err)
                memcpy(id, links.id, ULID_MAX);
        return err;
}
