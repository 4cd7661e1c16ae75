/* office/campaign/campaign_test.c: the matrix over a real database.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/campaign.h"
#include "office/campaign/test_office.h"
#include "system/db/db.h"

struct office_of_test {
        struct db *db;
        struct arena *arena;
        struct campaign *c;
        struct clock clock;
        time_ms now;
};

static int open_office(void **state)
{
        static struct office_of_test o;
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;
        char id[ULID_MAX];

        o.db = test_office_open();
        assert_int_equal(timestamp_parse(&o.now, TEXT("2024-01-20T08:00:00+07:00")), 0);
        o.clock = clock_fixed(&o.now);
        test_office_unit(o.db, "XA1", "ROOT", "commune", 2);
        test_office_unit(o.db, "TRUONG", "XA1", "school", 0); /* counts for its commune */
        test_office_unit(o.db, "XA2", "ROOT", "commune", 5);
        test_office_unit(o.db, "VT", "ROOT", "telecom", 0);
        test_office_machine(o.db, "M1", "XA1", o.now - HOUR_MS, o.now - HOUR_MS);
        test_office_machine(o.db, "M2", "TRUONG", o.now - HOUR_MS, o.now - HOUR_MS);
        test_office_machine(o.db, "M3", "XA2", o.now - HOUR_MS, 0);
        test_office_pack(&json);
        assert_int_equal(
            campaign_load(id, o.db, &o.clock, (struct text){ json.data, json.len }, &faults), 0);
        assert_int_equal(arena_new(&o.arena, 16 << 20), 0);
        assert_int_equal(campaign_open(&o.c, o.arena, o.db, TEXT("")), 0);
        assert_string_equal(o.c->id, id);
        *state = &o;
        return 0;
}

static int close_office(void **state)
{
        struct office_of_test *o = *state;

        arena_free(o->arena);
        db_close(o->db);
        return 0;
}

static json_t *matrix(struct office_of_test *o, const char *unit)
{
        struct scope scope = test_office_scope(unit, ROLE_OFFICE);
        json_t *json = NULL;

        assert_int_equal(campaign_matrix_json(&json, o->db, &o->clock, &scope, o->c), 0);
        return json;
}

static json_t *unit_of(const json_t *m, const char *id)
{
        json_t *unit;
        size_t i;

        json_array_foreach(json_object_get(m, "units"), i, unit)
        {
                if (strcmp(json_string_value(json_object_get(unit, "id")), id) == 0)
                        return unit;
        }
        return NULL;
}

static const char *cell_state(const json_t *m, const char *unit, const char *clause)
{
        const json_t *cell = json_object_get(json_object_get(unit_of(m, unit), "cells"), clause);

        return cell ? json_string_value(json_object_get(cell, "state")) : "absent";
}

static void a_matrix_says_what_each_unit_owes_and_has_done(void **state)
{
        struct office_of_test *o = *state;
        AUTO(json_free_at) json_t *m = NULL;

        assert_int_equal(campaign_refresh(o->db, &o->clock, MINUTE_MS), 0);
        m = matrix(o, "ROOT");
        assert_int_equal(json_array_size(json_object_get(m, "units")), 3);
        assert_string_equal(cell_state(m, "XA1", "1b"), "met");
        assert_string_equal(
            cell_state(m, "XA2", "1b"), "not_met"); /* one swept by nobody, four never seen */
        assert_string_equal(cell_state(m, "XA1", "1c"), "unknown"); /* no catalogue yet */
        assert_string_equal(cell_state(m, "XA1", "1d"), "unknown"); /* nobody's word yet */
        assert_string_equal(cell_state(m, "VT", "1b"), "absent");
        assert_string_equal(cell_state(m, "VT", "2t"), "unknown");
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA1"), "machines")), 2);
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA2"), "machines")), 5);
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA2"), "late_days")), 0);
}

static void a_unit_sees_its_own_row_only(void **state)
{
        struct office_of_test *o = *state;
        struct scope scope = test_office_scope("XA1", ROLE_UNIT);
        AUTO(json_free_at) json_t *m = NULL;
        json_t *proof = NULL;

        assert_int_equal(campaign_refresh(o->db, &o->clock, 0), 0);
        m = matrix(o, "XA1");
        assert_int_equal(json_array_size(json_object_get(m, "units")), 1);
        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &scope, o->c, TEXT("XA2"), TEXT("1b")),
            ERR_MISSING);
        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &scope, o->c, TEXT("XA1"), TEXT("2t")),
            ERR_MISSING);
}

