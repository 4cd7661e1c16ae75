/* What a unit has is seen by itself and by all above it, by nobody below and by no sister: every
 * question that takes a scope is asked with each of the four.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/incident/findings.h"
#include "office/incident/incidents.h"
#include "office/intake/machine_detail.h"
#include "office/intake/machine_facts.h"
#include "office/registry/accounts.h"
#include "office/registry/machines.h"
#include "office/registry/record.h"
#include "office/registry/registry_fixture.h"
#include "office/registry/trail.h"
#include "office/registry/transfer.h"
#include "office/registry/units.h"
#include "system/db/db_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* All of it is the first commune's. */
static struct {
        char person[ULID_MAX], range[ULID_MAX], system[ULID_MAX], machine[ULID_MAX];
        char finding[ULID_MAX], incident[ULID_MAX];
} own;

static size_t size_of(json_t *rows_own)
{
        size_t n = json_array_size(rows_own);

        json_decref(rows_own);
        return n;
}

#define ASK_ROWS(name, call)                                                                       \
        static size_t name(struct fixture *f, const struct scope *s)                               \
        {                                                                                          \
                json_t *out = NULL;                                                                \
                assert_int_equal(call, 0);                                                         \
                return size_of(out);                                                               \
        }

/* One thing by its identifier: there, or MISSING as if it never was. */
#define ASK_ONE(name, call)                                                                        \
        static size_t name(struct fixture *f, const struct scope *s)                               \
        {                                                                                          \
                AUTO(json_free_at) json_t *out = NULL;                                             \
                int err = call;                                                                    \
                assert_true(err == 0 || err == ERR_MISSING);                                       \
                return err == 0;                                                                   \
        }

static const struct finding_filter any = { NULL };
static const struct incident_rules no_rules;

ASK_ROWS(search, registry_search_json(&out, f->db, s, TEXT("may-01")))
ASK_ROWS(search_person, registry_search_json(&out, f->db, s, TEXT("nguyen van mau")))
ASK_ROWS(search_range, registry_search_json(&out, f->db, s, TEXT("203.0.113")))
ASK_ROWS(search_system, registry_search_json(&out, f->db, s, TEXT("ht-mau")))
ASK_ROWS(search_incident, registry_search_json(&out, f->db, s, TEXT("mirai")))
ASK_ROWS(accounts, accounts_json(&out, f->db, s))
ASK_ROWS(audit, audit_json(&out, f->db, s, 0))
ASK_ROWS(machines, machines_json(&out, f->db, s, f->now, "", "", ""))
ASK_ROWS(machines_of_unit, machines_json(&out, f->db, s, f->now, f->commune, "", ""))
ASK_ROWS(findings, findings_json(&out, f->db, s, &any))
ASK_ROWS(incidents, incidents_json(&out, f->db, s, ""))
ASK_ONE(unit, unit_json(&out, f->db, s, f->now, f->commune))
ASK_ONE(machine, machine_registry_json(&out, f->db, s, own.machine))
ASK_ONE(machine_brief, machine_brief_json(&out, f->db, s, f->now, own.machine))
ASK_ONE(incident, incident_json(&out, f->db, s, &no_rules, own.incident))

static size_t changes(struct fixture *f, const struct scope *s)
{
        AUTO(json_free_at) json_t *out = NULL;
        const json_t *row;
        size_t i, n = 0;

        assert_int_equal(registry_changes_json(&out, f->db, s, 0), 0);
        json_array_foreach(json_object_get(out, "changes"), i, row)
            n += strcmp(json_get_text(row, "id"), own.finding) == 0;
        return n > 0;
}

static size_t incident_counts(struct fixture *f, const struct scope *s)
{
        int64_t all = 9, closed = 9;

        assert_int_equal(incidents_count(&all, &closed, f->db, s, 0, f->now), 0);
        return (size_t)all;
}

static int count_fact(void *state, const struct machine_fact *fact)
{
        (void)fact;
        ++*(size_t *)state;
        return 0;
}

static size_t facts(struct fixture *f, const struct scope *s)
{
        size_t n = 0;

        assert_int_equal(machine_facts_each(f->db, s, count_fact, &n), 0);
        return n;
}

static int count_victim(void *state, const struct victim_fact *fact)
{
        (void)fact;
        ++*(size_t *)state;
        return 0;
}

static size_t victims(struct fixture *f, const struct scope *s)
{
        size_t n = 0;

        assert_int_equal(victim_facts_each(f->db, s, count_victim, &n), 0);
        return n;
}

