/* Units, scope, ranges, machines, accounts and the trail on a database in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/registry/accounts.h"
#include "office/registry/machines.h"
#include "office/registry/record.h"
#include "office/registry/registry_fixture.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static size_t units_seen(struct fixture *f, const struct scope *scope)
{
        AUTO(json_free_at) json_t *units = NULL;

        assert_int_equal(units_json(&units, f->db, scope, f->now), 0);
        return json_array_size(units);
}

static void a_unit_sees_itself_and_what_is_below_and_nothing_else(void **state)
{
        struct fixture *f = *state;
        const struct {
                const char *id;
                int as_unit;
        } rows[] = { { f->root, ERR_MISSING }, { f->commune, 0 }, { f->school, 0 },
                { f->sibling, ERR_MISSING }, { "01HZZZZZZZZZZZZZZZZZZZZZZZ", ERR_MISSING },
                { "", ERR_MISSING } };

        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                AUTO(json_free_at) json_t *unit = NULL;
                struct record r;

                assert_int_equal(unit_in_scope(f->db, &f->unit, rows[i].id), rows[i].as_unit);
                assert_int_equal(
                    unit_json(&unit, f->db, &f->unit, f->now, rows[i].id), rows[i].as_unit);
                assert_int_equal(record_read(&r, f->arena, f->db, &f->unit,
                                     record_topic_of(TEXT("units")), rows[i].id),
                    rows[i].as_unit);
        }
        assert_int_equal(units_seen(f, &f->office), 4);
        assert_int_equal(units_seen(f, &f->unit), 2);
}

static void moving_a_unit_takes_all_below_it_along(void **state)
{
        struct fixture *f = *state;
        struct scope sibling = f->unit;

        sibling.unit_id = f->sibling;
        assert_int_equal(
            unit_move(f->db, &f->clock, &f->office, f->commune, f->school), ERR_FORMAT);
        assert_int_equal(
            unit_move(f->db, &f->clock, &f->unit, f->commune, f->sibling), ERR_MISSING);
        assert_int_equal(unit_move(f->db, &f->clock, &f->office, f->commune, f->sibling), 0);
        assert_int_equal(unit_in_scope(f->db, &sibling, f->school), 0);
        assert_int_equal(unit_move(f->db, &f->clock, &f->office, f->commune, f->root), 0);
        assert_int_equal(unit_in_scope(f->db, &sibling, f->school), ERR_MISSING);
        assert_int_equal(unit_in_scope(f->db, &sibling, f->commune), ERR_MISSING);
        assert_int_equal(units_seen(f, &f->office), 4);
}

static int owner_at(struct range_owner *out, struct fixture *f, const char *ip, time_ms at)
{
        struct ip_address a;

        assert_int_equal(ip_address_parse(&a, text_of(ip)), 0);
        return registry_unit_of_address(out, f->db, &a, at);
}

static void an_address_belongs_to_the_longest_prefix_of_its_time(void **state)
{
        struct fixture *f = *state;
        struct range_owner o;
        char id[ULID_MAX];

        fixture_add(id, f, "ranges", "unit", "HM", "prefix", "203.0.113.0/24", NULL);
        fixture_add(id, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.16/28", "valid_from",
            "01/01/2024", "valid_until", "01/02/2024", NULL);
        fixture_add(id, f, "ranges", "unit", "HM-X02", "prefix", "2001:db8:2::/48", NULL);
        assert_int_equal(owner_at(&o, f, "203.0.113.20", f->now), 0);
        assert_string_equal(o.unit_id, f->commune);
        assert_int_equal(o.confidence, 5);
        assert_int_equal(owner_at(&o, f, "203.0.113.20", f->now + 40 * (time_ms)DAY_MS), 0);
        assert_string_equal(o.unit_id, f->root);
        assert_int_equal(owner_at(&o, f, "203.0.113.32", f->now), 0);
        assert_string_equal(o.unit_id, f->root);
        assert_int_equal(owner_at(&o, f, "2001:db8:2::9", f->now), 0);
        assert_string_equal(o.unit_id, f->sibling);
        assert_int_equal(owner_at(&o, f, "198.51.100.1", f->now), ERR_MISSING);
}

static void a_closed_unit_keeps_its_history_and_its_ranges_go_on_at_the_successor(void **state)
{
        struct fixture *f = *state;
        AUTO(json_free_at) json_t *unit = NULL;
        AUTO(json_free_at) json_t *now = NULL;
        const struct scope sibling = { .unit_id = f->sibling };
        const char *const heirs[] = { f->sibling };
        struct range_owner o;
        char id[ULID_MAX], machine[ULID_MAX];

        fixture_add(id, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.0/28", NULL);
        fixture_add(machine, f, "machines", "unit", "HM-X01", "name", "MAY-01", NULL);
        assert_int_equal(unit_close(f->db, &f->clock, &f->office, f->commune, f->now, heirs, 1), 0);
        assert_int_equal(owner_at(&o, f, "203.0.113.1", f->now), 0);
        assert_string_equal(o.unit_id, f->sibling);
        assert_int_equal(owner_at(&o, f, "203.0.113.1", f->now - 1), 0);
        assert_string_equal(o.unit_id, f->commune);
        assert_int_equal(registry_unit_answering(&now, f->db, o.unit_id, f->now), 0);
        assert_string_equal(json_get_text(now, "id"), f->sibling);
        assert_int_equal(unit_json(&unit, f->db, &f->office, f->now, f->commune), 0);
        assert_int_equal(json_array_size(json_object_get(unit, "successors")), 1);
        json_decref(unit);
        assert_int_equal(machine_registry_json(&unit, f->db, &sibling, machine), 0);
        assert_int_equal(unit_in_scope(f->db, &sibling, f->school), 0);
        assert_int_equal(
            unit_close(f->db, &f->clock, &f->office, f->commune, f->now, NULL, 0), ERR_EXISTS);
}

static void a_unit_is_not_closed_into_itself_nor_the_root_nor_ahead_of_time(void **state)
{
        struct fixture *f = *state;
        const struct scope sibling = { .unit_id = f->sibling };
        const char *const below[] = { f->school };
        const char *const twice[] = { f->sibling, f->sibling };
        struct range_owner o;
        char id[ULID_MAX];

        fixture_add(id, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.0/28", NULL);
        assert_int_equal(
            unit_close(f->db, &f->clock, &f->office, f->commune, f->now, below, 1), ERR_FORMAT);
        assert_int_equal(
            unit_close(f->db, &f->clock, &f->office, f->commune, f->now, twice, 2), ERR_FORMAT);
        assert_int_equal(
            unit_close(f->db, &f->clock, &f->office, f->root, f->now, NULL, 0), ERR_FORMAT);
        assert_int_equal(
            unit_close(f->db, &f->clock, &f->office, f->commune, f->now + 1, NULL, 0), ERR_FORMAT);
        assert_int_equal(
            unit_close(f->db, &f->clock, &sibling, f->commune, f->now, NULL, 0), ERR_MISSING);
        assert_int_equal(unit_close(f->db, &f->clock, &f->office, f->commune, f->now, NULL, 0), 0);
        assert_int_equal(owner_at(&o, f, "203.0.113.1", f->now), ERR_MISSING);
}

static void a_token_enrols_the_expected_machine_and_is_used_up(void **state)
{
        struct fixture *f = *state;
        struct machine_enrolment e = {
                .machine_key = "k1", .name = TEXT("MAY-01"), .os_name = TEXT("Debian")
        };
        char token[ENROL_TOKEN_MAX], unit[ULID_MAX], expected[ULID_MAX], id[ULID_MAX];
        time_ms until;
        bool again = true;

        fixture_add(expected, f, "machines", "unit", "HM-X01", "name", "May-01", NULL);
        assert_int_equal(
            enrol_token_new(token, &until, f->db, &f->clock, &f->unit, f->sibling, "agent", 1, 24),
            ERR_MISSING);
        assert_int_equal(
            enrol_token_new(token, &until, f->db, &f->clock, &f->unit, f->commune, "agent", 1, 24),
            0);
        for (char *c = token; *c; c++) /* as typed from paper */
                *c = *c == '-' ? ' ' : (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        assert_int_equal(enrol_token_use(unit, f->db, &f->clock, text_of(token)), 0);
        assert_string_equal(unit, f->commune);
        assert_int_equal(enrol_token_use(unit, f->db, &f->clock, text_of(token)), ERR_UNTRUSTED);
        e.unit_id = unit;
        assert_int_equal(machine_enrol(id, &again, f->db, &f->clock, &e), 0);
        assert_string_equal(id, expected);
        assert_false(again);
        assert_int_equal(machine_enrol(id, &again, f->db, &f->clock, &e), 0);
        assert_true(again);
        assert_int_equal(machine_set_certificate(f->db, &f->clock, id, "aa", f->now + DAY_MS), 0);
        assert_int_equal(machine_certificate_check(f->db, id, "aa"), 0);
        assert_int_equal(machine_revoke(f->db, &f->clock, &f->unit, id, "mất máy"), 0);
        assert_int_equal(machine_certificate_check(f->db, id, "aa"), ERR_UNTRUSTED);
        assert_int_equal(machine_enrol(id, &again, f->db, &f->clock, &e), ERR_DENIED);
}

