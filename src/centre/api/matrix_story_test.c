/* centre/api/matrix_story_test.c: reports and lists are filed as in life, and the cells of the
 * matrix turn as they should.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/agents/filing_test_input.h"
#include "office/campaign/campaign.h"
#include "office/campaign/test_office.h"

struct story {
        struct office_test *o;
        struct arena *arena;
        struct campaign *c;
};

#define INVENTORY                                                                                  \
        "{\"hostname\":\"pc\",\"os\":{\"name\":\"Debian GNU/Linux 12\",\"id\":\"debian\","         \
        "\"version\":\"12\",\"build\":\"6.1\",\"architecture\":\"x86_64\",\"installed_at\":null}," \
        "\"hardware\":{\"vendor\":\"\",\"model\":\"\",\"serial\":\"\",\"cpu\":\"\",\"cores\":2,"   \
        "\"memory_bytes\":1,\"macs\":[]},\"addresses\":[\"192.168.1.10\"],\"packages\":[],"        \
        "\"listeners\":[],\"accounts\":[],\"updates\":{\"manager\":\"apt\",\"checked_at\":null,"   \
        "\"last_installed_at\":null}}"

DB_SQL(declare_machines, "update unit set workstations_declared = $1 where id = $2");

static int begin_story(void **state)
{
        struct story *s = mem_zero(1, sizeof(*s));
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;
        void *office = NULL;
        char id[ULID_MAX];

        assert_non_null(s);
        assert_int_equal(office_setup(&office), 0);
        s->o = office;
        test_office_pack(&json);
        assert_int_equal(campaign_load(id, s->o->db, &s->o->clock,
                             (struct text){ json.data, json.len }, &faults),
            0);
        assert_int_equal(arena_new(&s->arena, 16 << 20), 0);
        assert_int_equal(campaign_open(&s->c, s->arena, s->o->db, TEXT("")), 0);
        *state = s;
        return 0;
}

static int end_story(void **state)
{
        struct story *s = *state;
        void *office = s->o;

        arena_free(s->arena);
        mem_free(s);
        return office_teardown(&office);
}

static struct scope as(const char *unit, enum role role)
{
        return (struct scope){ .unit_id = unit,
                .account_id = "",
                .actor = "Trần Thị Mẫu",
                .address = "test",
                .role = role };
}

static void file_kind(
    struct story *s, const char *machine, int n, const char *kind, const char *body)
{
        AUTO(buffer_done) struct buffer b = BUFFER(1 << 16);
        struct report_filed filed;

        (void)report_text(&b, machine, n, kind, s->o->now, body);
        assert_int_equal(file_text(s->o, &filed, machine, &b), 0);
        assert_true(filed.filed);
}

/* "state proved_by met/total seen/expected" of a cell, after what was filed has been taken in. */
static const char *cell(struct story *s, const char *unit, const char *clause)
{
        static char said[120];
        const struct scope office = as(ROOT, ROLE_OFFICE);
        AUTO(json_free_at) json_t *m = NULL;
        const json_t *found = NULL;
        json_t *row;
        size_t i;

        assert_int_equal(campaign_refresh(s->o->db, &s->o->clock, MINUTE_MS), 0);
        assert_int_equal(campaign_matrix_json(&m, s->o->db, &s->o->clock, &office, s->c), 0);
        json_array_foreach(json_object_get(m, "units"), i, row)
        {
                if (strcmp(json_string_value(json_object_get(row, "id")), unit) == 0)
                        found = json_object_get(json_object_get(row, "cells"), clause);
        }
        assert_non_null(found);
        (void)snprintf(said, sizeof(said), "%s %s %lld/%lld %lld/%lld",
            json_string_value(json_object_get(found, "state")),
            json_string_value(json_object_get(found, "proved_by")),
            (long long)json_get_int(found, "met"), (long long)json_get_int(found, "total"),
            (long long)json_get_int(found, "seen"), (long long)json_get_int(found, "expected"));
        return said;
}

/* The state of one measure, from the proof of its cell. */
static const char *measure(struct story *s, const char *unit, const char *clause, const char *id)
{
        static char said[32];
        const struct scope office = as(ROOT, ROLE_OFFICE);
        AUTO(json_free_at) json_t *proof = NULL;
        json_t *m;
        size_t i;

        said[0] = '\0';
        assert_int_equal(campaign_proof_json(&proof, s->o->db, &s->o->clock, &office, s->c,
                             text_of(unit), text_of(clause)),
            0);
        json_array_foreach(json_object_get(proof, "measures"), i, m)
        {
                if (strcmp(json_string_value(json_object_get(m, "id")), id) == 0)
                        (void)snprintf(said, sizeof(said), "%s",
                            json_string_value(json_object_get(m, "state")));
        }
        return said;
}

