/* office/campaign/matrix_json.c: GET /matrix, cut by scope, in the shape of docs/api.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "codec/timestamp.h"
#include "office/campaign/evaluation.h"
#include "office/campaign/json_parts.h"
#include "office/registry/units.h"
#include "system/db/db.h"

struct counts {
        int64_t met, total, by_machine, by_person, not_met, unknown, waived;
};

struct matrix {
        const struct evaluation *e;
        struct cell_row *cells;
        size_t cell_count;
        struct counts totals, columns[PACK_CLAUSES_MAX];
        int64_t machines, reporting;
};

int64_t late_days(const struct pack *pack, enum cell_state state, time_ms due_at, time_ms now)
{
        if ((state != CELL_NOT_MET && state != CELL_UNKNOWN) || now <= due_at ||
            pack_ended(pack, now))
                return 0;
        return (now - due_at + DAY_MS - 1) / DAY_MS;
}

static void count_cell(struct counts *n, const struct cell_result *r)
{
        if (r->state == CELL_NOT_APPLICABLE)
                return;
        n->total++;
        n->met += r->state == CELL_MET;
        n->by_machine += r->state == CELL_MET && r->proved_by == PROVED_BY_MACHINE;
        n->by_person += r->state == CELL_MET && r->proved_by == PROVED_BY_PERSON;
        n->not_met += r->state == CELL_NOT_MET;
        n->unknown += r->state == CELL_UNKNOWN;
        n->waived += r->state == CELL_WAIVED;
}

/* Which way a cell moved in the last day; a move between unknown and not met is neither. */
static const char *changed_word(const struct cell_row *c, time_ms now)
{
        static const int rank[] = { [CELL_MET] = 0,
                [CELL_WAIVED] = 1,
                [CELL_NOT_APPLICABLE] = 1,
                [CELL_UNKNOWN] = 2,
                [CELL_NOT_MET] = 2 };
        int moved = c->has_before ? rank[c->result.state] - rank[c->before] : 0;

        if (!moved || now - c->changed_at > DAY_MS)
                return NULL;
        return moved < 0 ? "better" : "worse";
}

static json_t *cell_json(
    const struct matrix *m, const struct cell_row *c, const struct pack_clause *clause)
{
        const struct cell_result *r = &c->result;
        const struct waiver_row *w = r->state == CELL_WAIVED
                                         ? evaluation_waiver(m->e, c->unit_id, c->clause)
                                         : NULL;
        json_t *cell = json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:s?,s:I}", "state",
            cell_state_name(r->state), "proved_by", proved_by_name(r->proved_by), "met",
            (json_int_t)r->met, "total", (json_int_t)r->total, "seen", (json_int_t)r->seen,
            "expected", (json_int_t)r->expected, "changed", changed_word(c, m->e->now), "late_days",
            (json_int_t)late_days(m->e->campaign->pack, r->state, clause->due_at, m->e->now));

        if (w)
                (void)json_object_set_new(cell, "until", json_of_time(w->until));
        return cell;
}

static int64_t reporting_of(const struct unit_facts *f, time_ms now)
{
        int64_t n = 0;

        for (size_t i = 0; i < f->machine_count; i++)
                n += f->machines[i].last_seen_at && f->machines[i].last_seen_at >= now - DAY_MS;
        return n;
}

static int64_t machines_of(const struct unit_facts *f)
{
        return f->declared > (int64_t)f->machine_count ? f->declared : (int64_t)f->machine_count;
}

/* One row, or NULL when the unit owes nothing. */
static json_t *matrix_row(struct matrix *m, size_t unit)
{
        const struct unit_row *u = &m->e->units[unit];
        const struct unit_facts *f = &m->e->facts[unit];
        const struct pack *pack = m->e->campaign->pack;
        json_t *cells = json_object();
        struct counts own = { 0 };
        int64_t late = 0;

        for (size_t i = 0; i < pack->clause_count; i++) {
                const struct pack_clause *clause = &pack->clauses[i];
                const struct cell_row *c = cell_row_find(
                    m->cells, m->cell_count, u->id, clause->id);
                int64_t days;

                if (!c || !evaluation_owes(m->e, unit, clause))
                        continue;
                days = late_days(pack, c->result.state, clause->due_at, m->e->now);
                late = days > late ? days : late;
                count_cell(&own, &c->result);
                count_cell(&m->totals, &c->result);
                count_cell(&m->columns[i], &c->result);
                (void)json_object_set_new(cells, clause->id.data, cell_json(m, c, clause));
        }
        if (!json_object_size(cells)) {
                json_decref(cells);
                return NULL;
        }
        m->machines += machines_of(f);
        m->reporting += reporting_of(f, m->e->now);
        return json_pack("{s:s,s:s,s:s,s:o,s:I,s:I,s:I,s:I,s:I,s:o}", "id", u->id.data, "name",
            u->name.data, "kind", u->kind.data, "kind_label",
            json_of_words(pack->unit_kinds[u->kind_index].title), "machines",
            (json_int_t)machines_of(f), "reporting", (json_int_t)reporting_of(f, m->e->now),
            "late_days", (json_int_t)late, "met", (json_int_t)own.met, "total",
            (json_int_t)own.total, "cells", cells);
}

