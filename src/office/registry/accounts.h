/* office/registry/accounts.h: who may sign in, and sessions. Passwords: Argon2id, 64 MiB
 * (libsodium). After five wrong ones each further try waits twice as long, up to 15 minutes: nobody
 * can freeze another's account for good. A session: 256 random bits in a cookie, only their hash is
 * kept; ends 8 h after its last use, 24 h after its start.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_ACCOUNTS_H
#define CANH_OFFICE_REGISTRY_ACCOUNTS_H

#include "base/arena.h"
#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum {
        SECRET_TOKEN_MAX = 65,
        SECRET_HASH_MAX = 65,
        PASSWORD_CHARACTERS_MIN = 10,
        PASSWORD_BYTES_MAX = 200
};

struct account {
        const char *id, *login, *name, *unit_id, *unit_name, *language; /* in the caller's arena */
        enum role role;
        bool must_change, active;
};

const char *role_word(enum role role);    /* "administrator", "office", "unit" */
enum role role_of_word(struct text word); /* ROLE_NONE for another word */

/* 0, or FORMAT with *bad: too short, too long, too common, the login itself. */
MUST_USE int password_check(struct text password, struct text login, struct parse_error *bad);

struct account_new {
        struct text login, name;
        const char *unit_id;
        enum role role;
        struct text password; /* empty: a one-time password is made */
};
/* Only an administrator's scope. one_time (room ULID_MAX) is "" when a password was given. EXISTS:
 * the login is in use; MISSING: unit out of scope; FORMAT with *bad. */
MUST_USE int account_create(char id[ULID_MAX], char one_time[ULID_MAX], struct db *db,
    const struct clock *clock, const struct scope *scope, const struct account_new *n,
    struct parse_error *bad);
MUST_USE int accounts_count(int64_t *out, struct db *db);
MUST_USE int accounts_json(json_t **out, struct db *db, const struct scope *scope);
MUST_USE int account_read(struct account *out, struct arena *arena, struct db *db, const char *id);

/* NULL or ROLE_NONE keeps. Ends the account's sessions. The last active administrator stays one:
 * DENIED. */
struct account_change {
        const char *name;
        enum role role;
        const char *unit_id;
        const bool *active;
        bool reset_password;
};
MUST_USE int account_change(char one_time[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id, const struct account_change *change);

/* Right name and password: 0. DENIED: one of them is wrong, or not active. BUSY: too many tries,
 * wait. Takes the same time whether there is such a login or not. Outside a transaction. */
MUST_USE int account_sign_in(struct account *out, struct arena *arena, struct db *db,
    const struct clock *clock, struct text login, struct text password);
/* DENIED: the old one is wrong; BUSY; FORMAT with *bad. All sessions but keep_hash (may be NULL)
 * end. */
MUST_USE int account_set_password(struct db *db, const struct clock *clock, const char *id,
    const char *keep_hash, struct text old_password, struct text new_password,
    struct parse_error *bad);

struct session {
        char hash[SECRET_HASH_MAX], csrf[SECRET_TOKEN_MAX];
        struct account account;
};
MUST_USE int session_start(char token[SECRET_TOKEN_MAX], char csrf[SECRET_TOKEN_MAX], struct db *db,
    const struct clock *clock, const char *account_id, const char *address);
/* The session of a cookie; UNTRUSTED when there is none, it is too old, or the account is not
 * active. Counts as use. */
MUST_USE int session_find(struct session *out, struct arena *arena, struct db *db,
    const struct clock *clock, struct text token);
MUST_USE int session_end(struct db *db, const char *hash);
/* Forgets sessions that are over. */
MUST_USE int sessions_sweep(struct db *db, const struct clock *clock);
/* What the account may see. The views live as long as the session. */
struct scope session_scope(const struct session *s, const char *address);

#endif
