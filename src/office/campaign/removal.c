/* office/campaign/removal.c: gathers the figures of the report on malware removal. Each is counted
 * from the same facts as the matrix, so that report and matrix cannot say different things.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/evaluation.h"
#include "office/incident/incidents.h"
#include "office/intake/machine_facts.h"
#include "office/registry/trail.h"
#include "system/db/db.h"

struct gather {
        const struct evaluation *e;
        struct malware_removal *out;
        int *unit_of_row;         /* index of e->units for each row of the report */
        struct text *machine_ids; /* of out->machines */
};

static const struct pack_clause *removal_clause(const struct pack *pack)
{
        for (size_t i = 0; i < pack->clause_count; i++)
                for (size_t j = 0; j < pack->clauses[i].measure_count; j++)
                        if (strcmp(pack->clauses[i].measures[j].kind->name, "machines_swept") == 0)
                                return &pack->clauses[i];
        return NULL;
}

static bool row_is_done(const struct victim_fact *v)
{
        return text_is(v->state, "verified") || text_is(v->state, "confirmed") ||
               text_is(v->state, "closed") || text_is(v->state, "waived");
}

/* What counts is when the list came in: its rows speak of weeks before. */
static bool received_between(const struct victim_fact *v, time_ms from, time_ms until)
{
        return v->received_at >= from && v->received_at <= until;
}

static void count_machines(
    struct removal_unit *row, const struct unit_facts *f, time_ms from, time_ms until)
{
        row->machines = f->declared > (int64_t)f->machine_count ? f->declared
                                                                : (int64_t)f->machine_count;
        for (size_t i = 0; i < f->machine_count; i++) {
                const struct machine_fact *m = &f->machines[i];

                row->reporting += m->last_seen_at >= from && m->last_seen_at != 0;
                row->swept += m->last_sweep_at >= from && m->last_sweep_at != 0;
        }
        for (size_t i = 0; i < f->victim_count; i++) {
                if (!received_between(&f->victims[i], from, until))
                        continue;
                row->rows++;
                row->rows_handled += row_is_done(&f->victims[i]);
        }
}

static void count_state(struct malware_removal *r, enum cell_state state)
{
        static const int figure[] = { [CELL_MET] = REMOVAL_UNITS_MET,
                [CELL_NOT_MET] = REMOVAL_UNITS_NOT_MET,
                [CELL_WAIVED] = REMOVAL_UNITS_WAIVED,
                [CELL_UNKNOWN] = REMOVAL_UNITS_UNKNOWN };

        r->figures[REMOVAL_UNITS]++;
        if (state != CELL_NOT_APPLICABLE)
                r->figures[figure[state]]++;
}

static struct text arena_format(
    struct arena *arena, const char *after, int64_t a, int64_t b, const char *between)
{
        char line[256];
        const char *copy;
        int n = snprintf(
            line, sizeof(line), "%lld%s%lld%s", (long long)a, between, (long long)b, after);

        copy = arena_text(
            arena, (struct text){ line, n > 0 && (size_t)n < sizeof(line) ? (size_t)n : 0 });
        return text_of(copy);
}

/* One line of chapter III for a unit whose machines are not all seen. */
static void add_gap(struct gather *g, const struct removal_unit *row)
{
        struct malware_removal *r = g->out;
        struct removal_gap *gap;
        int64_t silent = row->machines - row->reporting;

        if ((silent <= 0 && row->machines > 0) || r->gap_count == MALWARE_REMOVAL_GAPS_MAX)
                return;
        gap = &r->gaps[r->gap_count++];
        gap->label_vi = row->name;
        gap->label_en = row->name;
        if (row->machines == 0) {
                gap->why_vi = TEXT("chưa khai số máy và chưa có máy nào báo về");
                gap->why_en = TEXT("has declared no machines, and none has reported");
                return;
        }
        gap->why_vi = arena_format(
            g->e->arena, " máy chưa báo về trong kỳ", silent, row->machines, " trên ");
        gap->why_en = arena_format(g->e->arena, " machines have not reported in the period", silent,
            row->machines, " of ");
}