static void every_cell_opens_to_its_proof(void **state)
{
        struct office_of_test *o = *state;
        struct scope scope = test_office_scope("ROOT", ROLE_OFFICE);
        AUTO(json_free_at) json_t *proof = NULL;
        const json_t *swept;

        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &scope, o->c, TEXT("XA2"), TEXT("1b")),
            0);
        assert_string_equal(json_string_value(json_object_get(proof, "state")), "not_met");
        assert_int_equal(json_integer_value(json_object_get(proof, "seen")), 1);
        assert_int_equal(json_integer_value(json_object_get(proof, "expected")), 5);
        swept = json_array_get(json_object_get(proof, "measures"), 0);
        assert_int_equal(json_integer_value(json_object_get(swept, "missing_total")), 2);
        assert_string_equal(
            json_string_value(json_object_get(
                json_object_get(json_array_get(json_object_get(swept, "missing"), 0), "machine"),
                "id")),
            "M3");
        json_decref(proof);
        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &scope, o->c, TEXT("XA1"), TEXT("1b")),
            0);
        assert_true(json_array_size(json_object_get(proof, "evidence")) >= 2);
        /* a school's machine is part of the commune's proof */
        assert_int_equal(json_integer_value(json_object_get(proof, "seen")), 2);
}

static void a_word_turns_the_cell_and_counts_as_a_person(void **state)
{
        struct office_of_test *o = *state;
        struct scope scope = test_office_scope("XA1", ROLE_UNIT);
        AUTO(json_free_at) json_t *m = NULL;
        char id[ULID_MAX];

        assert_int_equal(campaign_refresh(o->db, &o->clock, 0), 0);
        assert_int_equal(campaign_attest(id, o->db, &o->clock, &scope, o->c, TEXT("XA1"),
                             TEXT("1d"), TEXT("told"), TEXT("Đã phổ biến tại cuộc họp ngày 18/01")),
            0);
        assert_int_equal(campaign_attest(id, o->db, &o->clock, &scope, o->c, TEXT("XA1"),
                             TEXT("1b"), TEXT("swept"), TEXT("Máy sạch rồi")),
            ERR_FORMAT); /* a machine's measure takes no word */
        assert_int_equal(campaign_attest(id, o->db, &o->clock, &scope, o->c, TEXT("XA2"),
                             TEXT("1d"), TEXT("told"), TEXT("Nhập hộ")),
            ERR_MISSING);
        assert_int_equal(campaign_attest(id, o->db, &o->clock, &scope, o->c, TEXT("XA1"),
                             TEXT("1d"), TEXT("told"), TEXT("  ")),
            ERR_FORMAT);
        m = matrix(o, "ROOT");
        assert_string_equal(cell_state(m, "XA1", "1d"), "met");
        assert_string_equal(
            json_string_value(json_object_get(
                json_object_get(json_object_get(unit_of(m, "XA1"), "cells"), "1d"), "changed")),
            "better");
        assert_int_equal(
            json_integer_value(json_object_get(json_object_get(m, "totals"), "by_person")), 1);
}

