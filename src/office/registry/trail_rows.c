/* The hash of a row covers the one before it and every field, each with its length in front, so
 * that no two rows read as the same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

enum { AUDIT_DETAIL_MAX = 64 << 10, AUDIT_PAGE = 200, CHANGES_PAGE = 500, AUDIT_FIELDS = 9 };

DB_SQL(audit_last, "select sequence, hash from audit order by sequence desc limit 1");
DB_SQL(audit_insert, "insert into audit (sequence, at, actor, address, act, object_kind, "
                     "object_id, unit_id, detail, "
                     "previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
DB_SQL(audit_all, "select sequence, at, actor, address, act, object_kind, object_id, "
                  "coalesce(unit_id, ''), detail, "
                  "previous, hash from audit order by sequence");
DB_SQL(audit_after,
    "select a.sequence, a.at, a.actor, a.address, a.act, a.object_kind, a.object_id, a.detail "
    "from audit a where a.sequence > $1 and (a.unit_id is null or exists (select 1 from "
    "unit_closure c "
    "where c.above_id = $2 and c.below_id = a.unit_id)) order by a.sequence limit $3");
DB_SQL(change_insert, "insert into change (sequence, at, topic, object_id, unit_id) "
                      "select coalesce(max(sequence), 0) + 1, $1, $2, $3, $4 from change");
DB_SQL(change_after,
    "select topic, object_id from change k where k.sequence > $1 and k.sequence <= $3 and "
    "(k.unit_id is null or exists (select 1 from unit_closure c where c.above_id = $2 "
    "and c.below_id = k.unit_id)) order by k.sequence limit $4");
DB_SQL(change_older,
    "delete from change where topic = $1 and object_id = $2 and "
    "coalesce(unit_id, '') = $3 and sequence < (select max(sequence) from change)");
DB_SQL(change_last, "select coalesce(max(sequence), 0) from change where topic <> $1 and "
                    "(topic <> 'traffic' or $1 = '')");
DB_SQL(setting_get, "select value from setting where name = $1");
DB_SQL(setting_put,
    "insert into setting (name, value, updated_at) values ($1, $2, $3) "
    "on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at");

struct audit_row {
        int64_t sequence, at;
        struct text fields[AUDIT_FIELDS]; /* actor … detail, previous */
        size_t count;
};

static int audit_hash(char out[SHA256_HEX_MAX], const struct audit_row *row)
{
        AUTO(buffer_done) struct buffer b = BUFFER(AUDIT_DETAIL_MAX + (16 << 10));
        int err = buffer_add_format(&b, "%lld %lld", (long long)row->sequence, (long long)row->at);

        for (size_t i = 0; i < row->count && !err; i++) {
                err = buffer_add_format(&b, " %zu:", row->fields[i].len);
                if (!err)
                        err = buffer_add(&b, row->fields[i].data, row->fields[i].len);
        }
        if (err)
                return err;
        struct sha256 d = sha256_of(b.data, b.len);
        sha256_write(out, &d);
        return 0;
}

static int last_of_chain(int64_t *sequence, char hash[SHA256_HEX_MAX], struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, audit_last);

        if (err)
                return err;
        *sequence = 0;
        hash[0] = '\0';
        got = db_step(q);
        if (got < 1)
                return got;
        *sequence = db_column_int(q, 0);
        return text_copy(hash, SHA256_HEX_MAX, db_column_text(q, 1));
}

int audit_add(struct db *db, const struct clock *clock, const struct scope *scope, const char *act,
    const char *object_kind, const char *object_id, const char *unit_id, const json_t *detail)
{
        AUTO(mem_free_at)
        char *body = detail ? json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
        char previous[SHA256_HEX_MAX], hash[SHA256_HEX_MAX];
        const char *unit = unit_id && unit_id[0] ? unit_id : NULL;
        struct audit_row row = { .at = clock_now(clock), .count = 8 };
        int err = last_of_chain(&row.sequence, previous, db);

        if (err)
                return err;
        row.sequence++;
        const char *const texts[] = { scope->actor, scope->address, act, object_kind, object_id,
                unit, body ? body : "{}", previous };
        for (size_t i = 0; i < row.count; i++)
                row.fields[i] = text_of(texts[i]);
        err = audit_hash(hash, &row);
        if (err)
                return err;
        return db_run(db, NULL, audit_insert,
            "iitttttttt"
            "t",
            row.sequence, row.at, scope->actor ? scope->actor : "",
            scope->address ? scope->address : "", act, object_kind, object_id, unit,
            body ? body : "{}", previous, hash);
}

