/* Which sweeps prove a machine clean, and of what. SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/sweep_proof.h"

#define T0 1705305600000LL /* 2024-01-15T08:00:00Z */
#define EVERY                                                                                      \
        "[\"/home\",\"/root\",\"/tmp\",\"/var/tmp\",\"/dev/shm\",\"/opt\",\"/srv\",\"/usr/"        \
        "local\",\"/var/www\"]"

#define WINDOWS "[\"C:\\\\Users\",\"C:\\\\ProgramData\",\"C:\\\\Windows\\\\Temp\"]"

struct row {
        const char *name, *roots, *generation;
        time_ms started_at, next_list_at;
        bool complete;
        enum sweep_proof proof;
        time_ms until;
};

static const struct row rows[] = {
        { "the agent's own folders", EVERY, "20240115T000000Z-1", T0, 0, true, SWEEP_PROVES, T0 },
        { "the whole machine", "[\"/\"]", "20240115T000000Z-1", T0, 0, true, SWEEP_PROVES, T0 },
        { "more than required",
            "[\"/var\",\"/usr\",\"/dev\",\"/home/\",\"/root\",\"/tmp\",\"/opt\",\"/srv\"]",
            "20240115T000000Z-1", T0, 0, true, SWEEP_PROVES, T0 },
        { "Windows' own folders", WINDOWS, "20240115T000000Z-1", T0, 0, true, SWEEP_PROVES, T0 },
        { "a drive of Windows", "[\"c:\\\\\",\"D:\\\\\"]", "20240115T000000Z-1", T0, 0, true,
            SWEEP_PROVES, T0 },
        { "one folder of Windows left out", "[\"C:\\\\Users\",\"C:\\\\ProgramData\"]",
            "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW, 0 },
        { "another drive only", "[\"D:\\\\\"]", "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW,
            0 },
        { "stopped", EVERY, "20240115T000000Z-1", T0, 0, false, SWEEP_INCOMPLETE, 0 },
        { "one small folder", "[\"/home/an\"]", "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW,
            0 },
        { "one required folder left out",
            "[\"/home\",\"/root\",\"/tmp\",\"/var/tmp\",\"/dev/shm\",\"/opt\",\"/srv\",\"/usr/"
            "local\"]",
            "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW, 0 },
        { "a folder that only begins alike",
            "[\"/homework\",\"/root\",\"/tmp\",\"/var\",\"/dev\",\"/opt\",\"/srv\",\"/usr\"]",
            "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW, 0 },
        { "no folder at all", "[]", "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW, 0 },
        { "an empty root", "[\"\"]", "20240115T000000Z-1", T0, 0, true, SWEEP_NARROW, 0 },
        { "rules without a date", EVERY, "g1", T0, 0, true, SWEEP_RULES_UNDATED, 0 },
        { "no rules", EVERY, "", T0, 0, true, SWEEP_RULES_UNDATED, 0 },
        { "rules of the future", EVERY, "20250101T000000Z-1", T0, 0, true, SWEEP_RULES_UNDATED, 0 },
        { "no such day", EVERY, "20240231T000000Z-1", T0, 0, true, SWEEP_RULES_UNDATED, 0 },
        { "a list came after the rules and before the sweep", EVERY, "20240115T000000Z-1", T0,
            T0 - HOUR_MS, true, SWEEP_PROVES, T0 - HOUR_MS - 1 },
        { "a list came after the sweep began", EVERY, "20240115T000000Z-1", T0, T0 + 5000, true,
            SWEEP_PROVES, T0 },
        { "a start in the future", EVERY, "20240115T000000Z-1", T0 + 20 * DAY_MS, 0, true,
            SWEEP_PROVES, T0 + HOUR_MS },
};

static void each_sweep_proves_what_its_row_says(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                const struct row *r = &rows[i];
                AUTO(json_free_at) json_t *required = sweep_roots_default();
                AUTO(json_free_at) json_t *roots = json_loads(r->roots, 0, NULL);
                struct report_sweep sweep = { .generation = text_of(r->generation),
                        .complete = r->complete,
                        .started_at = r->started_at,
                        .roots = roots };
                struct sweep_proof_given given = { required, r->next_list_at, T0 + HOUR_MS };
                time_ms until = -1;
                enum sweep_proof proof = sweep_proof_of(&until, &sweep, &given);

                if (proof != r->proof || until != r->until)
                        fail_msg("%s: %s until %lld", r->name, sweep_proof_name(proof),
                            (long long)until);
        }
}

static void without_required_folders_nothing_is_proved(void **state)
{
        AUTO(json_free_at) json_t *none = json_array();
        AUTO(json_free_at) json_t *all = json_pack("[s]", "/");

        (void)state;
        assert_non_null(none);
        assert_false(sweep_covers(all, none));
        assert_false(sweep_covers(all, NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_sweep_proves_what_its_row_says),
                cmocka_unit_test(without_required_folders_nothing_is_proved),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