/* Of each table a line of this unit's, by a word that only that line has. */
static size_t exported(struct fixture *f, const struct scope *s)
{
        static const char *const tables[][2] = { { "people", "Nguyễn Văn Mẫu" },
                { "ranges", "203.0.113.0/28" }, { "systems", "HT-MAU" }, { "machines", "MAY-01" },
                { "units", "HM-X01;" } };
        size_t n = 0;

        for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
                AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);

                assert_int_equal(
                    transfer_export(&out, f->db, s, record_topic_of(text_of(tables[i][0])), ';'),
                    0);
                assert_int_equal(buffer_add_byte(&out, '\0'), 0);
                n += i == 4 ? strstr((const char *)out.data, "Xã Suối Mẫu") != NULL
                            : strstr((const char *)out.data, tables[i][1]) != NULL;
        }
        return n;
}

static size_t may_move_finding(struct fixture *f, const struct scope *s)
{
        struct scope office = *s;
        int err;

        office.role = ROLE_OFFICE;
        err = finding_move(f->db, &f->clock, &office, own.finding, "none", "x", "", "");
        assert_true(err == ERR_FORMAT || err == ERR_MISSING); /* never a move of that name */
        return err == ERR_FORMAT;
}

static const struct {
        const char *name;
        size_t (*ask)(struct fixture *f, const struct scope *s);
        size_t seen; /* by the unit itself and by all above */
} questions[] = {
        { "search", search, 1 },
        { "search_person", search_person, 1 },
        { "search_range", search_range, 1 },
        { "search_system", search_system, 1 },
        { "search_incident", search_incident, 1 },
        { "accounts", accounts, 1 },
        { "audit", audit, 1 },
        { "machines", machines, 1 },
        { "machines_of_unit", machines_of_unit, 1 },
        { "findings", findings, 1 },
        { "incidents", incidents, 1 },
        { "unit", unit, 1 },
        { "machine", machine, 1 },
        { "machine_brief", machine_brief, 1 },
        { "incident", incident, 1 },
        { "changes", changes, 1 },
        { "incident_counts", incident_counts, 1 },
        { "facts", facts, 1 },
        { "victims", victims, 1 },
        { "exported", exported, 5 },
        { "may_move_finding", may_move_finding, 1 },
};

static void fill(struct fixture *f)
{
        const struct account_new account = { .login = TEXT("xa.suoi"),
                .name = TEXT("Cán bộ xã"),
                .unit_id = f->commune,
                .role = ROLE_UNIT };
        const struct finding_sighting s = { .kind = "victim",
                .key = "k",
                .unit_id = f->commune,
                .machine_id = "",
                .title = TEXT("mirai"),
                .malware = TEXT("mirai"),
                .src_ip = TEXT("203.0.113.3"),
                .remote = TEXT(""),
                .severity = "high",
                .state = "attributed",
                .seen_at = f->now,
                .received_at = f->now };
        char id[ULID_MAX], one_time[ULID_MAX];
        struct finding_filed filed;
        struct parse_error bad;

        fixture_add(own.person, f, "people", "unit", "HM-X01", "name", "Nguyễn Văn Mẫu", NULL);
        fixture_add(own.range, f, "ranges", "unit", "HM-X01", "prefix", "203.0.113.0/28", NULL);
        fixture_add(
            own.system, f, "systems", "unit", "HM-X01", "code", "HT-MAU", "name", "Hệ thống", NULL);
        fixture_add(own.machine, f, "machines", "unit", "HM-X01", "name", "MAY-01", NULL);
        assert_int_equal(
            account_create(id, one_time, f->db, &f->clock, &f->office, &account, &bad), 0);
        assert_int_equal(db_begin(f->db), 0);
        assert_int_equal(finding_see(&filed, f->db, &f->clock, &no_rules, &s), 0);
        assert_int_equal(
            audit_add(f->db, &f->clock, &f->office, "look", "unit", f->commune, f->commune, NULL),
            0);
        assert_int_equal(db_commit(f->db), 0);
        memcpy(own.finding, filed.id, ULID_MAX);
        memcpy(own.incident, filed.incident_id, ULID_MAX);
}

static void what_a_unit_has_is_seen_by_itself_and_above_and_by_nobody_else(void **state)
{
        struct fixture *f = *state;
        const struct {
                const char *who, *unit_id;
                bool sees;
        } scopes[] = { { "the root", f->root, true }, { "the unit", f->commune, true },
                { "the unit below", f->school, false }, { "its sister", f->sibling, false } };

        fill(f);
        for (size_t q = 0; q < ARRAY_LEN(questions); q++)
                for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
                        const struct scope s = { .unit_id = scopes[i].unit_id,
                                .account_id = "",
                                .actor = "",
                                .address = "",
                                .role = ROLE_UNIT };
                        size_t seen = questions[q].ask(f, &s);

                        if (seen != (scopes[i].sees ? questions[q].seen : 0))
                                fail_msg("%s: %s sees %zu", questions[q].name, scopes[i].who, seen);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                    what_a_unit_has_is_seen_by_itself_and_above_and_by_nobody_else, fixture_make,
                    fixture_drop),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