static void make_account(struct fixture *f, char id[ULID_MAX], const char *login, const char *unit)
{
        char one_time[ULID_MAX];
        struct parse_error bad;
        struct account_new n = { .login = text_of(login),
                .name = TEXT("Nguyễn Văn Mẫu"),
                .unit_id = unit,
                .role = ROLE_ADMINISTRATOR,
                .password = TEXT("mật khẩu đủ dài") };

        assert_int_equal(account_create(id, one_time, f->db, &f->clock, &f->office, &n, &bad), 0);
        assert_string_equal(one_time, "");
}

static void wrong_passwords_wait_longer_and_nobody_is_frozen(void **state)
{
        struct fixture *f = *state;
        struct account a;
        char id[ULID_MAX];

        make_account(f, id, "quantri", f->root);
        for (int i = 0; i < 5; i++)
                assert_int_equal(
                    account_sign_in(&a, f->arena, f->db, &f->clock, TEXT("quantri"), TEXT("sai")),
                    ERR_DENIED);
        assert_int_equal(account_sign_in(&a, f->arena, f->db, &f->clock, TEXT("quantri"),
                             TEXT("mật khẩu đủ dài")),
            ERR_BUSY);
        f->now += 3 * SECOND_MS;
        assert_int_equal(account_sign_in(&a, f->arena, f->db, &f->clock, TEXT("quantri"),
                             TEXT("mật khẩu đủ dài")),
            0);
        assert_string_equal(a.id, id);
        assert_int_equal(a.role, ROLE_ADMINISTRATOR);
        assert_int_equal(
            account_sign_in(&a, f->arena, f->db, &f->clock, TEXT("ai"), TEXT("sai")), ERR_DENIED);
}

