/* office/campaign/decisions.c: what people decide: a word given, a waiver, an urge. Each is one
 * transaction, and the cells are evaluated again behind it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/campaign/evaluation.h"
#include "office/campaign/json_parts.h"
#include "office/registry/trail.h"
#include "system/db/db.h"

static int end_transaction(struct db *db, int err)
{
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

/* Told in the transaction of the act: what is not done is not told, what is done is. */
static int tell(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *kind, const char *id, struct text unit, json_t *detail)
{
        AUTO(json_free_at) json_t *held = detail;
        char unit_id[ULID_MAX] = "";
        int err = held ? text_copy(unit_id, sizeof(unit_id), unit) : ERR_MEMORY;

        return err ? err : audit_add(db, clock, scope, act, kind, id, unit_id, held);
}

static bool fits(struct text t)
{
        return text_trim(t).len > 0 && t.len <= CAMPAIGN_REASON_MAX && text_is_utf8(t);
}

/* Does the unit stand in the scope and owe the clause? MISSING. */
static int owed(const struct pack_clause **clause, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct campaign *c,
    struct text unit_id, struct text clause_id)
{
        struct unit_row *units;
        size_t count;
        int err = unit_rows_read(&units, &count, arena, db, scope, clock_now(clock));

        if (err)
                return err;
        *clause = pack_clause_find(c->pack, clause_id);
        for (size_t i = 0; i < count && *clause; i++) {
                int kind = pack_unit_kind_index(c->pack, units[i].kind);

                if (text_compare(units[i].id, unit_id) == 0)
                        return kind >= 0 && ((*clause)->owed_by >> kind & 1) ? 0 : ERR_MISSING;
        }
        return ERR_MISSING;
}

static bool may_attest(const struct pack_clause *clause, struct text measure)
{
        for (size_t i = 0; i < clause->measure_count; i++)
                if (text_compare(clause->measures[i].id, measure) == 0)
                        return clause->measures[i].kind->subject == SUBJECT_PERSON;
        return false;
}

int campaign_attest(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause_id,
    struct text measure, struct text body)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct attestation_fact fact = {
                .unit_id = unit_id, .clause = clause_id, .measure = measure, .body = body
        };
        const struct pack_clause *clause;
        int err = arena_new(&arena, 64 << 20);

        if (!err)
                err = owed(&clause, arena, db, clock, scope, c, unit_id, clause_id);
        if (!err && (!may_attest(clause, measure) || !fits(body)))
                err = ERR_FORMAT;
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = attestation_row_add(id, db, clock, scope, c->id, &fact);
        if (!err)
                err = tell(db, clock, scope, "attest", "attestation", id, unit_id,
                    json_pack("{s:o,s:o}", "clause", json_of_text(clause_id), "measure",
                        json_of_text(measure)));
        err = end_transaction(db, err);
        return err ? err : campaign_evaluate(db, clock, c, NULL);
}

int campaign_waive(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause_id,
    struct text reason, time_ms until)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct waiver_row row = {
                .unit_id = unit_id, .clause = clause_id, .reason = reason, .until = until
        };
        const struct pack_clause *clause;
        int err = scope->role >= ROLE_OFFICE ? arena_new(&arena, 64 << 20) : ERR_DENIED;

        if (!err)
                err = owed(&clause, arena, db, clock, scope, c, unit_id, clause_id);
        if (!err && (!fits(reason) || until <= clock_now(clock)))
                err = ERR_FORMAT;
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = waiver_row_add(id, db, clock, scope, c->id, &row);
        if (!err)
                err = tell(db, clock, scope, "waive", "waiver", id, unit_id,
                    json_pack("{s:o,s:o,s:o}", "clause", json_of_text(clause_id), "reason",
                        json_of_text(reason), "until", json_of_time(until)));
        err = end_transaction(db, err);
        return err ? err : campaign_evaluate(db, clock, c, NULL);
}

int campaign_end_waiver(
    struct db *db, const struct clock *clock, const struct scope *scope, struct text waiver_id)
{
        char id[ULID_MAX];
        int err = scope->role >= ROLE_OFFICE ? db_begin(db) : ERR_DENIED;

        if (err)
                return err;
        err = waiver_row_end(db, clock, scope, waiver_id);
        if (!err && !text_copy(id, sizeof(id), waiver_id))
                err = tell(db, clock, scope, "end_waiver", "waiver", id, TEXT(""), json_object());
        if (!err)
                err = registry_changed(db, clock, "registry", "", scope->unit_id);
        err = end_transaction(db, err);
        return err ? err : campaign_refresh(db, clock, 0);
}