/* Kinds in the pack's order, names within a kind in the order of the alphabet. */
static json_t *units_json_of(struct matrix *m)
{
        const struct pack *pack = m->e->campaign->pack;
        json_t *units = json_array();

        for (size_t kind = 0; kind < pack->unit_kind_count; kind++)
                for (size_t i = 0; i < m->e->unit_count; i++) {
                        json_t *row;

                        if (m->e->units[i].kind_index != (int)kind)
                                continue;
                        row = matrix_row(m, i);
                        if (row)
                                (void)json_array_append_new(units, row);
                }
        return units;
}

static json_t *clauses_json(const struct pack *pack)
{
        json_t *array = json_array();

        for (size_t i = 0; i < pack->clause_count; i++) {
                const struct pack_clause *c = &pack->clauses[i];

                (void)json_array_append_new(array,
                    json_pack("{s:s,s:s,s:o,s:o}", "id", c->id.data, "label", c->label.data,
                        "title", json_of_words(c->title), "due_at", json_of_time(c->due_at)));
        }
        return array;
}

static json_t *directive_json(const struct campaign *c, time_ms now)
{
        const struct pack *p = c->pack;
        json_t *d = json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "id", c->id, "pack", p->id.data,
            "number", p->number.data, "title", json_of_words(p->title), "issued_on",
            json_of_time(p->issued_on), "due_at", json_of_time(p->due_at));

        (void)json_object_set_new(
            d, "ended_at", pack_ended(p, now) ? json_of_time(p->ends_at) : json_null());
        (void)json_object_set_new(d, "holiday",
            p->has_holiday
                ? json_pack("{s:o,s:o,s:o,s:o}", "from", json_of_time(p->holiday_from), "to",
                      json_of_time(p->holiday_to), "first_day", json_of_time(p->holiday_first),
                      "name", json_of_words(p->holiday_name))
                : json_null());
        return d;
}

static json_t *columns_json(const struct matrix *m)
{
        const struct pack *pack = m->e->campaign->pack;
        json_t *columns = json_object();

        for (size_t i = 0; i < pack->clause_count; i++) {
                const struct counts *n = &m->columns[i];

                (void)json_object_set_new(columns, pack->clauses[i].id.data,
                    json_pack("{s:I,s:I,s:I,s:I,s:I}", "met", (json_int_t)n->met, "total",
                        (json_int_t)n->total, "unknown", (json_int_t)n->unknown, "not_met",
                        (json_int_t)n->not_met, "waived", (json_int_t)n->waived));
        }
        return columns;
}

static json_t *totals_json(const struct matrix *m)
{
        const struct counts *n = &m->totals;

        return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "met", (json_int_t)n->met,
            "total", (json_int_t)n->total, "by_machine", (json_int_t)n->by_machine, "by_person",
            (json_int_t)n->by_person, "not_met", (json_int_t)n->not_met, "unknown",
            (json_int_t)n->unknown, "waived", (json_int_t)n->waived, "reporting",
            (json_int_t)m->reporting, "machines", (json_int_t)m->machines);
}

int campaign_matrix_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        struct evaluation e;
        struct matrix m = { .e = &e };
        json_t *units;
        int err = arena_new(&arena, CAMPAIGN_ARENA_MAX);

        if (!err)
                err = evaluation_read(&e, arena, db, clock, scope, c);
        if (!err)
                err = cell_rows_read(&m.cells, &m.cell_count, arena, db, c->id, scope->unit_id);
        if (err)
                return err;
        units = units_json_of(&m); /* before the rest: it adds up totals and columns */
        *out = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "directive", directive_json(c, e.now),
            "as_of", json_of_time(e.now), "clauses", clauses_json(c->pack), "units", units,
            "totals", totals_json(&m), "columns", columns_json(&m));
        return *out ? 0 : ERR_MEMORY;
}

int campaign_cells_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, const char *unit_id)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct scope own = { .unit_id = unit_id };
        struct evaluation e;
        struct matrix m = { .e = &e };
        json_t *row = NULL;
        int unit, err = unit_in_scope(db, scope, unit_id);

        if (!err)
                err = arena_new(&arena, CAMPAIGN_ARENA_MAX);
        if (!err)
                err = evaluation_read(&e, arena, db, clock, &own, c);
        if (!err)
                err = cell_rows_read(&m.cells, &m.cell_count, arena, db, c->id, unit_id);
        if (err)
                return err;
        unit = evaluation_unit_index(&e, text_of(unit_id));
        if (unit >= 0 && e.units[unit].kind_index >= 0)
                row = matrix_row(&m, (size_t)unit);
        *out = row ? json_incref(json_object_get(row, "cells")) : json_object();
        json_decref(row);
        return *out ? 0 : ERR_MEMORY;
}
