/* office/intake/machine_detail_rows.c: see machine_detail.h. Reads what findings say of a machine
 * for its verdict; writes nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/ulid.h"
#include "codec/unicode.h"
#include "office/intake/machine_detail.h"
#include "system/db/db_json.h"

enum { MACHINES_MAX = 20000, SHOWN_MAX = 200, CONNECTIONS_SHOWN_MAX = 500, STALE_MS = 7 * DAY_MS };

#define OPEN_STATES "('new', 'attributed', 'cleaning')"
/* infected: a file or a contact is open; stale: no whole sweep for a week; clean: swept since the
 * last bad sign. */
#define SHOWN                                                                                      \
        "select m.id, m.name, m.unit_id, u.name, m.kind, m.state, m.os_name, m.os_version,"        \
        " m.os_build, m.addresses, m.last_seen_at, m.last_inventory_at, m.last_sweep_at,"          \
        " (select count(*) from sweep_hit h where h.machine_id = m.id"                             \
        " and h.state = 'open') as open_hits,"                                                     \
        " (select count(*) from finding f where f.machine_id = m.id"                               \
        " and f.state in " OPEN_STATES ") as open_findings,"                                       \
        " (select count(*) from sweep_order o where o.machine_id = m.id"                           \
        " and o.reason in ('list', 'nat') and o.state in ('waiting', 'sent')) as listed,"          \
        " m.serial, m.location, m.enrolled_at, m.agent_version, m.certificate_until"               \
        " from machine m join unit u on u.id = m.unit_id"                                          \
        " where m.unit_id in (select below_id from unit_closure where above_id = $1)"
#define SHOWN_SPEC                                                                                 \
        "id:t name:t unit.id:t unit.name:t kind:t state:t os_name:t os_version:t os_build:t"       \
        " addresses:j last_seen_at:d last_inventory_at:d last_sweep_at:d open_hits:i"              \
        " open_findings:i listed:b serial:t location:t enrolled_at:d agent_version:t"              \
        " certificate_until:d"

DB_SQL(machines_all, SHOWN
    " and ($2 = '' or m.unit_id in (select below_id from unit_closure where above_id = $3))"
    " and ($4 = '' or m.name_folded like $5 or m.addresses like $6) and ($7 = '' or m.state = $8)"
    " order by u.name, m.name, m.id limit 20000");
DB_SQL(machine_one, SHOWN " and m.id = $2");
DB_SQL(inventory_of, "select at, body, packages from machine_inventory where machine_id = $1");
DB_SQL(sweeps_of, "select id, started_at, ended_at, reason, complete, generation, files, bytes, "
                  "skipped, failed, hits, roots, case when proves_until > 0 then 1 else 0 end, "
                  "proves_not"
                  " from sweep where machine_id = $1 order by ended_at desc limit 50");
DB_SQL(hits_of, "select id, path, sha256, size_bytes, rule, engine, state, quarantine_id, "
                "first_at, last_at from sweep_hit"
                " where machine_id = $1 order by last_at desc, id limit 200");
DB_SQL(connections_of, "select remote, port, protocol, process, first_at, last_at, times, family, "
                       "list from machine_connection"
                       " where machine_id = $1 order by case when list = '' then 1 else 0 end, "
                       "last_at desc limit 500");
DB_SQL(orders_of, "select id, kind, state, priority, reason, created_at, done_at from sweep_order "
                  "where machine_id = $1"
                  " order by created_at desc, id desc limit 200");
DB_SQL(hit_one,
    "select h.quarantine_id, h.path, h.state, coalesce(h.finding_id, '') from sweep_hit h join "
    "machine m on m.id = h.machine_id"
    " join unit_closure c on c.below_id = m.unit_id where h.id = $1 and h.machine_id = $2 and "
    "c.above_id = $3");
DB_SQL(machine_at,
    "select m.id, m.name, m.unit_id from machine m join unit_closure c on c.below_id = m.unit_id"
    " where c.above_id = $1 and m.addresses like $2 and m.state in ('active', 'expected')"
    " order by m.last_inventory_at desc limit 1");
