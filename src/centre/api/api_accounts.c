/* Accounts: for administrators. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_registry.h"
#include "centre/api/api_routes.h"
#include "codec/json_fields.h"
#include "office/registry/accounts.h"
#include "system/db/db.h"

static int list_accounts(struct reply *reply, struct call *call)
{
        json_t *accounts;
        int err = accounts_json(&accounts, call->db, &call->scope);

        return err ? err : reply_json(reply, 200, json_pack("{s:o}", "accounts", accounts));
}

static int reply_account(
    struct reply *reply, struct call *call, int status, const char *id, const char *one_time)
{
        struct account a;
        int err = account_read(&a, call->arena, call->db, id);
        json_t *body;

        if (err)
                return err;
        body = json_pack("{s:s,s:s,s:s,s:s,s:b,s:b,s:{s:s,s:s}}", "id", a.id, "login", a.login,
            "name", a.name, "role", role_word(a.role), "active", a.active, "must_change",
            a.must_change, "unit", "id", a.unit_id, "name", a.unit_name);
        if (body && one_time[0] &&
            json_object_set_new(body, "one_time_password", json_string(one_time))) {
                json_decref(body);
                return ERR_MEMORY;
        }
        return reply_json(reply, status, body);
}

struct wanted {
        const char *login, *name, *role, *unit;
};

static int read_wanted(
    struct wanted *out, struct call *call, const json_t *body, struct parse_error *bad)
{
        int err = registry_field(&out->login, call, body, "login", 64, bad);

        if (!err)
                err = registry_field(&out->name, call, body, "name", 200, bad);
        if (!err)
                err = registry_field(&out->role, call, body, "role", 20, bad);
        if (!err)
                err = registry_field(&out->unit, call, body, "unit", 64, bad);
        if (!err && out->role[0] && role_of_word(text_of(out->role)) == ROLE_NONE)
                err = parse_error_set(bad, 0, "Vai trò không hợp lệ.", "There is no such role.");
        return err;
}

static int create(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        struct parse_error bad = { 0 };
        struct wanted w = { 0 };
        char id[ULID_MAX] = "", one_time[ULID_MAX] = "";
        int err = call_json(&body, call, &bad);

        if (!err)
                err = read_wanted(&w, call, body, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        const struct account_new n = { .login = text_of(w.login),
                .name = text_of(w.name),
                .unit_id = w.unit,
                .role = role_of_word(text_of(w.role)) };
        const struct told told = {
                .act = "create", .kind = "account", .id = id, .unit_id = w.unit
        };
        err = db_begin(call->db);
        if (err)
                return err;
        err = account_create(id, one_time, call->db, call->clock, &call->scope, &n, &bad);
        err = registry_finish(err, call, &told);
        if (err)
                return registry_answer(reply, call, err, &bad);
        return reply_account(reply, call, 201, id, one_time);
}

static int change(struct reply *reply, struct call *call)
{
        AUTO(json_free_at) json_t *body = NULL;
        const char *id = registry_param(call, 0);
        const struct told told = { .act = "change", .kind = "account", .id = id };
        struct parse_error bad = { 0 };
        struct wanted w = { 0 };
        char one_time[ULID_MAX] = "";
        bool active;
        int err = call_json(&body, call, &bad);

        if (!err)
                err = read_wanted(&w, call, body, &bad);
        if (err)
                return registry_answer(reply, call, err, &bad);
        active = json_is_true(json_object_get(body, "active"));
        const struct account_change c = { .name = w.name[0] ? w.name : NULL,
                .role = role_of_word(text_of(w.role)),
                .unit_id = w.unit[0] ? w.unit : NULL,
                .active = json_is_boolean(json_object_get(body, "active")) ? &active : NULL,
                .reset_password = json_is_true(json_object_get(body, "reset_password")) };
        err = db_begin(call->db);
        if (err)
                return err;
        err = account_change(one_time, call->db, call->clock, &call->scope, id, &c);
        err = registry_finish(err, call, &told);
        if (err == ERR_DENIED)
                return reply_problem(reply, call, 409, "last_administrator",
                    "Phải còn ít nhất một quản trị viên đang hoạt động.",
                    "At least one active administrator must remain.");
        return err ? err : reply_account(reply, call, 200, id, one_time);
}

static const struct route routes[] = {
        { "GET", "/api/v1/accounts", ROLE_ADMINISTRATOR, 0, list_accounts },
        { "POST", "/api/v1/accounts", ROLE_ADMINISTRATOR, 0, create },
        { "PATCH", "/api/v1/accounts/{id}", ROLE_ADMINISTRATOR, 0, change },
};
const struct route_table api_accounts = { routes, ARRAY_LEN(routes) };