static int check_row(
    bool *holds, char previous[SHA256_HEX_MAX], int64_t *sequence, struct db_query *q)
{
        struct audit_row row = {
                .sequence = db_column_int(q, 0), .at = db_column_int(q, 1), .count = 8
        };
        char hash[SHA256_HEX_MAX];
        int err;

        for (size_t i = 0; i < row.count; i++)
                row.fields[i] = db_column_text(q, (int)i + 2);
        err = audit_hash(hash, &row);
        if (err)
                return err;
        *holds = row.sequence == *sequence + 1 && text_is(db_column_text(q, 9), previous) &&
                 text_is(db_column_text(q, 10), hash);
        *sequence = row.sequence;
        memcpy(previous, hash, SHA256_HEX_MAX);
        return 0;
}

int audit_verify(int64_t *bad_at, char last_hash[SHA256_HEX_MAX], struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char previous[SHA256_HEX_MAX] = "";
        int64_t sequence = 0;
        int got, err = db_query_begin(&q, db, audit_all);

        if (err)
                return err;
        while ((got = db_step(q)) == 1) {
                bool holds = false;

                err = check_row(&holds, previous, &sequence, q);
                if (err)
                        return err;
                if (!holds) {
                        *bad_at = sequence;
                        return ERR_UNTRUSTED;
                }
        }
        if (got < 0)
                return got;
        *bad_at = 0;
        memcpy(last_hash, previous, SHA256_HEX_MAX);
        return 0;
}

int audit_json(json_t **out, struct db *db, const struct scope *scope, int64_t after)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, audit_after);

        if (err)
                return err;
        db_bind_int(q, 1, after);
        db_bind_string(q, 2, scope->unit_id);
        db_bind_int(q, 3, AUDIT_PAGE);
        return db_rows_json(out, q,
            "sequence:i at:d actor:t address:t act:t object_kind:t object_id:t detail:j",
            AUDIT_PAGE);
}

int registry_changed(struct db *db, const struct clock *clock, const char *topic,
    const char *object_id, const char *unit_id)
{
        const char *object = object_id ? object_id : "";
        const char *unit = unit_id && unit_id[0] ? unit_id : NULL;
        int err = db_run(db, NULL, change_insert, "ittt", clock_now(clock), topic, object, unit);

        if (err || strcmp(topic, "traffic") != 0)
                return err;
        return db_run(db, NULL, change_older, "ttt", topic, object, unit ? unit : "");
}

int registry_change_last(int64_t *out, struct db *db, const char *but_topic)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, change_last);

        if (err)
                return err;
        db_bind_string(q, 1, but_topic);
        got = db_step(q);
        if (got == 1)
                *out = db_column_int(q, 0);
        return got == 1 ? 0 : got < 0 ? got : ERR_BUG;
}

int registry_changes_json(json_t **out, struct db *db, const struct scope *scope, int64_t after)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        json_t *rows;
        int64_t last = 0;
        int err = registry_change_last(&last, db, "");

        if (err)
                return err;
        err = db_query_begin(&q, db, change_after);
        if (err)
                return err;
        /* after a longer absence the page reads all anew: the newest number is what counts */
        db_bind_int(q, 1, after);
        db_bind_string(q, 2, scope->unit_id);
        db_bind_int(q, 3, last);
        db_bind_int(q, 4, CHANGES_PAGE);
        err = db_rows_json(&rows, q, "topic:t id:t", CHANGES_PAGE);
        if (err)
                return err;
        *out = json_pack("{s:I,s:o}", "sequence", (json_int_t)last, "changes", rows);
        return *out ? 0 : ERR_MEMORY;
}

int setting_read(const char **out, struct arena *arena, struct db *db, const char *name)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, setting_get);

        if (err)
                return err;
        db_bind_string(q, 1, name);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_MISSING;
        const char *copy = arena_text(arena, db_column_text(q, 0));
        if (!copy)
                return ERR_MEMORY;
        *out = copy;
        return 0;
}

int setting_write(struct db *db, const struct clock *clock, const char *name, struct text value)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, setting_put);

        if (err)
                return err;
        db_bind_string(q, 1, name);
        db_bind_text(q, 2, value);
        db_bind_int(q, 3, clock_now(clock));
        return db_step(q);
}
