/* office/campaign/campaign_rows.h: the only place of this folder with SQL. Rows come in arrays of
 * the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_CAMPAIGN_ROWS_H
#define CANH_OFFICE_CAMPAIGN_CAMPAIGN_ROWS_H

#include "office/campaign/campaign.h"

struct unit_row {
        struct text id, parent_id, name, kind;
        int64_t declared;
        int kind_index; /* in the pack; -1: no row in the matrix */
        int owner;      /* index of the unit for which its machines count, -1 = nobody */
};

struct cell_row {
        struct text unit_id, clause;
        struct cell_result result;
        time_ms changed_at;
        enum cell_state before;
        bool has_before;
};

struct waiver_row {
        struct text id, unit_id, clause, reason, by;
        time_ms until;
};

/* Units of the scope in force at `now`, by name. */
MUST_USE int unit_rows_read(struct unit_row **out, size_t *count, struct arena *arena,
    struct db *db, const struct scope *scope, time_ms now);
MUST_USE int cell_rows_read(struct cell_row **out, size_t *count, struct arena *arena,
    struct db *db, const char *directive_id, const char *above_id);
MUST_USE int cell_row_put(
    struct db *db, const char *directive_id, const struct cell_row *row, time_ms as_of);
/* A unit that owes the clause no more has no cell. */
MUST_USE int cell_row_delete(struct db *db, const char *directive_id, const struct cell_row *row);
MUST_USE int waiver_rows_read(struct waiver_row **out, size_t *count, struct arena *arena,
    struct db *db, const struct scope *scope, const char *directive_id, time_ms now);
MUST_USE int attestation_rows_read(struct attestation_fact **out, size_t *count,
    struct arena *arena, struct db *db, const struct scope *scope, const char *directive_id);

MUST_USE int directive_row_put(
    char id[ULID_MAX], struct db *db, const struct clock *clock, const struct pack *pack);
MUST_USE int directive_row_read(char id[ULID_MAX], struct text *body, struct arena *arena,
    struct db *db, struct text directive_id);
MUST_USE int directive_rows_json(json_t **out, struct db *db);
/* Identifiers of the active ones; at most `room`. */
MUST_USE int directive_rows_active(
    char (*ids)[ULID_MAX], size_t *count, size_t room, struct db *db);

/* When the cells were last evaluated, and after which change. */
struct evaluated_row {
        time_ms at;
        int64_t change;
};
MUST_USE int evaluated_row_read(struct evaluated_row *out, struct arena *arena, struct db *db);
MUST_USE int evaluated_row_put(
    struct db *db, const struct clock *clock, const struct evaluated_row *row);

MUST_USE int attestation_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *directive_id, const struct attestation_fact *fact);
MUST_USE int waiver_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *directive_id, const struct waiver_row *row);
MUST_USE int waiver_row_end(
    struct db *db, const struct clock *clock, const struct scope *scope, struct text id);
/* The highest rung that was climbed for this cell, 0 = none. */
MUST_USE int urge_row_level(
    int64_t *out, struct db *db, const char *directive_id, struct text unit_id, struct text clause);
MUST_USE int urge_row_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *directive_id, struct text unit_id, struct text clause, int64_t level,
    struct text channel);
MUST_USE int urge_rows_json(
    json_t **out, struct db *db, const char *directive_id, struct text unit_id, struct text clause);

#endif
