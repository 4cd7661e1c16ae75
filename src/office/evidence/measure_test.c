/* office/evidence/measure_test.c: every kind, and above all what is not known.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "office/evidence/measure.h"

enum { NOW_DAY = 100 };
#define AT(day) ((time_ms)(day)*DAY_MS)

static const struct support_end support[] = {
        { TEXT("debian"), TEXT("12"), TEXT("test"), AT(200) },
        { TEXT("windows"), TEXT("6.1.7601"), TEXT("test"), AT(50) },
};

struct row {
        const char *what;
        const char *kind;
        int64_t declared;
        size_t count;
        struct machine_fact machines[3];
        enum measure_state state;
        int64_t met, total, seen, expected;
};

/* A machine that reports today, and one that was also swept. */
#define SEEN .last_seen_at = AT(99)
#define SWEPT SEEN, .last_sweep_at = AT(98), .last_sweep_generation = TEXT("19700404T000000Z-1")

static const struct row rows[] = {
        { "no machine at all is unknown", "machines_swept", 0, 0, { { .open_hits = 0 } },
            MEASURE_UNKNOWN, 0, 0, 0, 0 },
        { "only declared machines are unknown", "machines_swept", 4, 0, { { .open_hits = 0 } },
            MEASURE_UNKNOWN, 0, 4, 0, 4 },
        { "all swept is met", "machines_swept", 2, 2, { { SWEPT }, { SWEPT } }, MEASURE_MET, 2, 2,
            2, 2 },
        { "all swept but more declared is unknown", "machines_swept", 3, 2,
            { { SWEPT }, { SWEPT } }, MEASURE_UNKNOWN, 2, 3, 2, 3 },
        { "an expected machine keeps it unknown", "machines_swept", 0, 2,
            { { SWEPT }, { .expected_only = true } }, MEASURE_UNKNOWN, 1, 2, 1, 2 },
        { "one machine not swept is not met", "machines_swept", 9, 2, { { SWEPT }, { SEEN } },
            MEASURE_NOT_MET, 1, 9, 2, 9 },
        { "a sweep before the letter does not count", "machines_swept", 0, 1,
            { { SEEN, .last_sweep_at = AT(89) } }, MEASURE_NOT_MET, 0, 1, 1, 1 },
        { "a machine silent since the letter is unknown", "machines_swept", 0, 1,
            { { .last_seen_at = AT(80), .last_sweep_at = AT(79) } }, MEASURE_UNKNOWN, 0, 1, 1, 1 },
        { "a silent machine is not reporting", "machines_reporting", 0, 2,
            { { SEEN }, { .last_seen_at = AT(10) } }, MEASURE_NOT_MET, 1, 2, 2, 2 },
        { "a machine never enrolled is unknown", "machines_reporting", 0, 2,
            { { SEEN }, { .expected_only = true } }, MEASURE_UNKNOWN, 1, 2, 1, 2 },
        { "clean needs a sweep", "sweep_clean", 0, 1, { { SEEN } }, MEASURE_UNKNOWN, 0, 1, 1, 1 },
        { "an open hit is not met", "sweep_clean", 0, 1, { { SWEPT, .open_hits = 1 } },
            MEASURE_NOT_MET, 0, 1, 1, 1 },
        { "an open hit of an old sweep is not met", "sweep_clean", 0, 1,
            { { .last_seen_at = AT(5), .last_sweep_at = AT(5), .open_hits = 2 } }, MEASURE_NOT_MET,
            0, 1, 1, 1 },
        { "swept without hit is clean", "sweep_clean", 0, 1, { { SWEPT } }, MEASURE_MET, 1, 1, 1,
            1 },
        { "new rules are fresh", "rules_fresh", 0, 1, { { SWEPT } }, MEASURE_MET, 1, 1, 1, 1 },
        { "old rules are not met", "rules_fresh", 0, 1,
            { { SEEN, .last_sweep_at = AT(98),
                .last_sweep_generation = TEXT("19700201T000000Z-1") } },
            MEASURE_NOT_MET, 0, 1, 1, 1 },
        { "rules without date are unknown", "rules_fresh", 0, 1,
            { { SEEN, .last_sweep_at = AT(98), .last_sweep_generation = TEXT("first") } },
            MEASURE_UNKNOWN, 0, 1, 1, 1 },
        { "an inventory in time is met", "inventory_fresh", 0, 1,
            { { SEEN, .last_inventory_at = AT(97) } }, MEASURE_MET, 1, 1, 1, 1 },
        { "a reporting machine without inventory is not met", "inventory_fresh", 0, 1, { { SEEN } },
            MEASURE_NOT_MET, 0, 1, 1, 1 },
        { "a system in support is met", "system_supported", 0, 1,
            { { SEEN, .last_inventory_at = AT(97), .os_id = TEXT("debian"),
                .os_version = TEXT("12") } },
            MEASURE_MET, 1, 1, 1, 1 },
        { "a system out of support is not met", "system_supported", 0, 1,
            { { SEEN, .last_inventory_at = AT(97), .os_id = TEXT("windows"),
                .os_version = TEXT("6.1.7601") } },
            MEASURE_NOT_MET, 0, 1, 1, 1 },
        { "a system that the pack does not know is unknown", "system_supported", 0, 1,
            { { SEEN, .last_inventory_at = AT(97), .os_id = TEXT("debian"),
                .os_version = TEXT("12.1") } },
            MEASURE_UNKNOWN, 0, 1, 1, 1 },
        { "without catalogues the review is unknown", "advisories_reviewed", 0, 1,
            { { SWEPT, .last_inventory_at = AT(99) } }, MEASURE_UNKNOWN, 0, 1, 1, 1 },
        { "no listed machine is not applicable", "listed_swept_first", 0, 1, { { SEEN } },
            MEASURE_NOT_APPLICABLE, 0, 0, 1, 0 },
        { "a listed machine swept after is met", "listed_swept_first", 0, 2,
            { { SWEPT, .listed_at = AT(90), .swept_after_listing_at = AT(91) }, { SEEN } },
            MEASURE_MET, 1, 1, 2, 0 },
        { "a listed machine not swept after is not met", "listed_swept_first", 0, 1,
            { { SWEPT, .listed_at = AT(90) } }, MEASURE_NOT_MET, 0, 1, 1, 0 },
        { "a listed machine that fell silent is unknown", "listed_swept_first", 0, 1,
            { { .last_seen_at = AT(80), .listed_at = AT(90) } }, MEASURE_UNKNOWN, 0, 1, 1, 0 },
};

