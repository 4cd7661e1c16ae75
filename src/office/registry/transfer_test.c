/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/registry/registry_fixture.h"
#include "office/registry/transfer.h"
#include "office/registry/units.h"
#include "system/db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct transfer_result import(struct fixture *f, const struct scope *scope,
    const char *topic, const char *bytes, enum transfer_conflict on_conflict, bool dry_run)
{
        struct transfer_options o = { .on_conflict = on_conflict, .dry_run = dry_run };
        struct transfer_result r = { 0 };
        struct parse_error bad = { 0 };

        if (transfer_import(&r, f->arena, f->db, &f->clock, scope, record_topic_of(text_of(topic)),
                &o, text_of(bytes), &bad))
                fail_msg("%s", bad.why_en);
        return r;
}

static void export(struct buffer *out, struct fixture *f, const struct scope *scope,
    const char *topic, char separator)
{
        assert_int_equal(
            transfer_export(out, f->db, scope, record_topic_of(text_of(topic)), separator), 0);
}

static void fill(struct fixture *f)
{
        char id[ULID_MAX];

        fixture_add(id, f, "people", "unit", "HM-X01", "name", "Lê Văn \"Mẫu\"; ông", "phone",
            "+84 000", "title", "=cmd()", "valid_from", "03/02/2024", NULL);
        fixture_add(id, f, "ranges", "unit", "HM-X02", "prefix", "203.0.113.0/26", "behind_nat",
            "không", NULL);
        fixture_add(id, f, "systems", "unit", "HM", "code", "HT-01", "name", "Cổng thông tin",
            "level", "2", NULL);
        fixture_add(id, f, "machines", "unit", "HM-X01", "name", "MAY-01", "system", "HT-01", NULL);
}

static void what_was_exported_changes_nothing_when_it_comes_back(void **state)
{
        static const char *const topics[] = { "units", "people", "ranges", "systems", "machines" };
        struct fixture *f = *state;

        fill(f);
        for (size_t i = 0; i < 2 * ARRAY_LEN(topics); i++) {
                AUTO(buffer_done) struct buffer first = BUFFER(1 << 20);
                AUTO(buffer_done) struct buffer second = BUFFER(1 << 20);
                struct transfer_result r;
                char separator = i % 2 ? ';' : ',';

                export(&first, f, &f->office, topics[i / 2], separator);
                r = import(f, &f->office, topics[i / 2], first.data, TRANSFER_STOP, false);
                assert_int_equal(r.refused_total, 0);
                assert_int_equal(r.same, r.rows);
                assert_true(r.rows > 0 && r.written);
                export(&second, f, &f->office, topics[i / 2], separator);
                assert_string_equal(first.data, second.data);
        }
}

static void an_export_holds_only_the_scope_and_escapes_formulas(void **state)
{
        AUTO(buffer_done) struct buffer out = BUFFER(1 << 20);
        struct fixture *f = *state;

        fill(f);
        export(&out, f, &f->unit, "units", ';');
        assert_non_null(strstr(out.data, "HM-T01"));
        assert_null(strstr(out.data, "HM-X02"));
        assert_null(strstr(out.data, "HM;"));
        export(&out, f, &f->unit, "people", ';');
        assert_non_null(strstr(out.data, ";'=cmd();'+84 000;"));
        assert_non_null(strstr(out.data, ";03/02/2024;"));
}

static void one_bad_row_keeps_all_out_and_each_is_named(void **state)
{
        struct fixture *f = *state;
        struct transfer_result r = import(f, &f->office, "ranges",
            "unit,prefix,valid_from\nHM-X01,203.0.113.0/25,01/01/2024\nHM-X99,203.0.113.128/25,\n"
            "HM-X01,203.0.113.300,\nHM-X01,198.51.100.1/24,\nHM-X01,198.51.100.0/24,31/02/2024\n"
            "HM-X02,203.0.113.0/25,01/06/2024\n",
            TRANSFER_STOP, false);

        assert_int_equal(r.rows, 6);
        assert_int_equal(r.refused_total, 5);
        assert_false(r.written);
        for (size_t i = 0; i < 5; i++)
                assert_int_equal(r.refused[i].bad.line, i + 3);
        assert_non_null(strstr(r.refused[0].bad.why_vi, "HM-X99"));
        r = import(
            f, &f->office, "ranges", "unit,prefix\nHM-X01,203.0.113.0/25\n", TRANSFER_STOP, true);
        assert_int_equal(
            r.created, 1); /* nothing of the first try stayed, and nothing of this one */
        assert_false(r.written);
        r = import(
            f, &f->office, "ranges", "unit,prefix\nHM-X01,203.0.113.0/25\n", TRANSFER_STOP, false);
        assert_int_equal(r.created, 1);
        assert_true(r.written);
}