static void declare(struct story *s, const char *unit, int64_t machines)
{
        assert_int_equal(db_run(s->o->db, NULL, declare_machines, "it", machines, unit), 0);
        s->o->now += 2 * MINUTE_MS;
}

static void malware_check_follows_sweeps_finds_and_what_was_declared(void **state)
{
        struct story *s = *state;

        assert_string_equal(cell(s, EAST, "1b"), "unknown none 0/2 0/2"); /* nobody has reported */
        assert_int_equal(file_sweep(s->o, PC_A, 1, "", true), 0);
        assert_string_equal(cell(s, EAST, "1b"), "unknown none 1/2 1/2");
        assert_int_equal(file_sweep(s->o, PC_B, 1, HIT("none"), true), 0);
        assert_string_equal(cell(s, EAST, "1b"), "not_met machine 1/2 2/2");
        assert_int_equal(
            file_sweep(s->o, PC_B, 2, "", false), 0); /* a broken off sweep is no proof */
        assert_string_equal(cell(s, EAST, "1b"), "not_met machine 1/2 2/2");
        assert_int_equal(file_sweep(s->o, PC_B, 3, "", true), 0);
        assert_string_equal(cell(s, EAST, "1b"), "met machine 2/2 2/2");
        declare(s, EAST, 3); /* one more than has ever been seen: no green over it */
        assert_string_equal(cell(s, EAST, "1b"), "unknown none 2/3 2/3");
        declare(s, EAST, 2);
        assert_string_equal(cell(s, EAST, "1b"), "met machine 2/2 2/2");
}

