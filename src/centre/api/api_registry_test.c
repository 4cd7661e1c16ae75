/* The registry's calls on a database in memory, as the server would call them after its own checks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "centre/api/api_routes.h"
#include "centre/office.h"
#include "codec/json_fields.h"
#include "office/registry/accounts.h"
#include "office/registry/machines.h"
#include "office/registry/registry_fixture.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char *packs; /* the folder, from the command line */

/* What the server would answer for these calls. */
struct query {
        const char *name, *value;
};

struct text call_query(const struct call *call, const char *name)
{
        const struct query *q = call->connection;

        return text_of(q && q->name && strcmp(q->name, name) == 0 ? q->value : NULL);
}

int office_authority(struct buffer *pem, char fingerprint[65], struct office *office)
{
        (void)office;
        memset(fingerprint, 'a', 64);
        fingerprint[64] = '\0';
        return buffer_add_text(pem, "-");
}

void office_notify_change(struct office *office)
{
        (void)office;
}

struct answer {
        int err, status;
        json_t *body;
        char cookie[300];
};

static const struct route_table *const tables[] = { &api_session, &api_accounts, &api_units,
        &api_transfer, &api_enrolment, &api_machines, &api_trail };

static const struct route *route_of(const char *method, const char *pattern)
{
        for (size_t t = 0; t < ARRAY_LEN(tables); t++)
                for (size_t i = 0; i < tables[t]->count; i++)
                        if (strcmp(tables[t]->routes[i].method, method) == 0 &&
                            strcmp(tables[t]->routes[i].pattern, pattern) == 0)
                                return &tables[t]->routes[i];
        fail_msg("no route %s %s", method, pattern);
        return NULL;
}

struct asked {
        const char *method, *pattern, *param, *body;
        struct query query;
        const char *cookie;
        struct office *office;
};

static struct answer ask(struct fixture *f, const struct scope *scope, const struct asked *a)
{
        struct answer out = { 0 };
        struct reply reply = { 0 };
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct query query = a->query;
        struct office none = { .agents_url = "https://192.0.2.10:8443" };
        struct call call = { .office = a->office ? a->office : &none,
                .db = f->db,
                .clock = &f->clock,
                .scope = *scope,
                .params = { text_of(a->param) },
                .body = text_of(a->body),
                .cookie = text_of(a->cookie),
                .connection = &query };

        assert_int_equal(arena_new(&arena, 16 << 20), 0);
        call.arena = arena;
        out.err = route_of(a->method, a->pattern)->handle(&reply, &call);
        out.status = reply.status;
        if (reply.body.len)
                out.body = json_loadb(reply.body.data, reply.body.len, 0, NULL);
        snprintf(out.cookie, sizeof(out.cookie), "%.*s", TEXT_ARGS(reply.set_cookie));
        buffer_done(&reply.body);
        /* whatever happened, nothing is left open */
        assert_int_equal(db_begin(f->db), 0);
        db_rollback(f->db);
        return out;
}

static void expect(
    struct fixture *f, const struct scope *scope, const struct asked *a, int err, int status)
{
        struct answer got = ask(f, scope, a);

        if (got.err != err || (!err && got.status != status))
                print_error("%s %s: %d %d\n", a->method, a->pattern, got.err, got.status);
        assert_int_equal(got.err, err);
        if (!err)
                assert_int_equal(got.status, status);
        json_decref(got.body);
}

static void guessed_identifiers_of_others_are_not_there(void **state)
{
        struct fixture *f = *state;
        char person[ULID_MAX], range[ULID_MAX], system[ULID_MAX], machine[ULID_MAX];

        fixture_add(person, f, "people", "unit", "HM-X02", "name", "Trần Văn Mẫu", NULL);
        fixture_add(range, f, "ranges", "unit", "HM-X02", "prefix", "203.0.113.0/26", NULL);
        fixture_add(system, f, "systems", "unit", "HM-X02", "code", "HT", "name", "Cổng", NULL);
        fixture_add(machine, f, "machines", "unit", "HM-X02", "name", "MAY-1", NULL);
        const struct asked rows[] = { { "GET", "/api/v1/units/{id}", f->sibling, NULL },
                { "GET", "/api/v1/units/{id}", f->root, NULL },
                { "PATCH", "/api/v1/units/{id}", f->sibling, "{\"name\":\"Của tôi\"}" },
                { "PATCH", "/api/v1/people/{id}", person, "{\"name\":\"Của tôi\"}" },
                { "PATCH", "/api/v1/ranges/{id}", range, "{\"note\":\"Của tôi\"}" },
                { "PATCH", "/api/v1/systems/{id}", system, "{\"name\":\"Của tôi\"}" },
                { "GET", "/api/v1/machines/{id}", machine, NULL },
                { "POST", "/api/v1/machines/{id}/revoke", machine, "{\"reason\":\"thử\"}" } };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                expect(f, &f->unit, &rows[i], ERR_MISSING, 0);
                expect(f, &f->office, &rows[i], 0, i == 7 ? 204 : 200);
        }
}

