/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "office/registry/account_hash.h"
#include "office/registry/accounts.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

enum { FREE_FAILURES = 5, WAIT_MAX_MS = 15 * MINUTE_MS, LOGIN_MAX = 64, NAME_MAX_BYTES = 200 };

#define ACCOUNT_COLUMNS                                                                            \
        "a.id, a.login, a.name, a.unit_id, u.name, a.language, a.role, a.must_change, a.active"

DB_SQL(account_insert, "insert into account (id, unit_id, login, name, role, password_hash, "
                       "must_change, created_at, updated_at) "
                       "values ($1, $2, $3, $4, $5, $6, $7, $8, $8)");
DB_SQL(account_by_id,
    "select " ACCOUNT_COLUMNS " from account a join unit u on u.id = a.unit_id where a.id = $1");
DB_SQL(account_for_sign_in, "select id, password_hash, active, failures, coalesce(last_failure_at, "
                            "0) from account where login = $1");
DB_SQL(account_for_change, "select id, password_hash, active, failures, coalesce(last_failure_at, "
                           "0) from account where id = $1");
DB_SQL(account_count, "select count(*) from account");
/* the try is counted before the password is looked at: tries made at once do not slip through */
DB_SQL(account_try, "update account set failures = failures + 1, last_failure_at = $2 where id = "
                    "$1 and failures = $3");
DB_SQL(account_good, "update account set failures = 0, last_failure_at = null where id = $1");
DB_SQL(account_password, "update account set password_hash = $2, must_change = $3, failures = 0, "
                         "updated_at = $4 where id = $1");
DB_SQL(account_list, "select a.id, a.login, a.name, a.role, a.unit_id, u.name, a.active, "
                     "a.must_change from account a "
                     "join unit u on u.id = a.unit_id join unit_closure c on c.below_id = "
                     "a.unit_id and c.above_id = $1 "
                     "order by a.login");
DB_SQL(account_in_scope,
    "select a.role, a.active from account a join unit_closure c on c.below_id = a.unit_id "
    "and c.above_id = $1 where a.id = $2");
DB_SQL(account_administrators,
    "select count(*) from account where role = 'administrator' and active = 1 and id <> $1");
DB_SQL(account_update, "update account set name = coalesce($2, name), role = coalesce($3, role), "
                       "unit_id = coalesce($4, unit_id), active = coalesce($5, active), updated_at "
                       "= $6 where id = $1");
DB_SQL(account_sessions_end, "delete from session where account_id = $1 and token_hash <> $2");

static const char *const role_words[] = { "", "unit", "office", "administrator" };

const char *role_word(enum role role)
{
        return role_words[role];
}

enum role role_of_word(struct text word)
{
        for (size_t i = ROLE_UNIT; i < ARRAY_LEN(role_words); i++)
                if (text_is(word, role_words[i]))
                        return (enum role)i;
        return ROLE_NONE;
}

static int count_of(int64_t *out, struct db *db, const char *sql, const char *parameter)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        if (parameter)
                db_bind_string(q, 1, parameter);
        got = db_step(q);
        if (got == 1)
                *out = db_column_int(q, 0);
        return got == 1 ? 0 : got < 0 ? got : ERR_BUG;
}

int accounts_count(int64_t *out, struct db *db)
{
        return count_of(out, db, account_count, NULL);
}

static bool login_is_good(struct text login)
{
        if (login.len < 2 || login.len > LOGIN_MAX)
                return false;
        for (size_t i = 0; i < login.len; i++) {
                char c = login.data[i];

                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                        c == '_' || c == '@'))
                        return false;
        }
        return true;
}

