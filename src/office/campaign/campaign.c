/* office/campaign/campaign.c: loads a pack, and turns facts into cells: one pass over machines,
 * then units × clauses in memory; only cells that differ are written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/evaluation.h"
#include "office/registry/trail.h"
#include "office/registry/units.h"
#include "system/db/db.h"

enum { DIRECTIVES_MAX = 16 };

int campaign_load(char id[ULID_MAX], struct db *db, const struct clock *clock, struct text json,
    struct pack_faults *faults)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct pack *pack = NULL;
        int err = arena_new(&arena, 16 << 20);

        if (!err)
                err = pack_parse(&pack, arena, json, faults);
        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = directive_row_put(id, db, clock, pack);
        if (!err)
                err = registry_changed(
                    db, clock, "registry", id, NULL); /* so that the next refresh evaluates */
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        return err;
}

int campaign_open(
    struct campaign **out, struct arena *arena, struct db *db, struct text directive_id)
{
        struct campaign *c = arena_zero(arena, 1, sizeof(*c));
        struct pack_faults faults;
        struct text body;
        int err = c ? directive_row_read(c->id, &body, arena, db, directive_id) : ERR_LIMIT;

        if (!err)
                err = pack_parse(&c->pack, arena, body, &faults);
        if (!err)
                *out = c;
        return err;
}

int campaign_list_json(json_t **out, struct db *db)
{
        json_t *list = NULL;
        int err = directive_rows_json(&list, db);

        if (err)
                return err;
        *out = json_pack("{s:o}", "directives", list);
        return *out ? 0 : ERR_MEMORY;
}

static int compare_units(const void *a, const void *b)
{
        const struct unit_row *const *x = a, *const *y = b;

        return text_compare((*x)->id, (*y)->id);
}