static void nothing_can_be_put_into_anothers_unit(void **state)
{
        struct fixture *f = *state;
        char body[200];
        const char *const units[] = { f->sibling, f->root, "HM-X02" };

        for (size_t i = 0; i < ARRAY_LEN(units); i++) {
                snprintf(body, sizeof(body), "{\"unit\":\"%s\",\"name\":\"Mẫu\"}", units[i]);
                expect(
                    f, &f->unit, &(struct asked){ "POST", "/api/v1/people", NULL, body }, 0, 404);
                snprintf(body, sizeof(body), "{\"unit\":\"%s\",\"uses\":1,\"hours\":1}", units[i]);
                expect(f, &f->unit, &(struct asked){ "POST", "/api/v1/enrol-tokens", NULL, body },
                    ERR_MISSING, 0);
        }
        expect(f, &f->unit,
            &(struct asked){
                "POST", "/api/v1/people", NULL, "{\"unit\":\"HM-T01\",\"name\":\"Mẫu\"}" },
            0, 201);
}

static size_t rows_of(
    struct fixture *f, const struct scope *scope, const char *pattern, const char *name)
{
        struct answer got = ask(f, scope, &(struct asked){ "GET", pattern, NULL, NULL });
        size_t n = json_array_size(json_object_get(got.body, name));

        assert_int_equal(got.err, 0);
        json_decref(got.body);
        return n;
}

static void lists_hold_only_the_scope(void **state)
{
        struct fixture *f = *state;
        char id[ULID_MAX];

        fixture_add(id, f, "people", "unit", "HM-X02", "name", "Trần Văn Mẫu", NULL);
        fixture_add(id, f, "people", "unit", "HM-T01", "name", "Lê Thị Mẫu", NULL);
        fixture_add(id, f, "machines", "unit", "HM-X02", "name", "MAY-1", NULL);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/units", "units"), 4);
        assert_int_equal(rows_of(f, &f->unit, "/api/v1/units", "units"), 2);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/people", "people"), 2);
        assert_int_equal(rows_of(f, &f->unit, "/api/v1/people", "people"), 1);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/machines", "machines"), 1);
        assert_int_equal(rows_of(f, &f->unit, "/api/v1/machines", "machines"), 0);
}