struct urging {
        struct db *db;
        const struct clock *clock;
        const struct scope *scope;
        const struct campaign *c;
        struct unit_row *units;
        size_t unit_count;
        struct cell_row *cells;
        size_t cell_count;
        json_t *urged, *skipped;
};

static int skip(struct urging *u, const char *unit_id, struct words why)
{
        json_t *row = json_pack("{s:s,s:o}", "unit", unit_id, "why", json_of_words(why));

        return row && !json_array_append_new(u->skipped, row) ? 0 : ERR_MEMORY;
}

/* The next rung of the ladder; at its top the last one is climbed again. */
static int urge_cell(
    struct urging *u, const struct unit_row *unit, const struct pack_clause *clause)
{
        int64_t level;
        int err = urge_row_level(&level, u->db, u->c->id, unit->id, clause->id);

        if (err)
                return err;
        level = level < (int64_t)u->c->pack->rung_count ? level + 1 : level;
        return urge_row_add(u->db, u->clock, u->scope, u->c->id, unit->id, clause->id, level,
            u->c->pack->rungs[level - 1].channel);
}

static bool is_open(const struct cell_row *cell)
{
        return cell && (cell->result.state == CELL_NOT_MET || cell->result.state == CELL_UNKNOWN);
}

static struct words why_not(const struct cell_row *cell, bool one_clause)
{
        if (one_clause && !cell)
                return WORDS("Đơn vị không được giao mục này", "The unit does not owe this clause");
        if (one_clause && cell->result.state == CELL_WAIVED)
                return WORDS("Đơn vị được miễn thực hiện có thời hạn", "The unit has a waiver");
        return WORDS("Đơn vị đã đạt hoặc không còn việc phải đôn đốc",
            "The unit has met it, or has nothing left to urge");
}

static int urge_unit(struct urging *u, const struct unit_row *unit, struct text only)
{
        const struct pack *pack = u->c->pack;
        const struct cell_row *last = NULL;
        size_t count = 0;
        int err = 0;

        for (size_t i = 0; i < pack->clause_count && !err; i++) {
                const struct cell_row *cell;

                if (only.len && text_compare(pack->clauses[i].id, only) != 0)
                        continue;
                cell = cell_row_find(u->cells, u->cell_count, unit->id, pack->clauses[i].id);
                last = cell ? cell : last;
                if (!is_open(cell))
                        continue;
                err = urge_cell(u, unit, &pack->clauses[i]);
                count++;
        }
        if (err)
                return err;
        if (!count)
                return skip(u, unit->id.data, why_not(last, only.len > 0));
        return json_array_append_new(u->urged, json_of_text(unit->id)) ? ERR_MEMORY : 0;
}

static int urge_named(struct urging *u, struct text clause, const json_t *units)
{
        int err = 0;

        for (size_t i = 0; i < json_array_size(units) && !err; i++) {
                const char *id = json_string_value(json_array_get(units, i));
                const struct unit_row *unit = NULL;

                for (size_t j = 0; id && j < u->unit_count && !unit; j++)
                        unit = text_is(u->units[j].id, id) ? &u->units[j] : NULL;
                if (unit)
                        err = urge_unit(u, unit, clause);
                else
                        err = skip(u, id ? id : "",
                            WORDS("Đơn vị không thuộc phạm vi quản lý",
                                "The unit is not in your scope"));
        }
        return err;
}

int campaign_urge(json_t **out, struct db *db, const struct clock *clock, const struct scope *scope,
    const struct campaign *c, struct text clause, const json_t *units)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct urging u = { .db = db, .clock = clock, .scope = scope, .c = c };
        int err = scope->role >= ROLE_OFFICE ? arena_new(&arena, 64 << 20) : ERR_DENIED;

        if (!err && clause.len && !pack_clause_find(c->pack, clause))
                err = ERR_MISSING;
        if (!err)
                err = unit_rows_read(&u.units, &u.unit_count, arena, db, scope, clock_now(clock));
        if (!err)
                err = cell_rows_read(&u.cells, &u.cell_count, arena, db, c->id, scope->unit_id);
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        u.urged = json_array();
        u.skipped = json_array();
        err = urge_named(&u, clause, units);
        if (!err)
                err = tell(db, clock, scope, "urge", "directive", c->id, TEXT(""),
                    json_pack("{s:o,s:O}", "clause", json_of_text(clause), "units", u.urged));
        err = end_transaction(db, err);
        if (err) {
                json_decref(u.urged);
                json_decref(u.skipped);
                return err;
        }
        *out = json_pack("{s:o,s:o}", "urged", u.urged, "skipped", u.skipped);
        return *out ? 0 : ERR_MEMORY;
}
