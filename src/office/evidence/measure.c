/* office/evidence/measure.c: the one loop that all measures share, so that coverage is counted in
 * one place only; what is asked stands in measure_machines.c, measure_victims.c, measure_persons.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/evidence/measure.h"
#include "office/evidence/measure_kinds.h"

static const struct measure_kind *const kinds[] = { &measure_machines_reporting,
        &measure_machines_swept, &measure_sweep_clean, &measure_rules_fresh,
        &measure_inventory_fresh, &measure_system_supported, &measure_advisories_reviewed,
        &measure_listed_swept_first, &measure_victim_rows_closed, &measure_attested, NULL };

const struct measure_kind *const *measure_kinds(void)
{
        return kinds;
}

const struct measure_kind *measure_kind_find(struct text name)
{
        for (size_t i = 0; kinds[i]; i++)
                if (text_is(name, kinds[i]->name))
                        return kinds[i];
        return NULL;
}

const char *measure_state_name(enum measure_state state)
{
        static const char *const names[] = { "met", "not_met", "unknown", "not_applicable" };

        return names[state];
}

const char *proved_by_name(enum proved_by by)
{
        static const char *const names[] = { "none", "machine", "person" };

        return names[by];
}

const char *measure_proof_kind_name(enum measure_proof_kind kind)
{
        static const char *const names[] = { "sweep", "inventory", "contact", "victim",
                "attestation" };

        return names[kind];
}

struct tally {
        int64_t yes, no, unknown;
};

static void tally_add(struct tally *t, enum verdict v)
{
        if (v == VERDICT_YES)
                t->yes++;
        else if (v == VERDICT_NO)
                t->no++;
        else if (v == VERDICT_UNKNOWN)
                t->unknown++;
}

static int tell(const struct measure_sink *sink, const struct measure_missing *missing,
    const struct measure_proof *proof)
{
        int err = 0;

        if (!sink || proof->verdict == VERDICT_OUTSIDE)
                return 0;
        if (missing->verdict != VERDICT_YES && sink->missing)
                err = sink->missing(sink->state, missing);
        if (!err && sink->proof && proof->at)
                err = sink->proof(sink->state, proof);
        return err;
}

static int ask_machines(struct tally *t, int64_t *seen, const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context,
    const struct measure_sink *sink)
{
        for (size_t i = 0; i < facts->machine_count; i++) {
                const struct machine_fact *m = &facts->machines[i];
                struct words why = { { NULL, 0 }, { NULL, 0 } };
                enum verdict v = rule->kind->ask_machine(&why, m, rule, context);
                struct measure_missing missing = {
                        .machine_id = m->id, .name = m->name, .verdict = v, .why = why
                };
                struct measure_proof proof = { .machine = m, .verdict = v };
                int err;

                tally_add(t, v);
                *seen += m->last_seen_at != 0;
                measure_proof_of_machine(&proof, rule->kind);
                err = tell(sink, &missing, &proof);
                if (err)
                        return err;
        }
        return 0;
}

static int ask_victims(struct tally *t, const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context,
    const struct measure_sink *sink)
{
        for (size_t i = 0; i < facts->victim_count; i++) {
                const struct victim_fact *f = &facts->victims[i];
                struct words why = { { NULL, 0 }, { NULL, 0 } };
                enum verdict v = rule->kind->ask_victim(&why, f, rule, context);
                struct measure_missing missing = { .machine_id = f->machine_id,
                        .finding_id = f->finding_id,
                        .name = f->src_ip,
                        .verdict = v,
                        .why = why };
                struct measure_proof proof = {
                        .kind = PROOF_VICTIM, .victim = f, .at = f->last_at, .verdict = v
                };
                int err;

                tally_add(t, v);
                err = tell(sink, &missing, &proof);
                if (err)
                        return err;
        }
        return 0;
}

/* The newest attestation of this clause and measure. */
static const struct attestation_fact *find_attestation(const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context)
{
        const struct attestation_fact *newest = NULL;

        for (size_t i = 0; i < facts->attestation_count; i++) {
                const struct attestation_fact *a = &facts->attestations[i];
                bool same = a->measure.len == rule->id.len &&
                            a->clause.len == context->clause.len &&
                            memcmp(a->measure.data, rule->id.data, rule->id.len) == 0 &&
                            memcmp(a->clause.data, context->clause.data, context->clause.len) == 0;

                if (same && a->at >= measure_bound(rule, context) &&
                    (!newest || a->at > newest->at))
                        newest = a;
        }
        return newest;
}

