/* Session, password, first run. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "centre/office.h"
#include "centre/sample.h"
#include "codec/json_fields.h"
#include "office/registry/accounts.h"
#include "office/registry/record.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <sodium.h>

enum { COOKIE_MAX = 200 };

static json_t *account_json(const struct account *a)
{
        return json_pack("{s:s,s:s,s:s,s:s,s:b,s:{s:s,s:s}}", "id", a->id, "login", a->login,
            "name", a->name, "role", role_word(a->role), "must_change", a->must_change, "unit",
            "id", a->unit_id, "name", a->unit_name);
}

static const char *setting_or(const struct call *call, const char *name, const char *other)
{
        const char *value = other;

        return setting_read(&value, call->arena, call->db, name) ? other : value;
}

static bool is_first_run(const struct call *call)
{
        int64_t accounts = 1;

        return accounts_count(&accounts, call->db) == 0 && accounts == 0;
}

/* account NULL: nobody is signed in, and then the office's name is all that is told. */
static int reply_session(struct reply *reply, struct call *call, int status,
    const struct account *account, const char *csrf)
{
        const char *language = account ? account->language : language_tag(call->language);
        json_t *body = json_pack("{s:b,s:b,s:s,s:s,s:{s:s,s:s}}", "signed_in", account != NULL,
            "first_run", is_first_run(call), "version", CANH_VERSION, "language", language,
            "office", "name", setting_or(call, "office_name", account ? account->unit_name : ""),
            "hotline", setting_or(call, "hotline", ""));

        if (!body)
                return ERR_MEMORY;
        if (account && (json_object_set_new(body, "account", account_json(account)) ||
                           json_object_set_new(body, "csrf", json_string(csrf)))) {
                json_decref(body);
                return ERR_MEMORY;
        }
        return reply_json(reply, status, body);
}

static int get_session(struct reply *reply, struct call *call)
{
        struct session s;
        int err = session_find(&s, call->arena, call->db, call->clock, call->cookie);

        if (err && err != ERR_UNTRUSTED)
                return err;
        return reply_session(reply, call, 200, err ? NULL : &s.account, err ? NULL : s.csrf);
}

static int set_cookie(struct reply *reply, struct call *call, const char *token, bool ends)
{
        char cookie[COOKIE_MAX];
        const char *copy;

        snprintf(cookie, sizeof(cookie), SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s",
            token, ends ? "; Max-Age=0" : "");
        copy = arena_text(call->arena, text_of(cookie));
        if (!copy)
                return ERR_MEMORY;
        reply->set_cookie = text_of(copy);
        return 0;
}

/* A new token at each sign-in: a cookie that somebody planted before is worth nothing. */
static int begin_session(
    struct reply *reply, struct call *call, int status, const struct account *account)
{
        char token[SECRET_TOKEN_MAX], csrf[SECRET_TOKEN_MAX];
        int err = sessions_sweep(call->db, call->clock);

        if (!err)
                err = session_start(
                    token, csrf, call->db, call->clock, account->id, call->scope.address);
        if (!err)
                err = set_cookie(reply, call, token, false);
        sodium_memzero(token, sizeof(token));
        return err ? err : reply_session(reply, call, status, account, csrf);
}

static int audit_sign_in(struct call *call, const struct account *account, const char *act)
{
        struct told told = {
                .act = act, .kind = "account", .id = account->id, .unit_id = account->unit_id
        };
        int err;

        call->scope.actor = account->name;
        err = db_begin(call->db);
        return err ? err : registry_finish(0, call, &told);
}

