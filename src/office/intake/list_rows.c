/* office/intake/list_rows.c: see list_rows.h. SPDX-License-Identifier: Apache-2.0 */
#include "office/intake/list_rows.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/db/db_json.h"

DB_SQL(source_by_name, "select id, kind from list_source where name = $1");
DB_SQL(source_add, "insert into list_source (id, name, kind, format, column_map, zone_minutes, "
                   "created_at, updated_at)"
                   " values ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_SQL(source_again, "update list_source set format = $1, column_map = case when $2 = '{}' then "
                     "column_map else $3 end,"
                     " zone_minutes = $4, updated_at = $5 where id = $6");
DB_SQL(batch_same, "select id, active from list_batch where source_id = $1 and file_sha256 = $2");
DB_SQL(batch_again, "update list_batch set active = 1 where id = $1");
DB_SQL(batch_previous, "select id from list_batch where source_id = $1 and active = 1 order by "
                       "received_at desc, id desc limit 1");
DB_SQL(batch_add,
    "insert into list_batch (id, source_id, kind, file_name, file_sha256, format, period, letter, "
    "rows_read, rows_good,"
    " rows_duplicate, rows_refused, rows_warned, rows_outside, store, received_at, received_by)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16)");
DB_SQL(batch_count, "update list_batch set rows_good = $1, rows_duplicate = rows_duplicate + $2, "
                    "rows_outside = $3 where id = $4");
DB_SQL(refused_add, "insert into list_refused (batch_id, line, raw, why_vi, why_en, kind) values "
                    "($1, $2, $3, $4, $5, $6)"
                    " on conflict (batch_id, line, kind) do nothing");
DB_SQL(seen_add,
    "insert into observation (id, batch_id, line, row_key, src_ip, src_hex, src_port, seen_at, "
    "malware, family, cc_ip,"
    " cc_host, cc_port, protocol, inner_name, times, raw, extra)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    " on conflict (batch_id, row_key) do nothing");
DB_SQL(seen_finding, "update observation set finding_id = $1 where id = $2");
DB_SQL(seen_in, "select 1 from observation where src_hex = $1 and batch_id = $2 and "
                "(family = $3 or malware = $4) limit 1");
DB_SQL(seen_ever, "select 1 from observation o join list_batch b on b.id = o.batch_id where "
                  "o.src_hex = $1 and b.source_id = $2"
                  " and b.id <> $3 and (o.family = $4 or o.malware = $5) limit 1");
DB_SQL(seen_gone,
    "select distinct finding_id from observation where batch_id = $1 and finding_id is not null "
    "and finding_id <> ''"
    " except select finding_id from observation where batch_id = $2 and finding_id is not null");
DB_SQL(seen_of,
    "select distinct o.src_ip, o.malware, o.family, f.unit_id, u.name from observation o"
    " left join finding f on f.id = o.finding_id left join unit u on u.id = f.unit_id where "
    "o.batch_id = $1");

int list_source_put(char *id, struct db *db, const struct clock *clock, const struct list_filing *f)
{
        AUTO(json_free_at) json_t *known = NULL;
        char *map = f->map ? json_dumps(f->map, JSON_COMPACT) : NULL;
        const char *columns = map ? map : "{}", *format = json_get_text(f->head, "list_format");
        time_ms now = clock_now(clock);
        int err;
        {
                AUTO(db_query_done) struct db_query *q = NULL;

                err = db_query_begin(&q, db, source_by_name);
                if (!err) {
                        db_bind_string(q, 1, f->source);
                        err = db_row_json(&known, q, "id:t kind:t");
                }
        }
        if (err == ERR_MISSING)
                err = db_run(db, NULL, source_add, "tttttiii", ulid_make(id, clock), f->source,
                    f->kind, format, columns, (int64_t)f->zone_minutes, now, now);
        else if (!err && strcmp(json_get_text(known, "kind"), f->kind) != 0)
                err = ERR_DENIED;
        else if (!err && !(err = text_copy(id, ULID_MAX, text_of(json_get_text(known, "id")))))
                err = db_run(db, NULL, source_again, "tttiit", format, columns, columns,
                    (int64_t)f->zone_minutes, now, id);
        free(map);
        return err;
}

int list_batch_same(json_t **out, struct db *db, const char *source_id, const char *sha256)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, batch_same);

        if (err)
                return err;
        db_bind_string(q, 1, source_id);
        db_bind_string(q, 2, sha256);
        return db_row_json(out, q, "id:t active:b");
}