static void a_session_ends_when_idle_when_old_and_when_rights_change(void **state)
{
        struct fixture *f = *state;
        char id[ULID_MAX], one_time[ULID_MAX], token[SECRET_TOKEN_MAX], csrf[SECRET_TOKEN_MAX];
        struct account_change change = { .name = "Tên khác" };
        bool off = false;
        struct session s;

        make_account(f, id, "quantri", f->root);
        assert_int_equal(session_start(token, csrf, f->db, &f->clock, id, "192.0.2.1"), 0);
        for (int hours = 0; hours < 21; hours += 7) {
                f->now += 7 * HOUR_MS;
                assert_int_equal(session_find(&s, f->arena, f->db, &f->clock, text_of(token)), 0);
        }
        assert_string_equal(s.csrf, csrf);
        f->now += 4 * HOUR_MS; /* 25 h after the start */
        assert_int_equal(
            session_find(&s, f->arena, f->db, &f->clock, text_of(token)), ERR_UNTRUSTED);
        assert_int_equal(session_start(token, csrf, f->db, &f->clock, id, ""), 0);
        f->now += 8 * HOUR_MS;
        assert_int_equal(
            session_find(&s, f->arena, f->db, &f->clock, text_of(token)), ERR_UNTRUSTED);
        assert_int_equal(session_start(token, csrf, f->db, &f->clock, id, ""), 0);
        assert_int_equal(account_change(one_time, f->db, &f->clock, &f->office, id, &change), 0);
        assert_int_equal(
            session_find(&s, f->arena, f->db, &f->clock, text_of(token)), ERR_UNTRUSTED);
        change.active = &off;
        assert_int_equal(
            account_change(one_time, f->db, &f->clock, &f->office, id, &change), ERR_DENIED);
}