static struct measure_rule rule_of(const char *kind)
{
        struct measure_rule rule = { .id = TEXT("m"),
                .kind = measure_kind_find(text_of(kind)),
                .since = AT(90),
                .threshold_percent = 100 };

        assert_non_null(rule.kind);
        return rule;
}

static const struct measure_context context = { .now = AT(NOW_DAY),
        .clause = TEXT("1b"),
        .support = support,
        .support_count = ARRAY_LEN(support) };

static void measures_say_what_the_table_says(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                const struct row *row = &rows[i];
                struct unit_facts facts = { .machines = row->machines,
                        .machine_count = row->count,
                        .declared = row->declared };
                struct measure_rule rule = rule_of(row->kind);
                struct measure_result r;

                assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
                if (r.state != row->state || r.met != row->met || r.total != row->total ||
                    r.seen != row->seen || r.expected != row->expected)
                        fail_msg("%s: %s %d/%d seen %d of %d", row->what,
                            measure_state_name(r.state), (int)r.met, (int)r.total, (int)r.seen,
                            (int)r.expected);
        }
}

static void threshold_leaves_room_for_known_failures_but_not_for_the_unseen(void **state)
{
        struct machine_fact machines[3] = { { SWEPT }, { SWEPT }, { SEEN } };
        struct unit_facts facts = { .machines = machines, .machine_count = 3 };
        struct measure_rule rule = rule_of("machines_swept");
        struct measure_result r;

        (void)state;
        rule.threshold_percent = 60;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_MET);
        facts.declared = 4;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_UNKNOWN);
}