static int sign_in(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct text login, password;
        struct account account;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = json_field_text(&login, body, "login", 64, &bad);
        if (!err)
                err = json_field_text(&password, body, "password", PASSWORD_BYTES_MAX, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        err = account_sign_in(&account, call->arena, call->db, call->clock, login, password);
        if (err == ERR_DENIED)
                return reply_problem(reply, call, 401, "bad_credentials",
                    "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or password is wrong.");
        if (err == ERR_BUSY)
                return reply_problem(reply, call, 429, "slow_down",
                    "Đã sai nhiều lần: xin chờ một lúc rồi thử lại.",
                    "Too many wrong tries: wait a little and try again.");
        if (!err)
                err = audit_sign_in(call, &account, "sign_in");
        return err ? err : begin_session(reply, call, 200, &account);
}

static int sign_out(struct reply *reply, struct call *call)
{
        int err = call->session_hash ? session_end(call->db, call->session_hash) : 0;

        if (!err)
                err = set_cookie(reply, call, "", true);
        return err ? err : registry_done(reply);
}

/* A wrong old password is kept as a failure, so that guessing here waits as at the door. */
static int set_password(
    struct call *call, struct text old_password, struct text new_password, struct parse_error *bad)
{
        const struct told told = { .act = "change_password",
                .kind = "account",
                .id = call->scope.account_id,
                .unit_id = call->scope.unit_id };
        int err = db_begin(call->db);

        if (err)
                return err;
        err = account_set_password(call->db, call->clock, call->scope.account_id,
            call->session_hash, old_password, new_password, bad);
        if (err != ERR_DENIED)
                return registry_finish(err, call, &told);
        if (db_commit(call->db))
                db_rollback(call->db);
        return ERR_DENIED;
}

static int change_password(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct text old_password, new_password;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = json_field_text(&old_password, body, "old", PASSWORD_BYTES_MAX, &bad);
        if (!err)
                err = json_field_text(&new_password, body, "new", PASSWORD_BYTES_MAX, &bad);
        if (!err)
                err = set_password(call, old_password, new_password, &bad);
        if (err == ERR_DENIED)
                return reply_problem(reply, call, 403, "bad_credentials",
                    "Mật khẩu hiện tại không đúng.", "The present password is wrong.");
        if (err == ERR_BUSY)
                return reply_problem(reply, call, 429, "slow_down",
                    "Đã sai nhiều lần: xin chờ một lúc rồi thử lại.",
                    "Too many wrong tries: wait a little and try again.");
        return err ? registry_answer(reply, call, err, &bad) : registry_done(reply);
}

struct first_run {
        const char *code, *office_name, *parent_name, *place, *hotline, *login, *name, *password,
            *pack;
        char lead_kind[PACK_KIND_MAX]; /* what the pack calls the office that answers for all */
};

static int read_first_run(
    struct first_run *out, struct call *call, const json_t *body, struct parse_error *bad)
{
        const struct {
                const char *name, **value;
        } fields[] = { { "code", &out->code }, { "office_name", &out->office_name },
                { "parent_name", &out->parent_name }, { "place", &out->place },
                { "hotline", &out->hotline }, { "login", &out->login }, { "name", &out->name },
                { "password", &out->password }, { "pack", &out->pack } };

        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                int err = registry_field(fields[i].value, call, body, fields[i].name, 300, bad);

                if (err)
                        return err;
        }
        if (!out->office_name[0] || !out->parent_name[0])
                return parse_error_set(bad, 0, "Cần có tên cơ quan và tên cấp trên.",
                    "The names of the office and of its parent are needed.");
        return 0;
}

static bool code_is_right(const struct office *office, const char *code)
{
        char sent[OFFICE_CODE_MAX] = "", wanted[OFFICE_CODE_MAX] = "";
        size_t n = 0;

        for (const char *c = code; *c && n + 1 < sizeof(sent); c++)
                if (*c != '-' && *c != ' ')
                        sent[n++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
        n = 0;
        for (const char *c = office->first_run_code; *c && n + 1 < sizeof(wanted); c++)
                if (*c != '-' && *c != ' ')
                        wanted[n++] = *c;
        return wanted[0] && sodium_memcmp(sent, wanted, sizeof(sent)) == 0;
}

static int add_office(struct call *call, const struct scope *scope, const struct first_run *f,
    struct parse_error *bad)
{
        const struct record_topic *units = record_topic_of(TEXT("units"));
        const struct {
                size_t field;
                const char *value;
        } fields[] = { { 1, "VP" }, { 2, f->office_name }, { 3, scope->unit_id },
                { 4, f->lead_kind } };
        struct record r;
        char id[ULID_MAX];
        int err = 0;

        record_init(&r, units);
        for (size_t i = 0; i < ARRAY_LEN(fields) && !err; i++)
                err = record_set(
                    &r, call->arena, units, fields[i].field, text_of(fields[i].value), bad);
        return err ? err
                   : record_save(
                         id, call->db, call->clock, scope, call->arena, units, &r, true, bad);
}

static int write_settings(struct call *call, const struct first_run *f)
{
        const char *const pairs[][2] = { { "office_name", f->office_name },
                { "parent_name", f->parent_name }, { "place", f->place }, { "hotline", f->hotline },
                { "pack", f->pack } };

        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                int err = setting_write(call->db, call->clock, pairs[i][0], text_of(pairs[i][1]));

                if (err)
                        return err;
        }
        return 0;
}

