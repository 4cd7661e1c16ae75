/* office/campaign/pack_parse_test.c: the shipped pack, and what is said of a bad one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "codec/timestamp.h"
#include "office/campaign/pack.h"

static void read_file(struct buffer *out, const char *folder, const char *name)
{
        char path[1024], piece[4096];
        FILE *f;
        size_t n;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "rb");
        assert_non_null(f);
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                assert_int_equal(buffer_add(out, piece, n), 0);
        (void)fclose(f);
}

static const char *packs_folder(void)
{
        const char *folder = getenv("CANH_PACKS");

        assert_non_null(folder);
        return folder;
}

static void shipped_pack_has_every_clause_of_the_letter(void **state)
{
        static const char *const clauses[] = { "1a", "1b", "1c", "1d", "2", "2p", "2t", "3", "4",
                "5" };
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct pack_faults faults;
        const struct pack *pack;
        char day[TIMESTAMP_TEXT_MAX];

        (void)state;
        read_file(&json, packs_folder(), "tet-2024/pack.json");
        assert_int_equal(arena_new(&arena, 4 << 20), 0);
        if (pack_parse(&pack, arena, (struct text){ json.data, json.len }, &faults))
                fail_msg("%s: %s", faults.items[0].place, faults.items[0].why.why_en);
        for (size_t i = 0; i < ARRAY_LEN(clauses); i++)
                assert_non_null(pack_clause_find(pack, text_of(clauses[i])));
        assert_string_equal(
            timestamp_write_day(day, pack->holiday_first, ZONE_VIETNAM_MINUTES), "10/02/2024");
        assert_string_equal(
            timestamp_write_day(day, pack->holiday_from, ZONE_VIETNAM_MINUTES), "08/02/2024");
        assert_string_equal(
            timestamp_write_day(day, pack->holiday_to, ZONE_VIETNAM_MINUTES), "14/02/2024");
        assert_int_equal(pack_clause_find(pack, TEXT("1b"))->measures[0].since, pack->issued_on);
        /* an operator owes clause 2, not clause 1 */
        int telecom = pack_unit_kind_index(pack, TEXT("telecom"));
        assert_true(telecom >= 0);
        assert_true(pack_clause_find(pack, TEXT("2t"))->owed_by & UINT32_C(1) << telecom);
        assert_false(pack_clause_find(pack, TEXT("1b"))->owed_by & UINT32_C(1) << telecom);
        assert_int_equal(pack_unit_kind_index(pack, TEXT("nobody")), -1);
}

static size_t faults_of(struct pack_faults *faults, const char *json)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct pack *pack;

        assert_int_equal(arena_new(&arena, 4 << 20), 0);
        assert_int_equal(pack_parse(&pack, arena, text_of(json), faults), ERR_FORMAT);
        return faults->count;
}

static bool has_fault(const struct pack_faults *faults, const char *place)
{
        for (size_t i = 0; i < faults->count; i++)
                if (strcmp(faults->items[i].place, place) == 0)
                        return faults->items[i].why.why_vi[0] && faults->items[i].why.why_en[0];
        return false;
}

static void every_fault_is_named_with_its_place(void **state)
{
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        char folder[1024];
        struct pack_faults faults;

        (void)state;
        (void)snprintf(folder, sizeof(folder), "%s/../tests/corpus/pack", packs_folder());
        read_file(&json, folder, "faults.json");
        assert_int_equal(faults_of(&faults, json.data), 4);
        assert_true(has_fault(&faults, "/due_at"));
        assert_true(has_fault(&faults, "/clauses/1/owed_by/0"));
        assert_true(has_fault(&faults, "/clauses/1/measures/0/kind") ||
                    has_fault(&faults, "/clauses/1/measures/0"));
        assert_true(has_fault(&faults, "")); /* the unknown field of the root */
}

static void an_empty_object_lacks_everything_and_says_so(void **state)
{
        struct pack_faults faults;

        (void)state;
        assert_true(faults_of(&faults, "{}") >= 12);
        assert_true(has_fault(&faults, "/clauses"));
        assert_true(has_fault(&faults, "/issued_on"));
}

static void what_is_not_json_names_the_line(void **state)
{
        struct pack_faults faults;

        (void)state;
        assert_int_equal(faults_of(&faults, "{\n\"a\":1,\n]"), 1);
        assert_int_equal(faults.items[0].why.line, 3);
        assert_int_equal(faults_of(&faults, "[]"), 1);
}

static void a_flood_of_faults_is_counted_not_kept(void **state)
{
        AUTO(buffer_done) struct buffer json = BUFFER(PACK_BYTES_MAX);
        struct pack_faults faults;

        (void)state;
        assert_int_equal(buffer_add_text(&json, "{"), 0);
        for (int i = 0; i < 80; i++)
                assert_int_equal(buffer_add_format(&json, "%s\"x%d\":1", i ? "," : "", i), 0);
        assert_int_equal(buffer_add_text(&json, "}"), 0);
        assert_int_equal(faults_of(&faults, json.data), PACK_FAULTS_MAX);
        assert_true(faults.more > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(shipped_pack_has_every_clause_of_the_letter),
                cmocka_unit_test(every_fault_is_named_with_its_place),
                cmocka_unit_test(an_empty_object_lacks_everything_and_says_so),
                cmocka_unit_test(what_is_not_json_names_the_line),
                cmocka_unit_test(a_flood_of_faults_is_counted_not_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