static int check_new(const struct account_new *n, struct parse_error *bad)
{
        if (!login_is_good(n->login))
                return parse_error_set(bad, 0,
                    "Tên đăng nhập chỉ gồm chữ thường không dấu, số và . - _ @ (2 đến 64 ký tự).",
                    "A login has only lower-case letters, digits and . - _ @ (2 to 64 of them).");
        if (text_trim(n->name).len == 0 || n->name.len > NAME_MAX_BYTES || !text_is_utf8(n->name))
                return parse_error_set(bad, 0, "Cần có họ tên.", "A name is needed.");
        if (n->role == ROLE_NONE)
                return parse_error_set(bad, 0, "Vai trò không hợp lệ.", "There is no such role.");
        return n->password.len ? password_check(n->password, n->login, bad) : 0;
}

int account_create(char id[ULID_MAX], char one_time[ULID_MAX], struct db *db,
    const struct clock *clock, const struct scope *scope, const struct account_new *n,
    struct parse_error *bad)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        char hash[PASSWORD_HASH_MAX];
        struct text password = n->password;
        int err = scope->role == ROLE_ADMINISTRATOR ? check_new(n, bad) : ERR_DENIED;

        if (!err)
                err = unit_in_scope(db, scope, n->unit_id);
        if (err)
                return err;
        one_time[0] = '\0';
        if (password.len == 0) {
                password_make(one_time);
                password = text_of(one_time);
        }
        err = password_hash(hash, password);
        if (!err)
                err = db_query_begin(&q, db, account_insert);
        if (err)
                return err;
        ulid_make(id, clock);
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, n->unit_id);
        db_bind_text(q, 3, n->login);
        db_bind_text(q, 4, text_trim(n->name));
        db_bind_string(q, 5, role_word(n->role));
        db_bind_string(q, 6, hash);
        db_bind_int(q, 7, n->password.len == 0);
        db_bind_int(q, 8, clock_now(clock));
        return db_step(q);
}

int accounts_json(json_t **out, struct db *db, const struct scope *scope)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, account_list);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        return db_rows_json(out, q,
            "id:t login:t name:t role:t unit.id:t unit.name:t active:b must_change:b", SIZE_MAX);
}

static int account_of_row(struct account *out, struct arena *arena, struct db_query *q)
{
        const char **const texts[] = { &out->id, &out->login, &out->name, &out->unit_id,
                &out->unit_name, &out->language };

        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                *texts[i] = arena_text(arena, db_column_text(q, (int)i));
                if (!*texts[i])
                        return ERR_MEMORY;
        }
        out->role = role_of_word(db_column_text(q, 6));
        out->must_change = db_column_int(q, 7) != 0;
        out->active = db_column_int(q, 8) != 0;
        return 0;
}

int account_read(struct account *out, struct arena *arena, struct db *db, const char *id)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, account_by_id);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        got = db_step(q);
        return got == 1 ? account_of_row(out, arena, q) : got < 0 ? got : ERR_MISSING;
}

static int end_sessions(struct db *db, const char *id, const char *but)
{
        return db_run(db, NULL, account_sessions_end, "tt", id, but ? but : "");
}

/* DENIED when nobody else could administer any more. */
static int keep_an_administrator(
    struct db *db, const struct scope *scope, const char *id, const struct account_change *change)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        bool is_active_administrator;
        int64_t others = 0;
        int got, err = db_query_begin(&q, db, account_in_scope);

        if (err)
                return err;
        db_bind_string(q, 1, scope->unit_id);
        db_bind_string(q, 2, id);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_MISSING;
        is_active_administrator = text_is(db_column_text(q, 0), "administrator") &&
                                  db_column_int(q, 1);
        if (!is_active_administrator ||
            !((change->active && !*change->active) ||
                (change->role != ROLE_NONE && change->role != ROLE_ADMINISTRATOR)))
                return 0;
        err = count_of(&others, db, account_administrators, id);
        return err ? err : others ? 0 : ERR_DENIED;
}

static int update_row(
    struct db *db, const struct clock *clock, const char *id, const struct account_change *change)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, account_update);

        if (err)
                return err;
        db_bind_string(q, 1, id);
        db_bind_string(q, 2, change->name);
        db_bind_string(q, 3, change->role != ROLE_NONE ? role_word(change->role) : NULL);
        db_bind_string(q, 4, change->unit_id);
        if (change->active)
                db_bind_int(q, 5, *change->active);
        else
                db_bind_null(q, 5);
        db_bind_int(q, 6, clock_now(clock));
        return db_step(q);
}

