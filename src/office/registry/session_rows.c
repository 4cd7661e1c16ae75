/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/digest.h"
#include "office/registry/account_hash.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

enum { IDLE_MS = 8 * HOUR_MS, LIFE_MS = 24 * HOUR_MS };

DB_SQL(session_insert,
    "insert into session (token_hash, account_id, csrf, created_at, used_at, until_at, address) "
    "values ($1, $2, $3, $4, $4, $5, $6)");
DB_SQL(session_get,
    "select s.account_id, s.csrf, s.used_at from session s join account a on a.id = s.account_id "
    "where s.token_hash = $1 and s.used_at > $2 and s.until_at > $3 and a.active = 1");
DB_SQL(session_use, "update session set used_at = $2 where token_hash = $1 and used_at < $2");
DB_SQL(session_delete, "delete from session where token_hash = $1");
DB_SQL(session_delete_old, "delete from session where used_at <= $1 or until_at <= $2");

static void hash_token(char out[SECRET_HASH_MAX], struct text token)
{
        struct sha256 d = sha256_of(token.data, token.len);

        sha256_write(out, &d);
}

int session_start(char token[SECRET_TOKEN_MAX], char csrf[SECRET_TOKEN_MAX], struct db *db,
    const struct clock *clock, const char *account_id, const char *address)
{
        char hash[SECRET_HASH_MAX];
        time_ms now = clock_now(clock);

        secret_make(token);
        secret_make(csrf);
        hash_token(hash, text_of(token));
        return db_run(db, NULL, session_insert, "tttiit", hash, account_id, csrf, now,
            now + LIFE_MS, address ? address : "");
}

static int read_session(
    struct session *out, char account_id[ULID_MAX], time_ms *used_at, struct db *db, time_ms now)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int got, err = db_query_begin(&q, db, session_get);

        if (err)
                return err;
        db_bind_string(q, 1, out->hash);
        db_bind_int(q, 2, now - IDLE_MS);
        db_bind_int(q, 3, now);
        got = db_step(q);
        if (got < 1)
                return got < 0 ? got : ERR_UNTRUSTED;
        *used_at = db_column_int(q, 2);
        err = text_copy(account_id, ULID_MAX, db_column_text(q, 0));
        return err ? err : text_copy(out->csrf, sizeof(out->csrf), db_column_text(q, 1));
}

int session_find(struct session *out, struct arena *arena, struct db *db, const struct clock *clock,
    struct text token)
{
        struct session s;
        char account_id[ULID_MAX];
        time_ms used_at = 0, now = clock_now(clock);
        int err;

        if (token.len != SECRET_TOKEN_MAX - 1)
                return ERR_UNTRUSTED;
        hash_token(s.hash, token);
        err = read_session(&s, account_id, &used_at, db, now);
        if (!err)
                err = account_read(&s.account, arena, db, account_id);
        if (!err && now >= used_at + MINUTE_MS) /* not a write for every picture of a page */
                err = db_run(db, NULL, session_use, "ti", s.hash, now);
        if (err)
                return err == ERR_MISSING ? ERR_UNTRUSTED : err;
        *out = s;
        return 0;
}

int session_end(struct db *db, const char *hash)
{
        return db_run(db, NULL, session_delete, "t", hash);
}

int sessions_sweep(struct db *db, const struct clock *clock)
{
        time_ms now = clock_now(clock);

        return db_run(db, NULL, session_delete_old, "ii", now - IDLE_MS, now);
}

struct scope session_scope(const struct session *s, const char *address)
{
        return (struct scope){ .unit_id = s->account.unit_id,
                .account_id = s->account.id,
                .actor = s->account.name,
                .address = address ? address : "",
                .role = s->account.role };
}