static void a_listed_machine_must_be_swept_again(void **state)
{
        struct story *s = *state;
        struct list_outcome out;

        assert_int_equal(file_sweep(s->o, PC_A, 1, "", true), 0);
        assert_int_equal(file_sweep(s->o, PC_B, 1, "", true), 0);
        assert_string_equal(cell(s, EAST, "1b"), "met machine 2/2 2/2");
        assert_string_equal(measure(s, EAST, "1b", "listed_first"), "not_applicable");
        assert_int_equal(
            file_list(s->o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")),
            0);
        file_kind(s, PC_A, 2, "heartbeat", "{\"uptime_seconds\":5}");
        assert_memory_equal(cell(s, EAST, "1b"), "not_met machine", 15);
        assert_string_equal(measure(s, EAST, "1b", "listed_first"), "not_met");
        assert_int_equal(file_sweep(s->o, PC_B, 2, "", true), 0); /* the neighbour proves nothing */
        assert_memory_equal(cell(s, EAST, "1b"), "not_met machine", 15);
        assert_int_equal(file_sweep(s->o, PC_A, 3, "", true), 0);
        assert_string_equal(cell(s, EAST, "1b"), "met machine 2/2 2/2");
        assert_string_equal(measure(s, EAST, "1b", "listed_first"), "met");
}

static void protection_needs_machines_and_a_persons_word(void **state)
{
        struct story *s = *state;
        const struct scope office = as(ROOT, ROLE_OFFICE);
        char id[ULID_MAX];

        file_kind(s, PC_W, 1, "heartbeat", "{\"uptime_seconds\":5}");
        assert_memory_equal(cell(s, WEST, "1a"), "unknown none", 12);
        assert_string_equal(measure(s, WEST, "1a", "reporting"), "met");
        assert_int_equal(campaign_attest(id, s->o->db, &s->o->clock, &office, s->c, TEXT(WEST),
                             TEXT("1a"), TEXT("systems_listed"), TEXT("Đã gửi danh mục")),
            0);
        assert_int_equal(campaign_attest(id, s->o->db, &s->o->clock, &office, s->c, TEXT(WEST),
                             TEXT("1a"), TEXT("safeguards"), TEXT("Đã kiểm tra")),
            0);
        assert_memory_equal(cell(s, WEST, "1a"), "met person", 10); /* the weaker proof names it */
        assert_int_equal(COUNT(s->o, "select count(*) from audit where act = 'attest'"), 2);
        s->o->now += 4 * DAY_MS; /* silent for longer than three days: the clock alone turns it */
        assert_memory_equal(cell(s, WEST, "1a"), "not_met machine", 15);
}

static void the_inventory_is_measured_and_what_is_not_read_stays_unknown(void **state)
{
        struct story *s = *state;

        assert_memory_equal(cell(s, WEST, "1c"), "unknown none", 12);
        file_kind(s, PC_W, 1, "inventory", INVENTORY);
        assert_memory_equal(cell(s, WEST, "1c"), "unknown none", 12);
        assert_string_equal(measure(s, WEST, "1c", "inventory"), "met");
        s->o->now += 9 * DAY_MS;
        file_kind(s, PC_W, 2, "heartbeat", "{\"uptime_seconds\":5}");
        assert_memory_equal(cell(s, WEST, "1c"), "not_met machine", 15);
}

static void a_waiver_ends_by_the_clock_and_pages_are_told(void **state)
{
        struct story *s = *state;
        const struct scope office = as(ROOT, ROLE_OFFICE);
        int64_t told;
        char id[ULID_MAX];

        assert_memory_equal(cell(s, WEST, "1b"), "unknown", 7);
        assert_int_equal(campaign_waive(id, s->o->db, &s->o->clock, &office, s->c, TEXT(WEST),
                             TEXT("1b"), TEXT("Chờ thay máy"), s->o->now + DAY_MS),
            0);
        assert_memory_equal(cell(s, WEST, "1b"), "waived", 6);
        assert_int_equal(COUNT(s->o, "select count(*) from audit where act = 'waive'"), 1);
        told = COUNT(s->o, "select count(*) from change where topic = 'matrix'");
        s->o->now += HOUR_MS;
        assert_int_equal(campaign_refresh(s->o->db, &s->o->clock, MINUTE_MS), 0);
        assert_int_equal(COUNT(s->o, "select count(*) from change where topic = 'matrix'"), told);
        s->o->now += DAY_MS;
        assert_int_equal(campaign_refresh(s->o->db, &s->o->clock, MINUTE_MS), 0);
        assert_int_equal(
            COUNT(s->o, "select count(*) from change where topic = 'matrix'"), told + 1);
        assert_memory_equal(cell(s, WEST, "1b"), "unknown", 7);
}

static void the_report_names_the_sweep_and_counts_the_list_by_its_arrival(void **state)
{
        struct story *s = *state;
        const struct scope office = as(ROOT, ROLE_OFFICE);
        struct malware_removal r;
        struct list_outcome out;

        s->o->now += 10 * DAY_MS; /* rows seen on 15 January come in on the 25th */
        assert_int_equal(
            file_list(s->o, &out, "s1", ROW("198.51.100.9", "Emotet", ",\"inner_name\":\"pc-a\"")),
            0);
        assert_int_equal(file_sweep(s->o, PC_A, 1, HIT("none"), true), 0);
        assert_int_equal(campaign_removal_figures(&r, s->arena, s->o->db, &s->o->clock, &office,
                             s->c, T0 + 9 * DAY_MS, T0 + 11 * DAY_MS),
            0);
        assert_int_equal(r.figures[REMOVAL_ROWS], 1);
        assert_int_equal(r.figures[REMOVAL_ROWS_PLACED], 1);
        assert_int_equal(r.figures[REMOVAL_SWEPT], 1);
        assert_int_equal(r.figures[REMOVAL_INFECTED], 1);
        assert_int_equal(r.figures[REMOVAL_CLEANED], 0);
        assert_int_equal(r.machine_count, 1);
        assert_true(text_is(r.machines[0].name, "PC-A"));
        assert_true(text_is(r.machines[0].sweep_id, "01HSPCA0000000000000000001"));
        assert_int_equal(r.machines[0].files, 100);
        assert_int_equal(r.machines[0].hits, 1);
        assert_int_equal(r.machines[0].open_hits, 1);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, begin_story, end_story)

int main(void)
{
        const struct CMUnitTest tests[] = {
                STORY(malware_check_follows_sweeps_finds_and_what_was_declared),
                STORY(a_listed_machine_must_be_swept_again),
                STORY(protection_needs_machines_and_a_persons_word),
                STORY(the_inventory_is_measured_and_what_is_not_read_stays_unknown),
                STORY(a_waiver_ends_by_the_clock_and_pages_are_told),
                STORY(the_report_names_the_sweep_and_counts_the_list_by_its_arrival),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