/* Nobody's word is not a "no": the work may have been done. So without attestation it is unknown.
 */
static int ask_person(struct tally *t, const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context,
    const struct measure_sink *sink)
{
        const struct attestation_fact *a = find_attestation(rule, facts, context);
        enum verdict v = a ? VERDICT_YES : VERDICT_UNKNOWN;
        struct measure_missing missing = { .verdict = v,
                .why = WORDS("Chưa có người có trách nhiệm xác nhận",
                    "No responsible person has attested this") };
        struct measure_proof proof = {
                .kind = PROOF_ATTESTATION, .attestation = a, .at = a ? a->at : 0, .verdict = v
        };

        tally_add(t, v);
        return tell(sink, &missing, &proof);
}

static int64_t expected_machines(const struct unit_facts *facts)
{
        int64_t registered = (int64_t)facts->machine_count;

        return facts->declared > registered ? facts->declared : registered;
}

/* 1. Enough known failures that even the best outcome of all else misses the threshold: not met.
 * 2. Anything expected and not seen, anything unanswered, or nobody to ask where somebody must be:
 * unknown.
 * 3. Nobody to ask where that may be (no listed machine, no row): not applicable. */
static enum measure_state judge(
    const struct measure_kind *kind, const struct tally *t, int64_t total, int64_t percent)
{
        int64_t asked = t->yes + t->no + t->unknown;
        int64_t needed = (total * percent + 99) / 100;

        if (t->no > total - needed)
                return MEASURE_NOT_MET;
        if (kind->covers_all && total == 0)
                return MEASURE_UNKNOWN;
        if (t->unknown || asked < total)
                return MEASURE_UNKNOWN;
        return asked ? MEASURE_MET : MEASURE_NOT_APPLICABLE;
}

/* What the unit declared beyond the machines that are registered, as one line. */
static int tell_unseen(const struct measure_rule *rule, const struct unit_facts *facts,
    const struct measure_sink *sink, const struct tally *t, int64_t total)
{
        struct measure_missing missing = { .verdict = VERDICT_UNKNOWN };

        (void)facts;
        if (!sink || !sink->missing || !rule->kind->covers_all)
                return 0;
        if (total == 0)
                missing.why = WORDS("Đơn vị chưa khai số máy và chưa có máy nào báo về",
                    "The unit has declared no machines and none has reported");
        else if (t->yes + t->no + t->unknown < total)
                missing.why = WORDS("Đơn vị khai có nhiều máy hơn số máy đã ghi danh",
                    "The unit declares more machines than are enrolled");
        else
                return 0;
        return sink->missing(sink->state, &missing);
}

int measure_evaluate(struct measure_result *out, const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context,
    const struct measure_sink *sink)
{
        const struct measure_kind *kind = rule->kind;
        struct measure_result r = { .proved_by = PROVED_BY_MACHINE };
        struct tally t = { 0, 0, 0 };
        int err;

        if (kind->subject == SUBJECT_MACHINE)
                err = ask_machines(&t, &r.seen, rule, facts, context, sink);
        else if (kind->subject == SUBJECT_VICTIM)
                err = ask_victims(&t, rule, facts, context, sink);
        else
                err = ask_person(&t, rule, facts, context, sink);
        if (err)
                return err;
        r.met = t.yes;
        r.total = t.yes + t.no + t.unknown;
        if (kind->subject == SUBJECT_MACHINE && kind->covers_all) {
                /* OUTSIDE machines (a system not asked) are not expected to answer */
                int64_t outside = (int64_t)facts->machine_count - r.total;

                r.expected = expected_machines(facts);
                r.total = r.expected - outside;
        }
        if (kind->subject == SUBJECT_PERSON)
                r.proved_by = PROVED_BY_PERSON;
        r.state = judge(kind, &t, r.total, rule->threshold_percent);
        err = tell_unseen(rule, facts, sink, &t, r.total);
        if (err)
                return err;
        if (r.state == MEASURE_UNKNOWN || r.state == MEASURE_NOT_APPLICABLE)
                r.proved_by = PROVED_BY_NONE;
        *out = r;
        return 0;
}
