/* office/evidence/measure.h: a measure asks the facts of one unit one question and gets met, not
 * met, unknown or not applicable. Pure: no database, and the only clock is the moment handed in.
 *
 * The rule of every measure: what was not seen is never counted as done. One machine known to fail
 * makes "not met"; short of that, one machine of which nothing is known makes "unknown".
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_EVIDENCE_MEASURE_H
#define CANH_OFFICE_EVIDENCE_MEASURE_H

#include "base/text.h"
#include "model/machine_fact.h"

/* One sentence in both languages. */
struct words {
        struct text vi, en;
};

#define WORDS(vi_, en_) ((struct words){ TEXT(vi_), TEXT(en_) })

enum measure_state { MEASURE_MET, MEASURE_NOT_MET, MEASURE_UNKNOWN, MEASURE_NOT_APPLICABLE };
enum proved_by { PROVED_BY_NONE, PROVED_BY_MACHINE, PROVED_BY_PERSON };
enum measure_subject { SUBJECT_MACHINE, SUBJECT_VICTIM, SUBJECT_PERSON };
/* What one machine or one finding answers. OUTSIDE: the question is not put to it. */
enum verdict { VERDICT_YES, VERDICT_NO, VERDICT_UNKNOWN, VERDICT_OUTSIDE };

/* Without support after `until`; source is where the date was read. */
struct support_end {
        struct text os_id, version, source;
        time_ms until;
};

struct attestation_fact {
        struct text id, unit_id, clause, measure, body, by_name;
        time_ms at;
};

/* All that is known of one unit. declared: how many workstations it says it has. */
struct unit_facts {
        const struct machine_fact *machines;
        size_t machine_count;
        const struct victim_fact *victims;
        size_t victim_count;
        const struct attestation_fact *attestations;
        size_t attestation_count;
        int64_t declared;
};

struct measure_context {
        time_ms now;
        struct text clause; /* whose attestations count */
        const struct support_end *support;
        size_t support_count;
};

struct measure_kind;
struct measure_rule {
        struct text id;
        struct words title;
        const struct measure_kind *kind;
        time_ms since;             /* what is older does not count; 0 = no bound */
        int64_t within_days;       /* the same, counted back from now; 0 = no bound */
        int64_t threshold_percent; /* 1..100 of those asked must answer yes */
};

struct measure_kind {
        const char *name;
        enum measure_subject subject;
        bool covers_all; /* every expected machine must be among those seen */
        enum verdict (*ask_machine)(struct words *why, const struct machine_fact *m,
            const struct measure_rule *rule, const struct measure_context *context);
        enum verdict (*ask_victim)(struct words *why, const struct victim_fact *v,
            const struct measure_rule *rule, const struct measure_context *context);
};

/* The vocabulary of packs; NULL when the program has no measure of that name. */
const struct measure_kind *measure_kind_find(struct text name);
/* For messages and tests: all kinds, ended by an entry without name. */
const struct measure_kind *const *measure_kinds(void);

struct measure_result {
        enum measure_state state;
        enum proved_by proved_by;
        int64_t met, total;     /* answered yes, of those asked */
        int64_t seen, expected; /* machines with data, machines that should have some */
};

/* What stands in the way: a machine, a finding, or (both empty) the unit itself. */
struct measure_missing {
        struct text machine_id, finding_id, name;
        enum verdict verdict; /* NO or UNKNOWN */
        struct words why;
};

enum measure_proof_kind {
        PROOF_SWEEP,
        PROOF_INVENTORY,
        PROOF_CONTACT,
        PROOF_VICTIM,
        PROOF_ATTESTATION
};

/* One row that was read, and what it answered. Views live as long as the facts. */
struct measure_proof {
        enum measure_proof_kind kind;
        const struct machine_fact *machine;
        const struct victim_fact *victim;
        const struct attestation_fact *attestation;
        time_ms at;
        enum verdict verdict;
};

/* Either call may be NULL; the first error ends the evaluation and is returned. */
struct measure_sink {
        int (*missing)(void *state, const struct measure_missing *missing);
        int (*proof)(void *state, const struct measure_proof *proof);
        void *state;
};

/* Evaluates one measure. sink may be NULL, and then it cannot fail. */
MUST_USE int measure_evaluate(struct measure_result *out, const struct measure_rule *rule,
    const struct unit_facts *facts, const struct measure_context *context,
    const struct measure_sink *sink);

const char *measure_state_name(enum measure_state state);
const char *proved_by_name(enum proved_by by);
const char *measure_proof_kind_name(enum measure_proof_kind kind);

#endif
