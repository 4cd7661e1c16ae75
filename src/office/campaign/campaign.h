/* office/campaign/campaign.h: one directive being carried out: its pack, the matrix of units and
 * clauses, waivers, attestations, urges.
 *
 * Cells are evaluated for the whole office in one pass and kept; what a person sees is cut by scope
 * when read. Calls that change something open their own transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_CAMPAIGN_H
#define CANH_OFFICE_CAMPAIGN_CAMPAIGN_H

#include "codec/ulid.h"
#include "model/malware_removal.h"
#include "model/scope.h"
#include "office/campaign/pack.h"
#include "office/evidence/cell.h"

#include <jansson.h>

struct db;

enum { CAMPAIGN_UNITS_MAX = 20000, CAMPAIGN_REASON_MAX = 2000, CAMPAIGN_ARENA_MAX = 256 << 20 };

struct campaign {
        char id[ULID_MAX];
        const struct pack *pack;
};

/* Keeps a pack as a directive; one of the same identifier is replaced and keeps its row, cells and
 * waivers. FORMAT with *faults. */
MUST_USE int campaign_load(char id[ULID_MAX], struct db *db, const struct clock *clock,
    struct text pack_json, struct pack_faults *faults);
/* The directive of that identifier, or with "" the newest active one. *out lives in the arena.
 * MISSING. */
MUST_USE int campaign_open(
    struct campaign **out, struct arena *arena, struct db *db, struct text directive_id);
/* {"directives":[…]} of docs/api.md. */
MUST_USE int campaign_list_json(json_t **out, struct db *db);

/* Evaluates every unit and clause and keeps what changed. *changed (may be NULL): how many cells.
 */
MUST_USE int campaign_evaluate(
    struct db *db, const struct clock *clock, const struct campaign *c, size_t *changed);
/* The same for every active directive, when something was filed since the last evaluation or
 * `older_ms` have gone by. For handlers (before a page is made) and for the centre's clock
 * (overdue, waivers that end, silent machines). */
MUST_USE int campaign_refresh(struct db *db, const struct clock *clock, time_ms older_ms);

/* GET /matrix and GET /matrix/{unit}/{clause}: exactly the shape of docs/api.md. MISSING out of
 * scope. */
MUST_USE int campaign_matrix_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c);
MUST_USE int campaign_proof_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause);

/* {"1b":Cell…} of one unit, {} when it owes nothing. MISSING out of scope. */
MUST_USE int campaign_cells_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, const char *unit_id);

/* A named person's word for one measure of kind `attested`. MISSING: unit or clause out of scope or
 * not owed; FORMAT: the measure is not one that a person may attest, or the body is empty or too
 * long. */
MUST_USE int campaign_attest(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause,
    struct text measure, struct text body);
/* The office's decision. FORMAT: no reason, or an end that is not in the future. */
MUST_USE int campaign_waive(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause,
    struct text reason, time_ms until);
MUST_USE int campaign_end_waiver(
    struct db *db, const struct clock *clock, const struct scope *scope, struct text waiver_id);
/* Urges units about one clause ("" = all they owe and have not met):
 * {"urged":[…],"skipped":[{unit,why}]}. */
MUST_USE int campaign_urge(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text clause, const json_t *units);

/* The figures of the report on malware removal, for the scope. Everything lives in the arena. */
MUST_USE int campaign_removal_figures(struct malware_removal *out, struct arena *arena,
    struct db *db, const struct clock *clock, const struct scope *scope, const struct campaign *c,
    time_ms from, time_ms until);

#endif