int account_change(char one_time[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id, const struct account_change *change)
{
        char hash[PASSWORD_HASH_MAX];
        int err = scope->role == ROLE_ADMINISTRATOR ? keep_an_administrator(db, scope, id, change)
                                                    : ERR_DENIED;

        one_time[0] = '\0';
        if (!err && change->unit_id)
                err = unit_in_scope(db, scope, change->unit_id);
        if (!err)
                err = update_row(db, clock, id, change);
        if (!err && change->reset_password) {
                password_make(one_time);
                err = password_hash(hash, text_of(one_time));
                if (!err)
                        err = db_run(db, NULL, account_password, "ttii", id, hash, (int64_t)1,
                            clock_now(clock));
        }
        return err ? err : end_sessions(db, id, NULL);
}

struct credentials {
        char id[ULID_MAX], hash[PASSWORD_HASH_MAX];
        bool active;
        int64_t failures;
        time_ms last_failure_at;
};

static int read_credentials(
    struct credentials *out, struct db *db, const char *sql, struct text key)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, sql);

        if (err)
                return err;
        db_bind_text(q, 1, key);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_MISSING;
        out->active = db_column_int(q, 2) != 0;
        out->failures = db_column_int(q, 3);
        out->last_failure_at = db_column_int(q, 4);
        err = text_copy(out->id, sizeof(out->id), db_column_text(q, 0));
        return err ? err : text_copy(out->hash, sizeof(out->hash), db_column_text(q, 1));
}

static time_ms wait_after(int64_t failures)
{
        if (failures < FREE_FAILURES)
                return 0;
        return failures - FREE_FAILURES > 9 ? WAIT_MAX_MS
                                            : (time_ms)SECOND_MS << (failures - FREE_FAILURES + 1);
}

static int check_credentials(
    struct db *db, const struct clock *clock, const struct credentials *c, struct text password)
{
        time_ms now = clock_now(clock), wait = wait_after(c->failures);
        int64_t counted = 0;
        int err;

        if (wait > WAIT_MAX_MS)
                wait = WAIT_MAX_MS;
        if (wait && now < c->last_failure_at + wait)
                return ERR_BUSY;
        err = db_run(db, &counted, account_try, "tii", c->id, now, c->failures);
        if (err)
                return err;
        if (counted == 0) /* another try was counted in between: do not tell it apart */
                return ERR_BUSY;
        if (!password_matches(c->hash, password) || !c->active)
                return ERR_DENIED;
        return db_run(db, NULL, account_good, "t", c->id);
}

int account_sign_in(struct account *out, struct arena *arena, struct db *db,
    const struct clock *clock, struct text login, struct text password)
{
        struct credentials c = { 0 };
        int err = login.len > LOGIN_MAX || password.len > PASSWORD_BYTES_MAX
                      ? ERR_DENIED
                      : read_credentials(&c, db, account_for_sign_in, login);

        if (err == ERR_MISSING) {
                password_waste_time(password);
                return ERR_DENIED;
        }
        if (!err)
                err = check_credentials(db, clock, &c, password);
        return err ? err : account_read(out, arena, db, c.id);
}

int account_set_password(struct db *db, const struct clock *clock, const char *id,
    const char *keep_hash, struct text old_password, struct text new_password,
    struct parse_error *bad)
{
        struct credentials c = { 0 };
        char hash[PASSWORD_HASH_MAX];
        int err = read_credentials(&c, db, account_for_change, text_of(id));

        if (!err)
                err = password_check(new_password, TEXT(""), bad);
        if (!err)
                err = check_credentials(db, clock, &c, old_password);
        if (!err)
                err = password_hash(hash, new_password);
        if (!err)
                err = db_run(
                    db, NULL, account_password, "ttii", id, hash, (int64_t)0, clock_now(clock));
        return err ? err : end_sessions(db, id, keep_hash);
}
