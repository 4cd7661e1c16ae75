/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/digest.h"
#include "codec/unicode.h"
#include "office/registry/account_hash.h"
#include "office/registry/machines.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

enum { TOKEN_GROUPS = 7, TOKEN_TEXT_MAX = 200, FOLDED_MAX = 1000 }; /* 175 bits */

DB_SQL(kind_set, "update machine set kind = $1, updated_at = $2 where id = $3");
DB_SQL(seen_now, "update machine set last_seen_at = $1 where id = $2");
DB_SQL(token_insert, "insert into enrol_token (token_hash, unit_id, uses_left, until_at, kind, "
                     "created_by, created_at) "
                     "values ($1, $2, $3, $4, $5, $6, $7)");
DB_SQL(token_use,
    "update enrol_token set uses_left = uses_left - 1 where token_hash = $1 and uses_left > 0 "
    "and until_at > $2 returning unit_id");
DB_SQL(machine_by_key, "select id, state from machine where machine_key = $1");
DB_SQL(machine_expected,
    "select id, state from machine where unit_id = $1 and name_folded = $2 and state = 'expected' "
    "order by created_at, id limit 1");
DB_SQL(machine_insert,
    "insert into machine (id, unit_id, name, name_folded, state, machine_key, os_name, "
    "enrolled_at, "
    "created_at, updated_at) values ($1, $2, $3, $4, 'active', $5, $6, $7, $7, $7)");
DB_SQL(machine_activate,
    "update machine set state = 'active', machine_key = $2, os_name = $3, enrolled_at = $4, "
    "updated_at = $4 where id = $1");
DB_SQL(machine_certificate, "update machine set certificate_serial = $2, certificate_until = $3, "
                            "updated_at = $4 where id = $1");
DB_SQL(machine_for_revoke,
    "select m.unit_id, coalesce(m.certificate_serial, '') from machine m join unit_closure c "
    "on c.below_id = m.unit_id and c.above_id = $1 where m.id = $2");
DB_SQL(machine_set_revoked, "update machine set state = 'revoked', updated_at = $2 where id = $1");
DB_SQL(certificate_revoke,
    "insert into revoked_certificate (serial, machine_id, reason, at) values ($1, $2, $3, $4) "
    "on conflict (serial) do nothing");
DB_SQL(certificate_holds,
    "select 1 from machine m where m.id = $1 and m.state = 'active' and not exists "
    "(select 1 from revoked_certificate r where r.serial = $2)");
DB_SQL(machine_one,
    "select m.id, m.name, m.unit_id, u.name, m.kind, m.state, m.serial, m.location, s.id, s.name, "
    "m.enrolled_at, m.agent_version, m.certificate_until from machine m "
    "join unit_closure c on c.below_id = m.unit_id and c.above_id = $1 join unit u on u.id = "
    "m.unit_id "
    "left join information_system s on s.id = m.system_id where m.id = $2");

/* The part before the dot without '-' and blanks, in capitals: people type it from paper. */
static int hash_token(char out[SHA256_HEX_MAX], struct text token)
{
        char plain[TOKEN_TEXT_MAX];
        size_t n = 0;

        for (size_t i = 0; i < token.len && token.data[i] != '.'; i++) {
                char c = token.data[i];

                if (c == '-' || c == ' ' || c == '\r' || c == '\n' || c == '\t')
                        continue;
                if (n >= sizeof(plain))
                        return ERR_UNTRUSTED;
                plain[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        }
        struct sha256 d = sha256_of(plain, n);
        sha256_write(out, &d);
        return 0;
}

int enrol_token_new(char token[ENROL_TOKEN_MAX], time_ms *until, struct db *db,
    const struct clock *clock, const struct scope *scope, const char *unit_id, const char *kind,
    int64_t uses, int64_t hours)
{
        char hash[SHA256_HEX_MAX];
        time_ms now = clock_now(clock);
        int err = unit_in_scope(db, scope, unit_id);

        if (!err && (uses < 1 || uses > ENROL_USES_MAX || hours < 1 || hours > ENROL_HOURS_MAX))
                err = ERR_FORMAT;
        if (err)
                return err;
        secret_make_groups(token, TOKEN_GROUPS);
        err = hash_token(hash, text_of(token));
        if (!err)
                err = db_run(db, NULL, token_insert, "ttiitti", hash, unit_id, uses,
                    now + hours * HOUR_MS, kind, scope->account_id, now);
        if (!err)
                *until = now + hours * HOUR_MS;
        return err;
}

int enrol_token_use(
    char unit_id[ULID_MAX], struct db *db, const struct clock *clock, struct text token)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hash[SHA256_HEX_MAX];
        int got, err = hash_token(hash, token);

        if (!err)
                err = db_query_begin(&q, db, token_use);
        if (err)
                return err;
        db_bind_string(q, 1, hash);
        db_bind_int(q, 2, clock_now(clock));
        got = db_step(q);
        return got == 1  ? text_copy(unit_id, ULID_MAX, db_column_text(q, 0))
               : got < 0 ? got
                         : ERR_UNTRUSTED;
}