/* The machines swept in the period, each with the sweep that proves it. */
static void add_machines(struct gather *g, const struct removal_unit *row, size_t unit)
{
        const struct unit_facts *f = &g->e->facts[unit];
        struct malware_removal *r = g->out;

        for (size_t i = 0; i < f->machine_count; i++) {
                const struct machine_fact *m = &f->machines[i];

                if (!m->last_sweep_at || m->last_sweep_at < r->from ||
                    r->machine_count == MALWARE_REMOVAL_MACHINES_MAX)
                        continue;
                g->machine_ids[r->machine_count] = m->id;
                r->machines[r->machine_count++] = (struct removal_machine){ .unit = row->name,
                        .name = m->name,
                        .sweep_id = m->last_sweep_id,
                        .generation = m->last_sweep_generation,
                        .at = m->last_sweep_at,
                        .files = m->last_sweep_files,
                        .open_hits = m->open_hits };
        }
}

static void note_hits(struct gather *g, struct text machine_id, int64_t hits, int64_t open)
{
        for (size_t i = 0; i < g->out->machine_count; i++)
                if (text_compare(g->machine_ids[i], machine_id) == 0) {
                        g->out->machines[i].hits = hits;
                        g->out->machines[i].open_hits = open;
                        return;
                }
}

static int take_hit(void *state, struct text machine_id, int64_t hits, int64_t open)
{
        struct gather *g = state;

        note_hits(g, machine_id, hits, open);
        for (size_t i = 0; i < g->out->unit_count; i++) {
                const struct unit_facts *f = &g->e->facts[g->unit_of_row[i]];

                for (size_t j = 0; j < f->machine_count; j++)
                        if (text_compare(f->machines[j].id, machine_id) == 0) {
                                g->out->units[i].infected++;
                                g->out->units[i].cleaned += open == 0;
                                return 0;
                        }
        }
        return 0;
}

static int add_unit(struct gather *g, size_t unit, const struct pack_clause *clause)
{
        struct malware_removal *r = g->out;
        struct measure_result results[PACK_MEASURES_MAX];
        struct cell_result cell;
        struct removal_unit *row;
        int err = evaluation_cell(&cell, results, g->e, unit, clause);

        if (err)
                return err;
        if (r->unit_count == MALWARE_REMOVAL_UNITS_MAX)
                return ERR_LIMIT;
        g->unit_of_row[r->unit_count] = (int)unit;
        row = &r->units[r->unit_count++];
        row->name = g->e->units[unit].name;
        row->state = text_of(cell_state_name(cell.state));
        count_machines(row, &g->e->facts[unit], r->from, r->until);
        for (size_t i = 0; i < g->e->facts[unit].victim_count; i++) {
                const struct victim_fact *v = &g->e->facts[unit].victims[i];

                r->figures[REMOVAL_ROWS_PLACED] += v->machine_id.len &&
                                                   received_between(v, r->from, r->until);
        }
        count_state(r, cell.state);
        add_machines(g, row, unit);
        return 0;
}

static void sum_up(struct gather *g)
{
        struct malware_removal *r = g->out;

        for (size_t i = 0; i < r->unit_count; i++) {
                const struct removal_unit *u = &r->units[i];

                r->figures[REMOVAL_MACHINES] += u->machines;
                r->figures[REMOVAL_REPORTING] += u->reporting;
                r->figures[REMOVAL_SWEPT] += u->swept;
                r->figures[REMOVAL_INFECTED] += u->infected;
                r->figures[REMOVAL_CLEANED] += u->cleaned;
                r->figures[REMOVAL_ROWS] += u->rows;
                r->figures[REMOVAL_ROWS_HANDLED] += u->rows_handled;
                add_gap(g, u);
        }
}