static void victim_rows_close_by_state(void **state)
{
        struct victim_fact v[2] = { { .state = TEXT("verified") },
                { .state = TEXT("attributed") } };
        struct unit_facts facts = { .victims = v, .victim_count = 2 };
        struct measure_rule rule = rule_of("victim_rows_closed");
        struct measure_result r;

        (void)state;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_NOT_MET);
        assert_int_equal(r.met, 1);
        v[1].state = TEXT("closed");
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_MET);
        facts.victim_count = 0;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_NOT_APPLICABLE);
}

static void attestation_counts_for_its_own_clause_and_measure_only(void **state)
{
        struct attestation_fact a = { .clause = TEXT("1b"), .measure = TEXT("m"), .at = AT(95) };
        struct unit_facts facts = { .attestations = &a, .attestation_count = 1 };
        struct measure_rule rule = rule_of("attested");
        struct measure_result r;

        (void)state;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_MET);
        assert_int_equal(r.proved_by, PROVED_BY_PERSON);
        a.clause = TEXT("1a");
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_UNKNOWN);
        assert_int_equal(r.proved_by, PROVED_BY_NONE);
        a.clause = TEXT("1b");
        a.at = AT(80); /* said before the letter was written */
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, NULL), 0);
        assert_int_equal(r.state, MEASURE_UNKNOWN);
}

struct heard {
        size_t missing, proof;
        struct measure_missing last;
};

static int hear_missing(void *state, const struct measure_missing *m)
{
        struct heard *h = state;

        h->missing++;
        h->last = *m;
        return 0;
}

static int hear_proof(void *state, const struct measure_proof *p)
{
        struct heard *h = state;

        (void)p;
        h->proof++;
        return 0;
}

static void every_gap_is_named_in_both_languages(void **state)
{
        struct machine_fact machines[3] = { { SWEPT },
                { SEEN, .id = TEXT("M2"), .name = TEXT("may-2") } };
        struct unit_facts facts = { .machines = machines, .machine_count = 2, .declared = 5 };
        struct measure_rule rule = rule_of("machines_swept");
        struct heard h = { 0 };
        struct measure_sink sink = { hear_missing, hear_proof, &h };
        struct measure_result r;

        (void)state;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, &sink), 0);
        assert_int_equal(h.missing, 2); /* the machine, and the three that never enrolled */
        assert_int_equal(h.proof, 1);
        assert_true(h.last.why.vi.len > 0 && h.last.why.en.len > 0);
        facts.declared = 2;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, &sink), 0);
        assert_true(text_is(h.last.machine_id, "M2"));
}

static int refuse(void *state, const struct measure_missing *m)
{
        (void)state;
        (void)m;
        return ERR_MEMORY;
}

static void an_error_of_the_sink_ends_the_evaluation(void **state)
{
        struct measure_rule rule = rule_of("machines_swept");
        struct unit_facts facts = { .declared = 5 };
        struct measure_sink sink = { refuse, NULL, NULL };
        struct measure_result r = { .met = 77 };

        (void)state;
        assert_int_equal(measure_evaluate(&r, &rule, &facts, &context, &sink), ERR_MEMORY);
        assert_int_equal(r.met, 77);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(measures_say_what_the_table_says),
                cmocka_unit_test(threshold_leaves_room_for_known_failures_but_not_for_the_unseen),
                cmocka_unit_test(victim_rows_close_by_state),
                cmocka_unit_test(attestation_counts_for_its_own_clause_and_measure_only),
                cmocka_unit_test(every_gap_is_named_in_both_languages),
                cmocka_unit_test(an_error_of_the_sink_ends_the_evaluation),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