/* id = "" when there is none. */
static int find_machine(
    char id[ULID_MAX], bool *revoked, struct db *db, const char *sql, const char *a, const char *b)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        id[0] = '\0';
        db_bind_string(q, 1, a);
        if (b)
                db_bind_string(q, 2, b);
        got = db_step(q);
        if (got < 1)
                return got;
        *revoked = text_is(db_column_text(q, 1), "revoked");
        return text_copy(id, ULID_MAX, db_column_text(q, 0));
}

static int insert_machine(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct machine_enrolment *e, struct text folded)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_insert);

        if (err)
                return err;
        if (e->new_id)
                memcpy(id, e->new_id, ULID_MAX);
        else
                ulid_make(id, clock);
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, e->unit_id);
        db_bind_text(q, 3, e->name);
        db_bind_text(q, 4, folded);
        db_bind_string(q, 5, e->machine_key);
        db_bind_text(q, 6, e->os_name);
        db_bind_int(q, 7, clock_now(clock));
        return db_step(q);
}

static int activate_machine(
    struct db *db, const struct clock *clock, const char *id, const struct machine_enrolment *e)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_activate);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, e->machine_key);
        db_bind_text(q, 3, e->os_name);
        db_bind_int(q, 4, clock_now(clock));
        return db_step(q);
}

int machine_enrol(char id[ULID_MAX], bool *again, struct db *db, const struct clock *clock,
    const struct machine_enrolment *e)
{
        AUTO(buffer_done) struct buffer folded = BUFFER(FOLDED_MAX);
        char found[ULID_MAX] = "";
        bool revoked = false, known;
        int err = unicode_add_folded(&folded, e->name);

        if (!err)
                err = find_machine(found, &revoked, db, machine_by_key, e->machine_key, NULL);
        if (err)
                return err;
        if (revoked)
                return ERR_DENIED;
        known = found[0] != '\0';
        if (!known)
                err = find_machine(found, &revoked, db, machine_expected, e->unit_id,
                    folded.data ? folded.data : "");
        if (err)
                return err;
        err = found[0]
                  ? activate_machine(db, clock, found, e)
                  : insert_machine(found, db, clock, e, (struct text){ folded.data, folded.len });
        if (err)
                return err;
        if (again)
                *again = known;
        memcpy(id, found, ULID_MAX);
        return 0;
}

int machine_set_certificate(
    struct db *db, const struct clock *clock, const char *id, const char *serial, time_ms until)
{
        int64_t changed = 0;
        int err = db_run(
            db, &changed, machine_certificate, "ttii", id, serial, until, clock_now(clock));

        return err ? err : changed ? 0 : ERR_MISSING;
}

int machine_revoke(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *reason)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char serial[SHA256_HEX_MAX];
        int got, err = db_query_begin(&q, db, machine_for_revoke);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_MISSING;
        err = text_copy(serial, sizeof(serial), db_column_text(q, 1));
        db_query_done(&q);
        if (!err)
                err = db_run(db, NULL, machine_set_revoked, "ti", id, clock_now(clock));
        if (!err && serial[0])
                err = db_run(
                    db, NULL, certificate_revoke, "ttti", serial, id, reason, clock_now(clock));
        return err;
}

int machine_certificate_check(struct db *db, const char *machine_id, const char *serial)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, certificate_holds);

        if (err)
                return err;
        db_bind_string(q, 1, machine_id);
        db_bind_string(q, 2, serial);
        got = db_step(q);
        return got == 1 ? 0 : got < 0 ? got : ERR_UNTRUSTED;
}

int machine_registry_json(json_t **out, struct db *db, const struct scope *scope, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, machine_one);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        return db_row_json(out, q,
            "id:t name:t unit.id:t unit.name:t kind:t state:t serial:t location:t system.id:t? "
            "system.name:t? enrolled_at:d? "
            "agent_version:t certificate_until:d?");
}

int machine_set_kind(struct db *db, const struct clock *clock, const char *id, const char *kind)
{
        return db_run(db, NULL, kind_set, "tit", kind, clock_now(clock), id);
}

int machine_heard(struct db *db, const struct clock *clock, const char *id)
{
        return db_run(db, NULL, seen_now, "it", clock_now(clock), id);
}