/* In the order of the matrix: kinds as in the pack, names within a kind. */
static int gather_units(struct gather *g, const struct pack_clause *clause)
{
        int err = 0;

        for (size_t kind = 0; kind < g->e->campaign->pack->unit_kind_count && !err; kind++)
                for (size_t i = 0; i < g->e->unit_count && !err; i++)
                        if (g->e->units[i].kind_index == (int)kind &&
                            evaluation_owes(g->e, i, clause))
                                err = add_unit(g, i, clause);
        return err;
}

/* The text with "{issuer}" said in full, or NULL data without room. */
static struct text say_issuer(struct arena *arena, struct text text, struct text issuer)
{
        const struct text place = TEXT("{issuer}");
        const char *at = memmem(text.data, text.len, place.data, place.len);
        size_t before = at ? (size_t)(at - text.data) : 0, len = text.len - place.len + issuer.len;
        char *said;

        if (!at)
                return text;
        said = arena_zero(arena, len, 1);
        if (!said)
                return (struct text){ NULL, 0 };
        memcpy(said, text.data, before);
        memcpy(said + before, issuer.data, issuer.len);
        memcpy(said + before + issuer.len, at + place.len, text.len - before - place.len);
        return (struct text){ said, len };
}

/* The office's own name for itself and for who directs it, or what the pack says: the sample
 * district carries out the letter of a real one. */
static int take_office_words(
    struct malware_removal *r, struct arena *arena, struct db *db, const struct pack *pack)
{
        const struct {
                const char *name;
                struct text *at, other;
        } words[] = { { "parent_name", &r->parent, pack->issuer.vi },
                { "office_name", &r->issuer, pack->reporting_office.vi },
                { "authority", &r->authority, pack->layout_authority },
                { "directive_issuer", &r->addressee, pack->issuer.vi },
                { "place", &r->place, TEXT("") } };

        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
                const char *value = NULL;
                int err = setting_read(&value, arena, db, words[i].name);

                if (err && err != ERR_MISSING)
                        return err;
                *words[i].at = err || !*value ? words[i].other : text_of(value);
        }
        r->basis = say_issuer(arena, pack->layout_basis, r->addressee);
        return r->basis.data ? 0 : ERR_LIMIT;
}

int campaign_removal_figures(struct malware_removal *out, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct campaign *c, time_ms from,
    time_ms until)
{
        const struct pack_clause *clause = removal_clause(c->pack);
        const struct pack *p = c->pack;
        struct evaluation e;
        struct gather g = { .e = &e, .out = out };
        int err = clause ? evaluation_read(&e, arena, db, clock, scope, c) : ERR_MISSING;

        if (err)
                return err;
        *out = (struct malware_removal){ .directive = p->number,
                .subject = p->layout_subject,
                .from = from,
                .until = until,
                .as_of = e.now,
                .issued_on = p->issued_on,
                .due_at = clause->due_at };
        out->units = arena_zero(arena, MALWARE_REMOVAL_UNITS_MAX, sizeof(*out->units));
        out->gaps = arena_zero(arena, MALWARE_REMOVAL_GAPS_MAX, sizeof(*out->gaps));
        out->machines = arena_zero(arena, MALWARE_REMOVAL_MACHINES_MAX, sizeof(*out->machines));
        g.unit_of_row = arena_zero(arena, MALWARE_REMOVAL_UNITS_MAX, sizeof(int));
        g.machine_ids = arena_zero(arena, MALWARE_REMOVAL_MACHINES_MAX, sizeof(struct text));
        if (!out->units || !out->gaps || !out->machines || !g.unit_of_row || !g.machine_ids)
                return ERR_LIMIT;
        err = take_office_words(out, arena, db, p);
        if (!err)
                err = gather_units(&g, clause);
        if (!err)
                err = machine_hits_each(db, scope, from, until, take_hit, &g);
        if (err)
                return err;
        sum_up(&g);
        return incidents_count(&out->figures[REMOVAL_INCIDENTS],
            &out->figures[REMOVAL_INCIDENTS_CLOSED], db, scope, from, until);
}