static void a_waiver_covers_and_its_end_reopens(void **state)
{
        struct office_of_test *o = *state;
        struct scope office = test_office_scope("ROOT", ROLE_OFFICE),
                     unit = test_office_scope("XA2", ROLE_UNIT);
        time_ms until = o->now + 2 * DAY_MS;
        json_t *m;
        char id[ULID_MAX];

        assert_int_equal(campaign_waive(id, o->db, &o->clock, &unit, o->c, TEXT("XA2"), TEXT("1b"),
                             TEXT("Xin"), until),
            ERR_DENIED);
        assert_int_equal(campaign_waive(id, o->db, &o->clock, &office, o->c, TEXT("XA2"),
                             TEXT("1b"), TEXT("Chờ máy mới"), o->now),
            ERR_FORMAT);
        assert_int_equal(campaign_waive(id, o->db, &o->clock, &office, o->c, TEXT("XA2"),
                             TEXT("1b"), TEXT("Chờ máy mới"), until),
            0);
        m = matrix(o, "ROOT");
        assert_string_equal(cell_state(m, "XA2", "1b"), "waived");
        json_decref(m);
        o->now = until + 1;
        assert_int_equal(campaign_refresh(o->db, &o->clock, MINUTE_MS), 0);
        m = matrix(o, "ROOT");
        assert_string_equal(cell_state(m, "XA2", "1b"), "not_met");
        json_decref(m);
        assert_int_equal(campaign_waive(id, o->db, &o->clock, &office, o->c, TEXT("XA2"),
                             TEXT("1b"), TEXT("Lần hai"), o->now + DAY_MS),
            0);
        assert_int_equal(campaign_end_waiver(o->db, &o->clock, &office, text_of(id)), 0);
        assert_int_equal(campaign_end_waiver(o->db, &o->clock, &office, text_of(id)), ERR_MISSING);
        m = matrix(o, "ROOT");
        assert_string_equal(cell_state(m, "XA2", "1b"), "not_met");
        json_decref(m);
}

static void urging_climbs_the_ladder_and_names_who_was_skipped(void **state)
{
        struct office_of_test *o = *state;
        struct scope office = test_office_scope("ROOT", ROLE_OFFICE);
        AUTO(json_free_at) json_t *units = json_pack("[s,s,s,s]", "XA1", "XA2", "VT", "KHAC");
        json_t *said = NULL, *proof = NULL;

        assert_int_equal(campaign_refresh(o->db, &o->clock, 0), 0);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(
                    campaign_urge(&said, o->db, &o->clock, &office, o->c, TEXT("1b"), units), 0);
                assert_int_equal(json_array_size(json_object_get(said, "urged")), 1);
                assert_int_equal(json_array_size(json_object_get(said, "skipped")), 3);
                json_decref(said);
        }
        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &office, o->c, TEXT("XA2"), TEXT("1b")),
            0);
        assert_int_equal(json_array_size(json_object_get(proof, "urges")), 2);
        assert_int_equal(json_integer_value(json_object_get(
                             json_array_get(json_object_get(proof, "urges"), 0), "level")) +
                             json_integer_value(json_object_get(
                                 json_array_get(json_object_get(proof, "urges"), 1), "level")),
            3);
        json_decref(proof);
}

static void overdue_days_follow_the_clock(void **state)
{
        struct office_of_test *o = *state;
        AUTO(json_free_at) json_t *m = NULL;

        assert_int_equal(timestamp_parse(&o->now, TEXT("2024-02-08T09:00:00+07:00")), 0);
        assert_int_equal(campaign_refresh(o->db, &o->clock, MINUTE_MS), 0);
        m = matrix(o, "ROOT");
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA2"), "late_days")), 1);
        assert_true(json_is_null(json_object_get(json_object_get(m, "directive"), "ended_at")));
}

static void a_campaign_that_has_ended_says_so_and_counts_nobody_late(void **state)
{
        struct office_of_test *o = *state;
        AUTO(json_free_at) json_t *m = NULL, *proof = NULL;
        struct scope scope = test_office_scope("ROOT", ROLE_OFFICE);

        assert_int_equal(timestamp_parse(&o->now, TEXT("2024-12-31T23:00:00+07:00")), 0);
        assert_int_equal(campaign_refresh(o->db, &o->clock, MINUTE_MS), 0);
        m = matrix(o, "ROOT");
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA2"), "late_days")), 329);
        json_decref(m);
        o->now += 2 * HOUR_MS;
        assert_int_equal(campaign_refresh(o->db, &o->clock, MINUTE_MS), 0);
        m = matrix(o, "ROOT");
        assert_int_equal(json_integer_value(json_object_get(unit_of(m, "XA2"), "late_days")), 0);
        assert_string_equal(cell_state(m, "XA2", "1b"), "not_met"); /* the result stays */
        assert_string_equal(
            json_string_value(json_object_get(json_object_get(m, "directive"), "ended_at")),
            "2024-12-31T17:00:00Z");
        assert_int_equal(
            campaign_proof_json(&proof, o->db, &o->clock, &scope, o->c, TEXT("XA2"), TEXT("1b")),
            0);
        assert_int_equal(json_integer_value(json_object_get(proof, "late_days")), 0);
}