DB_SQL(clean_since,
    "select s.proves_until, s.id from sweep s where s.machine_id = $1 and s.proves_until > 0"
    " and not exists (select 1 from sweep_hit h where h.machine_id = $2 and h.state = 'open')"
    " order by s.proves_until desc limit 1");
/* Only those that a victim row without a machine waits for. */
DB_SQL(units_above,
    "select c.above_id from unit_closure c where c.below_id = $1 and exists (select 1 from finding "
    "f where"
    " f.unit_id = c.above_id and f.machine_id is null and f.state in " OPEN_STATES ")");
DB_SQL(unit_machines,
    "select m.id from machine m join unit_closure c on c.below_id = m.unit_id where c.above_id = $1"
    " and m.state in ('active', 'expected') and (c.depth = 0 or not exists"
    " (select 1 from address_range r where r.unit_id = m.unit_id)) order by m.id");
DB_SQL(unit_clean,
    "select coalesce(min(case when exists (select 1 from sweep_hit h where h.machine_id = m.id"
    " and h.state = 'open') then 0 else coalesce((select max(s.proves_until) from "
    "sweep s"
    " where s.machine_id = m.id), 0) end), 0)"
    " from machine m join unit_closure c on c.below_id = m.unit_id where c.above_id = $1"
    " and m.state in ('active', 'expected') and (c.depth = 0 or not exists"
    " (select 1 from address_range r where r.unit_id = m.unit_id))");

static const char *verdict_of(const json_t *machine, time_ms now)
{
        time_ms swept;

        if (json_get_int(machine, "open_hits") > 0 || json_get_int(machine, "open_findings") > 0)
                return "infected";
        if (json_field_time(&swept, machine, "last_sweep_at", NULL))
                return "unknown";
        if (now - swept > STALE_MS)
                return "stale";
        return json_is_true(json_object_get(machine, "listed")) ? "unknown" : "clean";
}

static int add_verdict(json_t *machine, time_ms now)
{
        return json_object_set_new(machine, "verdict", json_string(verdict_of(machine, now)))
                   ? ERR_MEMORY
                   : 0;
}

/* "%words%" with the wildcards of the words themselves taken out. */
static int like_pattern(struct buffer *out, const char *words, bool fold)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(1024);
        int err = fold ? unicode_add_folded(&folded, text_of(words))
                       : buffer_add_text(&folded, words);

        if (err || (err = buffer_add_byte(out, '%')))
                return err;
        for (size_t i = 0; i < folded.len; i++)
                if (folded.data[i] != '%' && folded.data[i] != '_' &&
                    (err = buffer_add_byte(out, folded.data[i])))
                        return err;
        return buffer_add_byte(out, '%');
}

int machines_json(json_t **out, struct db *db, const struct scope *scope, time_ms now,
    const char *unit, const char *q_words, const char *state)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        AUTO(buffer_done) struct buffer name = BUFFER(2048);
        AUTO(buffer_done) struct buffer address = BUFFER(2048);
        const char *words = q_words ? q_words : "", *in = unit ? unit : "",
                   *is = state ? state : "";
        json_t *machines, *machine;
        size_t i;
        int err;

        if ((err = like_pattern(&name, words, true)) ||
            (err = like_pattern(&address, words, false)) ||
            (err = db_query_begin(&q, db, machines_all)))
                return err;
        const char *const values[] = { scope->unit_id, in, in, words, name.data, address.data, is,
                is };
        for (size_t n = 0; n < ARRAY_LEN(values); n++)
                db_bind_string(q, (int)n + 1, values[n]);
        err = db_rows_json(&machines, q, SHOWN_SPEC, MACHINES_MAX);
        if (err)
                return err;
        json_array_foreach(machines, i, machine) if (!err) err = add_verdict(machine, now);
        if (err)
                json_decref(machines);
        else
                *out = machines;
        return err;
}