DB_SQL(forge, "update audit set actor = 'Người khác' where sequence = 2");

static void a_forged_row_breaks_the_chain_at_its_place(void **state)
{
        struct fixture *f = *state;
        char hash[SHA256_HEX_MAX];
        int64_t bad_at = -1;

        for (int i = 0; i < 3; i++)
                assert_int_equal(audit_add(f->db, &f->clock, &f->office, "edit", "unit", f->commune,
                                     f->commune, NULL),
                    0);
        assert_int_equal(audit_verify(&bad_at, hash, f->db), 0);
        assert_int_equal(db_run(f->db, NULL, forge, ""), 0);
        assert_int_equal(audit_verify(&bad_at, hash, f->db), ERR_UNTRUSTED);
        assert_int_equal(bad_at, 2);
}

static size_t hits(struct fixture *f, const struct scope *scope, const char *words)
{
        AUTO(json_free_at) json_t *found = NULL;

        assert_int_equal(registry_search_json(&found, f->db, scope, text_of(words)), 0);
        return json_array_size(found);
}

static void search_folds_accents_and_keeps_to_the_scope(void **state)
{
        struct fixture *f = *state;
        char id[ULID_MAX];

        fixture_add(id, f, "people", "unit", "HM-X02", "name", "Trần Thị Mẫu", NULL);
        assert_int_equal(hits(f, &f->office, "doi mau"), 1);
        assert_int_equal(hits(f, &f->office, "TRẦN thi"), 1);
        assert_int_equal(hits(f, &f->unit, "tran thi"), 0);
        assert_int_equal(hits(f, &f->unit, "doi mau"), 0);
        assert_int_equal(hits(f, &f->unit, "suoi"), 2);
        assert_int_equal(hits(f, &f->office, "%"), 0);
        assert_int_equal(hits(f, &f->office, "  "), 0);
}

static void changes_are_told_to_those_whose_units_they_are(void **state)
{
        struct fixture *f = *state;
        AUTO(json_free_at) json_t *own = NULL;
        AUTO(json_free_at) json_t *all = NULL;

        assert_int_equal(registry_changed(f->db, &f->clock, "machine", "a", f->sibling), 0);
        assert_int_equal(registry_changed(f->db, &f->clock, "set", "", NULL), 0);
        assert_int_equal(registry_changes_json(&own, f->db, &f->unit, 0), 0);
        assert_int_equal(registry_changes_json(&all, f->db, &f->office, 0), 0);
        assert_int_equal(json_array_size(json_object_get(own, "changes")), 1);
        assert_int_equal(json_array_size(json_object_get(all, "changes")), 2);
        assert_int_equal(json_integer_value(json_object_get(own, "sequence")), 2);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_drop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(a_unit_sees_itself_and_what_is_below_and_nothing_else),
                FIXED(moving_a_unit_takes_all_below_it_along),
                FIXED(an_address_belongs_to_the_longest_prefix_of_its_time),
                FIXED(a_closed_unit_keeps_its_history_and_its_ranges_go_on_at_the_successor),
                FIXED(a_unit_is_not_closed_into_itself_nor_the_root_nor_ahead_of_time),
                FIXED(a_token_enrols_the_expected_machine_and_is_used_up),
                FIXED(wrong_passwords_wait_longer_and_nobody_is_frozen),
                FIXED(a_session_ends_when_idle_when_old_and_when_rights_change),
                FIXED(a_forged_row_breaks_the_chain_at_its_place),
                FIXED(search_folds_accents_and_keeps_to_the_scope),
                FIXED(changes_are_told_to_those_whose_units_they_are),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