static void a_second_evaluation_of_the_same_facts_changes_nothing(void **state)
{
        struct office_of_test *o = *state;
        size_t changed = 7;

        assert_int_equal(campaign_evaluate(o->db, &o->clock, o->c, &changed), 0);
        assert_true(changed > 0);
        assert_int_equal(campaign_evaluate(o->db, &o->clock, o->c, &changed), 0);
        assert_int_equal(changed, 0);
}

static void a_newer_version_of_the_pack_keeps_the_row(void **state)
{
        struct office_of_test *o = *state;
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;
        char id[ULID_MAX];
        json_t *list = NULL;

        test_office_pack(&json);
        assert_int_equal(
            campaign_load(id, o->db, &o->clock, (struct text){ json.data, json.len }, &faults), 0);
        assert_string_equal(id, o->c->id);
        assert_int_equal(campaign_list_json(&list, o->db), 0);
        assert_int_equal(json_array_size(json_object_get(list, "directives")), 1);
        json_decref(list);
        assert_int_equal(campaign_load(id, o->db, &o->clock, TEXT("{}"), &faults), ERR_FORMAT);
}

/* Another office, another regime, communes without a district: data alone. */
static void a_letter_of_another_year_needs_no_code(void **state)
{
        AUTO(db_close_at) struct db *db = test_office_open();
        AUTO(arena_free_at) struct arena *arena = NULL;
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        AUTO(json_free_at) json_t *m = NULL;
        struct scope scope = test_office_scope("ROOT", ROLE_OFFICE);
        struct pack_faults faults;
        struct campaign *c;
        time_ms now;
        struct clock clock = clock_fixed(&now);
        char id[ULID_MAX], machine[8];

        (void)state;
        assert_int_equal(timestamp_parse(&now, TEXT("2027-01-20T08:00:00+07:00")), 0);
        test_office_unit(db, "PHUONG", "ROOT", "commune", 10);
        test_office_unit(db, "SO", "ROOT", "department", 0);
        for (int i = 0; i < 10; i++) { /* nine of ten are swept */
                (void)snprintf(machine, sizeof(machine), "P%d", i);
                test_office_machine(db, machine, "PHUONG", now - HOUR_MS, i ? now - HOUR_MS : 0);
        }
        test_office_file(&json, "../tests/cases/directive/next_year/pack.json");
        assert_int_equal(
            campaign_load(id, db, &clock, (struct text){ json.data, json.len }, &faults), 0);
        assert_int_equal(arena_new(&arena, 16 << 20), 0);
        assert_int_equal(campaign_open(&c, arena, db, TEXT("")), 0);
        assert_int_equal(campaign_refresh(db, &clock, 0), 0);
        assert_int_equal(campaign_matrix_json(&m, db, &clock, &scope, c), 0);
        assert_int_equal(json_array_size(json_object_get(m, "clauses")), 3);
        assert_string_equal(cell_state(m, "PHUONG", "1"), "met");
        assert_string_equal(
            cell_state(m, "PHUONG", "2"), "unknown"); /* swept enough, one not seen clean */
        assert_string_equal(cell_state(m, "PHUONG", "3"), "absent");
        assert_string_equal(cell_state(m, "SO", "3"), "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_office, close_office)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_matrix_says_what_each_unit_owes_and_has_done),
                TEST(a_unit_sees_its_own_row_only),
                TEST(every_cell_opens_to_its_proof),
                TEST(a_word_turns_the_cell_and_counts_as_a_person),
                TEST(a_waiver_covers_and_its_end_reopens),
                TEST(urging_climbs_the_ladder_and_names_who_was_skipped),
                TEST(overdue_days_follow_the_clock),
                TEST(a_campaign_that_has_ended_says_so_and_counts_nobody_late),
                TEST(a_second_evaluation_of_the_same_facts_changes_nothing),
                TEST(a_newer_version_of_the_pack_keeps_the_row),
                cmocka_unit_test(a_letter_of_another_year_needs_no_code),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