static void a_parent_may_stand_below_its_child_in_the_file(void **state)
{
        struct fixture *f = *state;
        struct transfer_result r = import(f, &f->office, "units",
            "code;name;kind;parent\nC;Tổ C;office;B\nB;Phòng B;office;A\nA;Phòng A;office;HM\n"
            "HM;UBND huyện Mẫu;district;\n",
            TRANSFER_STOP, false);

        assert_int_equal(r.refused_total, 0);
        assert_int_equal(r.created, 3);
        assert_int_equal(r.same, 1);
        assert_true(r.written);
}

static void a_conflict_stops_skips_or_updates_as_told(void **state)
{
        static const char file[] = "code,name,kind,parent\nHM-X01,Xã Tên Mới,commune,HM\n";
        struct fixture *f = *state;
        struct transfer_result r = import(f, &f->office, "units", file, TRANSFER_STOP, false);

        assert_int_equal(r.refused_total, 1);
        r = import(f, &f->office, "units", file, TRANSFER_SKIP, false);
        assert_int_equal(r.skipped, 1);
        assert_int_equal(r.changed, 0);
        r = import(f, &f->office, "units", file, TRANSFER_UPDATE, false);
        assert_int_equal(r.changed, 1);
        r = import(f, &f->office, "units", file, TRANSFER_STOP, false);
        assert_int_equal(r.same, 1);
}

static void an_import_cannot_reach_out_of_its_scope(void **state)
{
        struct fixture *f = *state;
        char file[300];
        struct transfer_result r;

        snprintf(file, sizeof(file), "id,code,name,kind,parent\n%s,HM-X02,Của tôi,commune,HM-X01\n",
            f->sibling);
        r = import(f, &f->unit, "units", file, TRANSFER_UPDATE, false);
        assert_int_equal(r.refused_total, 1);
        r = import(
            f, &f->unit, "machines", "unit,name\nHM-X02,MAY-9\nHM,MAY-8\n", TRANSFER_UPDATE, false);
        assert_int_equal(r.refused_total, 2);
        r = import(f, &f->unit, "machines", "unit,name,state\nHM-T01,MAY-7,active\n",
            TRANSFER_UPDATE, false);
        assert_int_equal(r.created, 1);
}

static void an_unknown_column_or_another_encoding_is_refused_whole(void **state)
{
        struct fixture *f = *state;
        struct transfer_options o = { .on_conflict = TRANSFER_STOP };
        struct transfer_result r;
        struct parse_error bad = { 0 };
        const struct record_topic *t = record_topic_of(TEXT("units"));

        assert_int_equal(transfer_import(&r, f->arena, f->db, &f->clock, &f->office, t, &o,
                             TEXT("code,tên\nA,B\n"), &bad),
            ERR_FORMAT);
        assert_non_null(strstr(bad.why_vi, "tên"));
        assert_int_equal(transfer_import(&r, f->arena, f->db, &f->clock, &f->office, t, &o,
                             TEXT("code,name\nA,\xc3\n"), &bad),
            ERR_FORMAT);
        assert_int_equal(
            transfer_import(&r, f->arena, f->db, &f->clock, &f->office, t, &o, TEXT(""), &bad),
            ERR_FORMAT);
}

/* The tables of packs/sample-district under the fixture's root, which takes the code of theirs. */
static void the_sample_district_can_be_loaded(void **state)
{
        static const char *const topics[] = { "units", "people", "ranges", "systems", "machines" };
        static const size_t least[] = { 35, 50, 35, 5, 55 };
        struct fixture *f = *state;

        f->db = db_close(f->db);
        assert_int_equal(db_open(&f->db, "sqlite::memory:"), 0);
        assert_int_equal(db_migrate(f->db, NULL), 0);
        assert_int_equal(unit_create_root(f->root, f->db, &f->clock, "VP", "Tên tạm", "office"), 0);
        for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
                AUTO(buffer_done) struct buffer bytes = BUFFER(1 << 20);
                char path[1000], block[4096];
                struct transfer_result r;
                size_t n;

                snprintf(path, sizeof(path), CANH_SAMPLE "/%s.csv", topics[i]);
                FILE *file = fopen(path, "rb");
                assert_non_null(file);
                while ((n = fread(block, 1, sizeof(block), file)) > 0)
                        assert_int_equal(buffer_add(&bytes, block, n), 0);
                fclose(file);
                r = import(f, &f->office, topics[i], bytes.data, TRANSFER_UPDATE, false);
                assert_int_equal(r.refused_total, 0);
                assert_true(r.written && r.rows >= least[i]);
        }
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_drop)

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXED(what_was_exported_changes_nothing_when_it_comes_back),
                FIXED(an_export_holds_only_the_scope_and_escapes_formulas),
                FIXED(one_bad_row_keeps_all_out_and_each_is_named),
                FIXED(a_parent_may_stand_below_its_child_in_the_file),
                FIXED(a_conflict_stops_skips_or_updates_as_told),
                FIXED(an_import_cannot_reach_out_of_its_scope),
                FIXED(the_sample_district_can_be_loaded),
                FIXED(an_unknown_column_or_another_encoding_is_refused_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