static int make_office(char account_id[ULID_MAX], struct call *call, const struct first_run *f,
    struct parse_error *bad)
{
        char root[ULID_MAX], one_time[ULID_MAX];
        struct account_new n = { .login = text_of(f->login),
                .name = text_of(f->name),
                .unit_id = root,
                .role = ROLE_ADMINISTRATOR,
                .password = text_of(f->password) };
        struct scope scope = call->scope;
        int err = unit_root(root, call->db);
        bool fresh = err == ERR_MISSING;

        if (n.password.len == 0)
                return parse_error_set(bad, 0, "Cần có mật khẩu.", "A password is needed.");
        if (fresh)
                err = unit_create_root(
                    root, call->db, call->clock, "UBND", f->parent_name, "committee");
        if (err)
                return err;
        scope.unit_id = root;
        scope.account_id = "";
        scope.actor = f->name;
        scope.role = ROLE_ADMINISTRATOR;
        if (fresh)
                err = add_office(call, &scope, f, bad);
        if (!err)
                err = write_settings(call, f);
        return err ? err
                   : account_create(account_id, one_time, call->db, call->clock, &scope, &n, bad);
}

static int first_run_in_transaction(char account_id[ULID_MAX], struct call *call,
    const struct first_run *f, struct parse_error *bad)
{
        struct told told = { .act = "first_run", .kind = "account", .id = account_id };
        int err = db_begin(call->db);

        if (err)
                return err;
        if (!is_first_run(call)) /* looked at under the lock: two at once make one office */
                err = ERR_EXISTS;
        if (!err)
                err = make_office(account_id, call, f, bad);
        call->scope.actor = f->name;
        return registry_finish(err, call, &told);
}

/* The pack that was chosen must be there; the one that comes along is taken when it is. */
static int take_pack(struct first_run *f, struct call *call, struct parse_error *bad)
{
        const char *chosen = f->pack[0] ? f->pack : SAMPLE_PACK;
        int err = pack_take(
            f->lead_kind, call->db, call->clock, call->office->packs_folder, chosen, bad);

        if (err == ERR_MISSING && !f->pack[0]) {
                *bad = (struct parse_error){ 0 };
                return text_copy(f->lead_kind, sizeof(f->lead_kind), TEXT("office"));
        }
        f->pack = chosen;
        return err;
}

static int first_run(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct first_run f = { 0 };
        struct account account;
        char id[ULID_MAX];
        int err = call_json(&body, call, &bad);

        if (!err && !is_first_run(call))
                return ERR_EXISTS;
        if (!err)
                err = read_first_run(&f, call, body, &bad);
        if (!err && !code_is_right(call->office, f.code))
                return reply_problem(reply, call, 403, "bad_code",
                    "Mã cài đặt không đúng: mã được in ra khi khởi động chương trình.",
                    "The code is wrong: it is printed when the program starts.");
        if (!err)
                err = take_pack(&f, call, &bad);
        if (!err)
                err = first_run_in_transaction(id, call, &f, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        err = account_read(&account, call->arena, call->db, id);
        return err ? err : begin_session(reply, call, 201, &account);
}

static const struct route routes[] = {
        { "GET", "/api/v1/session", ROLE_NONE, ROUTE_OPEN, get_session },
        { "POST", "/api/v1/session", ROLE_NONE, ROUTE_OPEN | ROUTE_NO_CSRF, sign_in },
        { "DELETE", "/api/v1/session", ROLE_UNIT, ROUTE_BEFORE_PASSWORD, sign_out },
        { "POST", "/api/v1/session/password", ROLE_UNIT, ROUTE_BEFORE_PASSWORD, change_password },
        { "POST", "/api/v1/first-run", ROLE_NONE, ROUTE_OPEN | ROUTE_NO_CSRF, first_run },
};
const struct route_table api_session = { routes, ARRAY_LEN(routes) };