/* The least role of each route, as docs/api.md says it. */
static void each_route_asks_for_its_role(void **state)
{
        static const struct {
                const char *method, *pattern;
                enum role role;
        } rows[] = { { "GET", "/api/v1/session", ROLE_NONE },
                { "POST", "/api/v1/session", ROLE_NONE },
                { "POST", "/api/v1/first-run", ROLE_NONE },
                { "DELETE", "/api/v1/session", ROLE_UNIT },
                { "POST", "/api/v1/session/password", ROLE_UNIT },
                { "GET", "/api/v1/accounts", ROLE_ADMINISTRATOR },
                { "POST", "/api/v1/accounts", ROLE_ADMINISTRATOR },
                { "PATCH", "/api/v1/accounts/{id}", ROLE_ADMINISTRATOR },
                { "GET", "/api/v1/units", ROLE_UNIT }, { "GET", "/api/v1/units/{id}", ROLE_UNIT },
                { "POST", "/api/v1/units", ROLE_OFFICE },
                { "PATCH", "/api/v1/units/{id}", ROLE_OFFICE },
                { "POST", "/api/v1/units/{id}/close", ROLE_OFFICE },
                { "GET", "/api/v1/people", ROLE_UNIT }, { "POST", "/api/v1/people", ROLE_UNIT },
                { "PATCH", "/api/v1/people/{id}", ROLE_UNIT },
                { "GET", "/api/v1/ranges", ROLE_UNIT }, { "POST", "/api/v1/ranges", ROLE_OFFICE },
                { "PATCH", "/api/v1/ranges/{id}", ROLE_OFFICE },
                { "GET", "/api/v1/systems", ROLE_UNIT }, { "POST", "/api/v1/systems", ROLE_OFFICE },
                { "PATCH", "/api/v1/systems/{id}", ROLE_OFFICE },
                { "GET", "/api/v1/export/{table}", ROLE_UNIT },
                { "POST", "/api/v1/import/{table}", ROLE_OFFICE },
                { "GET", "/api/v1/machines", ROLE_UNIT },
                { "GET", "/api/v1/machines/{id}", ROLE_UNIT },
                { "POST", "/api/v1/machines/{id}/orders", ROLE_UNIT },
                { "POST", "/api/v1/machines/{id}/revoke", ROLE_ADMINISTRATOR },
                { "POST", "/api/v1/enrol-tokens", ROLE_OFFICE },
                { "GET", "/api/v1/audit", ROLE_ADMINISTRATOR },
                { "GET", "/api/v1/search", ROLE_UNIT } };
        size_t routes = 0;

        (void)state;
        for (size_t t = 0; t < ARRAY_LEN(tables); t++)
                routes += tables[t]->count;
        assert_int_equal(routes, ARRAY_LEN(rows)); /* a new route is a new row here */
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                const struct route *r = route_of(rows[i].method, rows[i].pattern);

                assert_int_equal(r->min_role, rows[i].role);
                assert_int_equal((r->flags & ROUTE_OPEN) != 0, rows[i].role == ROLE_NONE);
                if (r->flags & ROUTE_NO_CSRF)
                        assert_true(r->flags & ROUTE_OPEN);
        }
}

static const char first_run_body[] =
    "{\"code\":\"%s\",\"office_name\":\"Văn phòng\",\"parent_name\":\"UBND huyện Mẫu\","
    "\"login\":\"quantri\",\"name\":\"Quản trị\",\"password\":\"mật khẩu đủ dài\"}";

static void the_first_run_makes_an_office_once_and_its_user_can_sign_in(void **state)
{
        struct fixture *f = *state;
        struct office office = { .first_run_code = "ABCDE-12345" };
        json_t *unit;
        bool lead = false;
        size_t i;
        struct scope nobody = {
                .unit_id = "", .account_id = "", .actor = "", .address = "192.0.2.1"
        };
        struct asked a = { "POST", "/api/v1/first-run", .office = &office };
        char body[400], token[100] = "";
        struct answer got;

        f->db = db_close(f->db); /* empty, as on the first day */
        assert_int_equal(db_open(&f->db, "sqlite::memory:"), 0);
        assert_int_equal(db_migrate(f->db, NULL), 0);
        snprintf(office.packs_folder, sizeof(office.packs_folder), "%s", packs);
        snprintf(body, sizeof(body), first_run_body, "ABCDE-12346");
        a.body = body;
        expect(f, &nobody, &a, 0, 403);
        a.body = "{\"code\":\"ABCDE-12345\",\"office_name\":\"V\",\"parent_name\":\"U\","
                 "\"login\":\"quantri\",\"name\":\"Q\",\"password\":\"mật khẩu đủ dài\","
                 "\"pack\":\"../tet-2024\"}";
        expect(f, &nobody, &a, 0, 404);
        a.body = body;
        snprintf(body, sizeof(body), first_run_body, "abcde12345");
        expect(f, &nobody, &a, 0, 201);
        expect(f, &nobody, &a, ERR_EXISTS, 0);
        assert_int_equal(unit_root(f->root, f->db), 0);
        f->office.unit_id = f->root;
        got = ask(f, &f->office, &(struct asked){ "GET", "/api/v1/units" });
        json_array_foreach(json_object_get(got.body, "units"), i,
            unit) if (strcmp(json_get_text(unit, "kind"), "lead_office") == 0)
            lead = strcmp(json_get_text(json_object_get(unit, "kind_label"), "vi"),
                       "Cơ quan chủ trì") == 0;
        assert_true(lead); /* the pack's word for it, and the pack's name of it */
        json_decref(got.body);
        a = (struct asked){ "POST", "/api/v1/session", NULL,
                "{\"login\":\"quantri\",\"password\":\"sai\"}" };
        expect(f, &nobody, &a, 0, 401);
        a.body = "{\"login\":\"quantri\",\"password\":\"mật khẩu đủ dài\"}";
        got = ask(f, &nobody, &a);
        assert_int_equal(got.status, 200);
        assert_int_equal(sscanf(got.cookie, SESSION_COOKIE "=%64[0-9a-f];", token), 1);
        assert_non_null(strstr(got.cookie, "HttpOnly; SameSite=Strict"));
        json_decref(got.body);
        a = (struct asked){ "GET", "/api/v1/session", .cookie = token };
        got = ask(f, &nobody, &a);
        assert_true(json_is_true(json_object_get(got.body, "signed_in")));
        assert_false(json_is_true(json_object_get(got.body, "first_run")));
        assert_string_equal(
            json_string_value(json_object_get(json_object_get(got.body, "account"), "role")),
            "administrator");
        json_decref(got.body);
}