int list_batch_reactivate(struct db *db, const char *id)
{
        return db_run(db, NULL, batch_again, "t", id);
}

int list_batch_previous(char *id, struct db *db, const char *source_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, batch_previous), step;

        if (err)
                return err;
        db_bind_string(q, 1, source_id);
        step = db_step(q);
        if (step < 0)
                return step;
        return text_copy(id, ULID_MAX, step == 1 ? db_column_text(q, 0) : TEXT(""));
}

int list_batch_add(
    struct db *db, const char *id, const char *source_id, const struct list_filing *f, time_ms now)
{
        const json_t *c = json_object_get(f->head, "counts");

        return db_run(db, NULL, batch_add, "ttttttttiiiiitit", id, source_id, f->kind, f->file_name,
            f->sha256, json_get_text(f->head, "list_format"), f->period, f->letter,
            json_get_int(c, "read"), json_get_int(c, "good"), json_get_int(c, "duplicate"),
            json_get_int(c, "refused"), json_get_int(c, "warned"), f->store, now, f->scope->actor);
}

int list_batch_count(struct db *db, const struct list_filed *filed)
{
        return db_run(db, NULL, batch_count, "iiit", (int64_t)filed->rows,
            (int64_t)filed->duplicate, (int64_t)filed->outside, filed->batch_id);
}

int list_refused_add(struct db *db, const char *batch_id, int64_t line, const char *raw,
    const char *vi, const char *en, const char *kind)
{
        return db_run(db, NULL, refused_add, "titttt", batch_id, line, raw, vi, en, kind);
}

int observation_add(bool *added, struct db *db, const char *id, const char *batch_id,
    const struct victim *row, const char *extra)
{
        char key[SHA256_HEX_MAX], ip[IP_TEXT_MAX], hex[IP_HEX_MAX], cc[IP_TEXT_MAX] = "";
        int64_t changed = 0;
        int err;

        if (row->has_cc_ip)
                (void)ip_address_write(cc, &row->cc_ip);
        err = db_run(db, &changed, seen_add, "ttitttiittttittitt", id, batch_id, (int64_t)row->line,
            list_row_key(key, row), ip_address_write(ip, &row->src_ip),
            ip_address_write_hex(hex, &row->src_ip), (int64_t)row->src_port, row->seen_at,
            row->malware.data, row->family.data, cc, row->cc_host.data, (int64_t)row->cc_port,
            row->protocol.data, row->inner_name.data, row->count > 0 ? row->count : (int64_t)1,
            row->raw.data, extra);
        if (!err)
                *added = changed > 0;
        return err;
}

int observation_finding(struct db *db, const char *id, const char *finding_id)
{
        return db_run(db, NULL, seen_finding, "tt", finding_id, id);
}

/* What tells two rows of an address apart, as in the finding's key. A page knows only one name. */
static struct text name_of(const struct victim *row)
{
        return row->family.len ? row->family : row->malware;
}

int observation_was(bool *out, struct db *db, const char *batch_id, const struct victim *row)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int err = db_query_begin(&q, db, seen_in);

        if (err)
                return err;
        db_bind_string(q, 1, ip_address_write_hex(hex, &row->src_ip));
        db_bind_string(q, 2, batch_id);
        db_bind_text(q, 3, name_of(row));
        db_bind_text(q, 4, name_of(row));
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1;
        return 0;
}

int observation_ever(
    bool *out, struct db *db, const char *source_id, const char *except, const struct victim *row)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hex[IP_HEX_MAX];
        int err = db_query_begin(&q, db, seen_ever);

        if (err)
                return err;
        db_bind_string(q, 1, ip_address_write_hex(hex, &row->src_ip));
        db_bind_string(q, 2, source_id);
        db_bind_string(q, 3, except);
        db_bind_text(q, 4, name_of(row));
        db_bind_text(q, 5, name_of(row));
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1;
        return 0;
}

int observations_gone(json_t **out, struct db *db, const char *before, const char *now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, seen_gone);

        if (err)
                return err;
        db_bind_string(q, 1, before);
        db_bind_string(q, 2, now);
        return db_rows_json(out, q, "finding_id:t", LIST_FILE_ROWS_MAX);
}

int observations_of(json_t **out, struct db *db, const char *batch_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, seen_of);

        if (err)
                return err;
        db_bind_string(q, 1, batch_id);
        return db_rows_json(
            out, q, "address:t malware:t family:t unit.id:t unit.name:t", LIST_FILE_ROWS_MAX);
}
