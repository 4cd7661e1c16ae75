/* office/campaign/pack.h: a directive pack: which clauses a letter has, who owes them, by when, and
 * what is measured for each. Data, not code: packs/README.md describes the file.
 *
 * A parsed pack is one tree in the arena that was handed in; nothing in it changes afterwards.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_PACK_H
#define CANH_OFFICE_CAMPAIGN_PACK_H

#include "base/arena.h"
#include "office/evidence/measure.h"

enum {
        PACK_BYTES_MAX = 1 << 20,
        PACK_CLAUSES_MAX = 12, /* columns of the matrix */
        PACK_KINDS_MAX = 24,
        PACK_MEASURES_MAX = 12, /* of one clause */
        PACK_RUNGS_MAX = 8,
        PACK_SUPPORT_MAX = 256,
        PACK_FAULTS_MAX = 50,
        PACK_PLACE_MAX = 96
};

struct pack_unit_kind {
        struct text id;
        struct words title;
        int64_t order;
        bool lead; /* the kind of the office that answers for all: at most one */
};

struct pack_clause {
        struct text id, label;
        struct words title, quote;
        uint32_t owed_by; /* bit i: unit_kinds[i] owes it */
        time_ms due_at;
        struct measure_rule *measures;
        size_t measure_count;
};

/* One rung of the urging ladder; after_days counts from the clause's due day, negative = before it.
 */
struct pack_rung {
        int64_t level, after_days;
        struct words title;
        struct text to, channel;
};

struct pack {
        struct text id, number, source, regime, body; /* body: the whole file, as it was read */
        struct words title, issuer, reporting_office, hotline;
        time_ms issued_on, due_at, ends_at; /* ends_at: the first moment after it, 0 = open */
        bool has_holiday;
        time_ms holiday_from, holiday_to, holiday_first;
        struct words holiday_name;
        struct text layout_basis, layout_subject,
            layout_authority; /* words of the reports, Vietnamese */
        struct pack_unit_kind *unit_kinds;
        size_t unit_kind_count;
        struct pack_clause *clauses;
        size_t clause_count;
        struct pack_rung *rungs;
        size_t rung_count;
        struct support_end *support;
        size_t support_count;
};

struct pack_fault {
        char place[PACK_PLACE_MAX]; /* JSON pointer: "/clauses/3/owed_by/0" */
        struct parse_error why;
};

struct pack_faults {
        struct pack_fault items[PACK_FAULTS_MAX];
        size_t count;
        size_t more; /* found beyond PACK_FAULTS_MAX, only counted */
};

/* Reads a whole pack.json; *out lives in the arena. FORMAT with at least one fault (all that were
 * found), LIMIT above PACK_BYTES_MAX or at the arena's limit. */
MUST_USE int pack_parse(
    const struct pack **out, struct arena *arena, struct text json, struct pack_faults *faults);

/* True behind the last day of valid_until: nothing is urged or late any more. */
bool pack_ended(const struct pack *pack, time_ms now);
/* Index of the kind, or -1: a unit of that kind has no row in this matrix. */
int pack_unit_kind_index(const struct pack *pack, struct text kind);
/* The kind with "lead", or NULL. */
const struct pack_unit_kind *pack_lead_kind(const struct pack *pack);
/* NULL when the pack has no such clause. */
const struct pack_clause *pack_clause_find(const struct pack *pack, struct text id);

#endif