static void a_closed_unit_gives_its_work_to_its_successor(void **state)
{
        struct fixture *f = *state;
        char body[200], machine[ULID_MAX];
        struct asked a = { "POST", "/api/v1/units/{id}/close", f->commune, body };
        const struct scope sibling = { .unit_id = f->sibling,
                .account_id = "",
                .actor = "Bên kia",
                .address = "",
                .role = ROLE_OFFICE };

        fixture_add(machine, f, "machines", "unit", "HM-X01", "name", "MAY-01", NULL);
        snprintf(body, sizeof(body), "{\"successors\":[\"%s\"]}", f->school);
        expect(f, &f->office, &a, 0, 400);
        snprintf(body, sizeof(body), "{\"at\":\"2030-01-01T00:00:00Z\"}");
        expect(f, &f->office, &a, 0, 400);
        snprintf(body, sizeof(body), "{\"successors\":[\"%s\"]}", f->sibling);
        expect(f, &sibling, &a, ERR_MISSING, 0);
        expect(f, &f->office, &a, 0, 200);
        expect(f, &f->office, &a, 0, 409);
        a = (struct asked){ "GET", "/api/v1/units/{id}", f->school };
        expect(f, &sibling, &a, 0, 200);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/audit", "entries"), 1);
}

static void an_import_says_each_refused_row_in_both_languages(void **state)
{
        struct fixture *f = *state;
        struct asked a = { "POST", "/api/v1/import/{table}", "machines",
                "unit,name\nHM-X01,MAY-1\nHM-X09,MAY-2\n" };
        struct answer got = ask(f, &f->office, &a);
        const json_t *row = json_array_get(json_object_get(got.body, "refused"), 0);

        assert_int_equal(got.status, 200);
        assert_false(json_is_true(json_object_get(got.body, "written")));
        assert_int_equal(json_integer_value(json_object_get(row, "line")), 3);
        assert_non_null(json_object_get(json_object_get(row, "why"), "vi"));
        json_decref(got.body);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/machines", "machines"), 0);
        a.body = "unit,name\nHM-X01,MAY-1\n";
        a.query = (struct query){ "dry_run", "1" };
        expect(f, &f->office, &a, 0, 200);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/machines", "machines"), 0);
        a.query = (struct query){ 0 };
        expect(f, &f->office, &a, 0, 200);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/machines", "machines"), 1);
        a.param = "passwords";
        expect(f, &f->office, &a, ERR_MISSING, 0);
}

static void what_is_written_stands_in_the_trail(void **state)
{
        struct fixture *f = *state;
        struct asked a = { "PATCH", "/api/v1/units/{id}", f->commune, "{\"phone\":\"0123\"}" };

        expect(f, &f->office, &a, 0, 200);
        a.body = "{\"parent\":\"HM-T01\"}"; /* below itself */
        expect(f, &f->office, &a, 0, 400);
        assert_int_equal(rows_of(f, &f->office, "/api/v1/audit", "entries"), 1);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_drop)

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                FIXED(guessed_identifiers_of_others_are_not_there),
                FIXED(nothing_can_be_put_into_anothers_unit),
                FIXED(lists_hold_only_the_scope),
                cmocka_unit_test(each_route_asks_for_its_role),
                FIXED(the_first_run_makes_an_office_once_and_its_user_can_sign_in),
                FIXED(a_closed_unit_gives_its_work_to_its_successor),
                FIXED(an_import_says_each_refused_row_in_both_languages),
                FIXED(what_is_written_stands_in_the_trail),
        };

        packs = argc > 1 ? argv[1] : "packs";
        return cmocka_run_group_tests(tests, NULL, NULL);
}