int text_compare(struct text a, struct text b)
{
        int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

        return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

int evaluation_unit_index(const struct evaluation *e, struct text unit_id)
{
        size_t low = 0, high = e->unit_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = text_compare(e->by_id[middle]->id, unit_id);

                if (order == 0)
                        return (int)(e->by_id[middle] - e->units);
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return -1;
}

/* Machines of a unit that the letter does not name (a school, a division) count for the nearest
 * unit above it that it does name; without one they count for nobody in this matrix. */
static int find_owner(const struct evaluation *e, const struct unit_row *u)
{
        for (int depth = 0; depth < 32 && u; depth++) {
                int above;

                if (u->kind_index >= 0)
                        return (int)(u - e->units);
                above = evaluation_unit_index(e, u->parent_id);
                u = above < 0 ? NULL : &e->units[above];
        }
        return -1;
}

static int owner_of(void *state, struct text unit_id)
{
        const struct evaluation *e = state;
        int i = evaluation_unit_index(e, unit_id);

        return i < 0 ? -1 : e->units[i].owner;
}

static int read_units(struct evaluation *e, struct db *db, const struct scope *scope)
{
        int err = unit_rows_read(&e->units, &e->unit_count, e->arena, db, scope, e->now);

        if (err)
                return err;
        e->by_id = arena_zero(e->arena, e->unit_count + 1, sizeof(struct unit_row *));
        e->facts = arena_zero(e->arena, e->unit_count + 1, sizeof(struct unit_facts));
        if (!e->by_id || !e->facts)
                return ERR_LIMIT;
        for (size_t i = 0; i < e->unit_count; i++) {
                e->by_id[i] = &e->units[i];
                e->units[i].kind_index = pack_unit_kind_index(e->campaign->pack, e->units[i].kind);
        }
        qsort(e->by_id, e->unit_count, sizeof(struct unit_row *), compare_units);
        for (size_t i = 0; i < e->unit_count; i++) {
                struct unit_row *u = &e->units[i];

                u->owner = find_owner(e, u);
                if (u->owner >= 0)
                        e->facts[u->owner].declared += u->declared;
        }
        return 0;
}

/* Attestations come ordered by unit: each unit's stand beside each other. */
static void place_attestations(struct evaluation *e)
{
        for (size_t i = 0; i < e->attestation_count;) {
                struct text unit_id = e->attestations[i].unit_id;
                int unit = evaluation_unit_index(e, unit_id);
                size_t n = 1;

                while (i + n < e->attestation_count &&
                       text_compare(e->attestations[i + n].unit_id, unit_id) == 0)
                        n++;
                if (unit >= 0) {
                        e->facts[unit].attestations = &e->attestations[i];
                        e->facts[unit].attestation_count = n;
                }
                i += n;
        }
}

int evaluation_read(struct evaluation *e, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct campaign *c)
{
        struct fact_owners owners = { owner_of, e, 0 };
        int err;

        *e = (struct evaluation){ .arena = arena, .campaign = c, .now = clock_now(clock) };
        err = read_units(e, db, scope);
        if (!err) {
                owners.owner_count = e->unit_count;
                err = office_facts_read(e->facts, arena, db, scope, &owners);
        }
        if (!err)
                err = attestation_rows_read(
                    &e->attestations, &e->attestation_count, arena, db, scope, c->id);
        if (!err)
                err = waiver_rows_read(
                    &e->waivers, &e->waiver_count, arena, db, scope, c->id, e->now);
        if (!err)
                place_attestations(e);
        return err;
}

bool evaluation_owes(const struct evaluation *e, size_t unit, const struct pack_clause *clause)
{
        int kind = e->units[unit].kind_index;

        return kind >= 0 && (clause->owed_by >> kind & 1);
}

const struct waiver_row *evaluation_waiver(
    const struct evaluation *e, struct text unit_id, struct text clause)
{
        for (size_t i = 0; i < e->waiver_count; i++)
                if (text_compare(e->waivers[i].unit_id, unit_id) == 0 &&
                    text_compare(e->waivers[i].clause, clause) == 0)
                        return &e->waivers[i];
        return NULL;
}

int evaluation_cell(struct cell_result *out, struct measure_result *results,
    const struct evaluation *e, size_t unit, const struct pack_clause *clause)
{
        const struct pack *pack = e->campaign->pack;
        struct measure_context context = { .now = e->now,
                .clause = clause->id,
                .support = pack->support,
                .support_count = pack->support_count };
        const struct waiver_row *waiver;

        for (size_t i = 0; i < clause->measure_count; i++) {
                int err = measure_evaluate(
                    &results[i], &clause->measures[i], &e->facts[unit], &context, NULL);

                if (err)
                        return err;
        }
        cell_combine(out, results, clause->measure_count);
        waiver = evaluation_waiver(e, e->units[unit].id, clause->id);
        if (waiver)
                cell_waive(out, waiver->until, e->now);
        return 0;
}

static int compare_cell_to(const struct cell_row *c, struct text unit_id, struct text clause)
{
        int order = text_compare(c->unit_id, unit_id);

        return order ? order : text_compare(c->clause, clause);
}

const struct cell_row *cell_row_find(
    const struct cell_row *cells, size_t count, struct text unit_id, struct text clause)
{
        size_t low = 0, high = count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = compare_cell_to(&cells[middle], unit_id, clause);

                if (order == 0)
                        return &cells[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

static bool same_result(const struct cell_result *a, const struct cell_result *b)
{
        return a->state == b->state && a->proved_by == b->proved_by && a->met == b->met &&
               a->total == b->total && a->seen == b->seen && a->expected == b->expected;
}

/* Writes the cell when it differs from what is kept. A new state remembers the one before. */
static int keep_cell(struct db *db, const struct evaluation *e, const struct cell_row *old,
    struct text unit_id, struct text clause, const struct cell_result *result, size_t *changed)
{
        struct cell_row row = {
                .unit_id = unit_id, .clause = clause, .result = *result, .changed_at = e->now
        };

        if (old && same_result(&old->result, result))
                return 0;
        if (old) {
                bool moved = old->result.state != result->state;

                row.changed_at = moved ? e->now : old->changed_at;
                row.before = moved ? old->result.state : old->before;
                row.has_before = moved || old->has_before;
        }
        (*changed)++;
        return cell_row_put(db, e->campaign->id, &row, e->now);
}

struct kept_cells {
        struct cell_row *rows;
        size_t count;
};

static int keep_all(
    struct db *db, const struct evaluation *e, const struct kept_cells *kept, size_t *changed)
{
        const struct pack *pack = e->campaign->pack;
        struct measure_result results[PACK_MEASURES_MAX];
        int err = 0;

        for (size_t u = 0; u < e->unit_count && !err; u++)
                for (size_t c = 0; c < pack->clause_count && !err; c++) {
                        const struct pack_clause *clause = &pack->clauses[c];
                        struct cell_result result;

                        if (!evaluation_owes(e, u, clause))
                                continue;
                        err = evaluation_cell(&result, results, e, u, clause);
                        if (!err)
                                err = keep_cell(db, e,
                                    cell_row_find(
                                        kept->rows, kept->count, e->units[u].id, clause->id),
                                    e->units[u].id, clause->id, &result, changed);
                }
        return err;
}

/* Cells of clauses or units that owe nothing any more: a new version of the pack, another kind of
 * unit. */
static int forget_others(
    struct db *db, const struct evaluation *e, const struct kept_cells *kept, size_t *changed)
{
        int err = 0;

        for (size_t i = 0; i < kept->count && !err; i++) {
                int unit = evaluation_unit_index(e, kept->rows[i].unit_id);
                const struct pack_clause *clause = pack_clause_find(
                    e->campaign->pack, kept->rows[i].clause);

                if (unit >= 0 && clause && evaluation_owes(e, (size_t)unit, clause))
                        continue;
                err = cell_row_delete(db, e->campaign->id, &kept->rows[i]);
                (*changed)++;
        }
        return err;
}

static int evaluate_inside(struct db *db, const struct clock *clock, const struct campaign *c,
    struct arena *arena, size_t *changed)
{
        char root[ULID_MAX];
        struct scope everything = { .unit_id = root,
                .account_id = "",
                .actor = "canh",
                .address = "",
                .role = ROLE_ADMINISTRATOR };
        struct kept_cells kept = { NULL, 0 };
        struct evaluation e;
        int err = unit_root(root, db);

        if (err)
                return err == ERR_MISSING ? 0 : err; /* an empty office has no cells */
        err = evaluation_read(&e, arena, db, clock, &everything, c);
        if (!err)
                err = cell_rows_read(&kept.rows, &kept.count, arena, db, c->id, root);
        if (!err)
                err = keep_all(db, &e, &kept, changed);
        if (!err)
                err = forget_others(db, &e, &kept, changed);
        if (!err && *changed)
                err = registry_changed(db, clock, "matrix", c->id, NULL);
        return err;
}

int campaign_evaluate(
    struct db *db, const struct clock *clock, const struct campaign *c, size_t *changed)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        size_t count = 0;
        int err = arena_new(&arena, CAMPAIGN_ARENA_MAX);

        if (!err)
                err = db_begin(db);
        if (err)
                return err;
        err = evaluate_inside(db, clock, c, arena, &count);
        if (!err)
                err = db_commit(db);
        if (err)
                db_rollback(db);
        else if (changed)
                *changed = count;
        return err;
}

int campaign_refresh(struct db *db, const struct clock *clock, time_ms older_ms)
{
        AUTO(arena_free_at) struct arena *own = NULL;
        struct evaluated_row last, now = { .at = clock_now(clock) };
        char ids[DIRECTIVES_MAX][ULID_MAX];
        size_t count = 0;
        int err = arena_new(&own, 1 << 16);

        if (!err)
                err = evaluated_row_read(&last, own, db);
        if (!err)
                err = registry_change_last(&now.change, db, "matrix");
        if (err || (last.change == now.change && now.at - last.at < older_ms && now.at >= last.at))
                return err;
        err = directive_rows_active(ids, &count, DIRECTIVES_MAX, db);
        for (size_t i = 0; i < count && !err; i++) {
                AUTO(arena_free_at) struct arena *arena = NULL;
                struct campaign *c;

                err = arena_new(&arena, 16 << 20);
                if (!err)
                        err = campaign_open(&c, arena, db, text_of(ids[i]));
                if (!err)
                        err = campaign_evaluate(db, clock, c, NULL);
        }
        return err ? err : evaluated_row_put(db, clock, &now);
}