static int inventory_json(json_t **out, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        AUTO(json_free_at) json_t *row = NULL;
        const json_t *body;
        int err = db_query_begin(&q, db, inventory_of);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        err = db_row_json(&row, q, "at:d body:j packages:i");
        if (err == ERR_MISSING) {
                *out = json_null();
                return 0;
        }
        if (err)
                return err;
        body = json_object_get(row, "body");
        *out = json_pack("{s:O,s:O,s:O?,s:O?,s:O?,s:O?,s:O?}", "at", json_object_get(row, "at"),
            "packages", json_object_get(row, "packages"), "listeners",
            json_object_get(body, "listeners"), "accounts", json_object_get(body, "accounts"),
            "hardware", json_object_get(body, "hardware"), "package_list",
            json_object_get(body, "packages"), "updates", json_object_get(body, "updates"));
        return *out ? 0 : ERR_MEMORY;
}

static int add_rows(
    json_t *machine, struct db *db, const char *name, const char *sql, const char *spec)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        json_t *rows;
        int err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_string(q, 1, json_get_text(machine, "id"));
        err = db_rows_json(&rows, q, spec, CONNECTIONS_SHOWN_MAX);
        if (err)
                return err;
        return json_object_set_new(machine, name, rows) ? ERR_MEMORY : 0;
}

static int machine_row(
    json_t **out, struct db *db, const struct scope *scope, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, machine_id);
        return db_row_json(out, q, SHOWN_SPEC);
}

int machine_brief_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *machine_id)
{
        int err = machine_row(out, db, scope, machine_id);

        return err ? err : add_verdict(*out, now);
}

int machine_detail_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *machine_id)
{
        AUTO(json_free_at) json_t *m = NULL;
        json_t *inventory;
        int err;

        if ((err = machine_row(&m, db, scope, machine_id)) || (err = add_verdict(m, now)) ||
            (err = inventory_json(&inventory, db, machine_id)))
                return err;
        if (json_object_set_new(m, "inventory", inventory))
                return ERR_MEMORY;
        if ((err = add_rows(m, db, "sweeps", sweeps_of,
                 "id:t started_at:d ended_at:d reason:t complete:b generation:t files:i bytes:i"
                 " skipped:i failed:i hits:i roots:j proves:b proves_not:t")) ||
            (err = add_rows(m, db, "hits", hits_of,
                 "id:t path:t sha256:t bytes:i rule:t engine:t state:t quarantine_id:t"
                 " first_at:d last_at:d")) ||
            (err = add_rows(m, db, "connections", connections_of,
                 "remote:t port:i protocol:t process:t first_at:d last_at:d times:i family:t"
                 " list:t")) ||
            (err = add_rows(m, db, "orders", orders_of,
                 "id:t kind:t state:t priority:i reason:t created_at:d done_at:d")))
                return err;
        *out = MOVE(m);
        return 0;
}

int machine_hit_json(json_t **out, struct db *db, const struct scope *scope, const char *machine_id,
    const char *hit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, hit_one);

        if (err)
                return err;
        db_bind_string(q, 1, hit_id);
        db_bind_string(q, 2, machine_id);
        db_bind_string(q, 3, scope->unit_id);
        return db_row_json(out, q, "quarantine_id:t path:t state:t finding_id:t");
}

int machine_by_address_json(
    json_t **out, struct db *db, const struct scope *scope, const char *address)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char pattern[80];
        int err = db_query_begin(&q, db, machine_at);

        if (err)
                return err;
        /* addresses is a JSON array of canonical texts: the quotes bound the address */
        (void)snprintf(pattern, sizeof(pattern), "%%\"%s\"%%", address);
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, pattern);
        return db_row_json(out, q, "id:t name:t unit_id:t");
}

int machine_clean_since(time_ms *out, char *sweep_id, struct db *db, const char *machine_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, clean_since);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        db_bind_string(q, 2, machine_id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = err == 1 ? db_column_int(q, 0) : 0;
        return text_copy(sweep_id, ULID_MAX, err == 1 ? db_column_text(q, 1) : TEXT(""));
}

int units_above_json(json_t **out, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, units_above);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        return db_rows_json(out, q, "id:t", 64);
}

int unit_machines_json(json_t **out, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_machines);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        return db_rows_json(out, q, "id:t", MACHINES_MAX);
}

int unit_clean_since(time_ms *out, struct db *db, const char *unit_id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, unit_clean);

        if (err)
                return err;
        db_bind_string(q, 1, unit_id);
        err = db_step(q);
        if (err < 0)
                return err;
        *out = db_column_int(q, 0);
        return 0;
}
