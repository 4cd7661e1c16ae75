/* office/campaign/proof_json.c: GET /matrix/{unit}/{clause}: why a cell is what it is, down to the
 * rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/campaign/evaluation.h"
#include "office/campaign/json_parts.h"
#include "office/registry/units.h"
#include "system/db/db.h"

enum { MISSING_SHOWN = 200, PROOFS_SHOWN = 200 };

struct gathered {
        json_t *missing, *proofs;
        size_t missing_total;
        const struct evaluation *e;
};

static json_t *named(struct text id, struct text name, const char *label)
{
        return json_pack("{s:o,s:o}", "id", json_of_text(id), label, json_of_text(name));
}

static int take_missing(void *state, const struct measure_missing *m)
{
        struct gathered *g = state;
        json_t *row;

        if (g->missing_total++ >= MISSING_SHOWN)
                return 0;
        row = json_pack("{s:o}", "why", json_of_words(m->why));
        if (m->finding_id.len)
                (void)json_object_set_new(row, "finding", named(m->finding_id, m->name, "title"));
        else if (m->machine_id.len)
                (void)json_object_set_new(row, "machine", named(m->machine_id, m->name, "name"));
        return json_array_append_new(g->missing, row) ? ERR_MEMORY : 0;
}

/* "<before><name><after>" in both languages. */
static json_t *around(const char *before_vi, const char *before_en, struct text name,
    const char *after_vi, const char *after_en)
{
        char vi[512], en[512];

        (void)snprintf(vi, sizeof(vi), "%s%.*s%s", before_vi, TEXT_ARGS(name), after_vi);
        (void)snprintf(en, sizeof(en), "%s%.*s%s", before_en, TEXT_ARGS(name), after_en);
        return json_pack("{s:s,s:s}", "vi", vi, "en", en);
}

static json_t *sweep_title(const struct measure_proof *p)
{
        const struct machine_fact *m = p->machine;
        char vi[64], en[64];

        if (!m->open_hits)
                return around(
                    "Rà quét ", "Sweep of ", m->name, ": không phát hiện mã độc", ": clean");
        (void)snprintf(vi, sizeof(vi), ": còn %lld tệp mã độc", (long long)m->open_hits);
        (void)snprintf(en, sizeof(en), ": %lld malware files left", (long long)m->open_hits);
        return around("Rà quét ", "Sweep of ", m->name, vi, en);
}

static json_t *sweep_detail(const struct machine_fact *m)
{
        char vi[400], en[400];

        (void)snprintf(vi, sizeof(vi), "%lld tệp, tập luật %.*s", (long long)m->last_sweep_files,
            TEXT_ARGS(m->last_sweep_generation));
        (void)snprintf(en, sizeof(en), "%lld files, rules %.*s", (long long)m->last_sweep_files,
            TEXT_ARGS(m->last_sweep_generation));
        return json_pack("{s:s,s:s}", "vi", vi, "en", en);
}

/* Whether the row is there that a proof of this kind speaks of. */
static bool has_subject(const struct measure_proof *p)
{
        switch (p->kind) {
        case PROOF_VICTIM:
                return p->victim;
        case PROOF_ATTESTATION:
                return p->attestation;
        default:
                return p->machine;
        }
}

static void titles(json_t **title, json_t **detail, const struct measure_proof *p)
{
        const struct machine_fact *m = p->machine;

        switch (p->kind) {
        case PROOF_SWEEP:
                *title = sweep_title(p);
                *detail = sweep_detail(m);
                return;
        case PROOF_INVENTORY:
                *title = around("Danh mục phần mềm của ", "Inventory of ", m->name, "", "");
                *detail = json_of_words((struct words){ m->os_name, m->os_name });
                return;
        case PROOF_CONTACT:
                *title = around("", "", m->name, " báo về", " reported");
                *detail = json_of_words((struct words){ m->os_name, m->os_name });
                return;
        case PROOF_VICTIM:
                *title = around(
                    "", "", p->victim->src_ip, " trong danh sách botnet", " on the botnet list");
                *detail = json_of_words((struct words){ p->victim->malware, p->victim->malware });
                return;
        case PROOF_ATTESTATION:
                *title = around("", "Attested by ", p->attestation->by_name, " xác nhận", "");
                *detail = json_of_words(
                    (struct words){ p->attestation->body, p->attestation->body });
                return;
        }
}

static int take_proof(void *state, const struct measure_proof *p)
{
        static const char *const states[] = { "met", "not_met", "unknown", "not_applicable" };
        struct gathered *g = state;
        struct text machine = p->machine  ? p->machine->id
                              : p->victim ? p->victim->machine_id
                                          : TEXT("");
        json_t *title = NULL, *detail = NULL, *row;

        if (!has_subject(p))
                return ERR_BUG;
        if (json_array_size(g->proofs) >= PROOFS_SHOWN * 10)
                return 0;
        titles(&title, &detail, p);
        row = json_pack("{s:s,s:o,s:o,s:o,s:s}", "kind", measure_proof_kind_name(p->kind), "at",
            json_of_time(p->at), "title", title, "detail", detail, "state", states[p->verdict]);
        if (!row)
                return ERR_MEMORY;
        if (machine.len)
                (void)json_object_set_new(row, "link",
                    json_pack("{s:s,s:o}", "page", "machine", "id", json_of_text(machine)));
        return json_array_append_new(g->proofs, row) ? ERR_MEMORY : 0;
}

static int measure_json(json_t **out, struct gathered *g, size_t unit,
    const struct pack_clause *clause, const struct measure_rule *rule, struct measure_result *r)
{
        const struct pack *pack = g->e->campaign->pack;
        struct measure_context context = { .now = g->e->now,
                .clause = clause->id,
                .support = pack->support,
                .support_count = pack->support_count };
        struct measure_sink sink = { take_missing, take_proof, g };
        int err;

        g->missing = json_array();
        g->missing_total = 0;
        err = measure_evaluate(r, rule, &g->e->facts[unit], &context, &sink);
        if (err) {
                json_decref(g->missing);
                return err;
        }
        *out = json_pack("{s:s,s:s,s:o,s:s,s:s,s:I,s:I,s:I,s:o}", "id", rule->id.data, "kind",
            rule->kind->name, "title", json_of_words(rule->title), "state",
            measure_state_name(r->state), "proved_by", proved_by_name(r->proved_by), "met",
            (json_int_t)r->met, "total", (json_int_t)r->total, "missing_total",
            (json_int_t)g->missing_total, "missing", g->missing);
        return *out ? 0 : ERR_MEMORY;
}

static int newest_first(const void *a, const void *b)
{
        json_t *const *x = a, *const *y = b;

        return strcmp(json_string_value(json_object_get(*y, "at")),
            json_string_value(json_object_get(*x, "at")));
}

/* RFC 3339 in UTC sorts as text. Two measures may read the same row of a machine: it is shown once.
 */
static json_t *evidence_json(struct arena *arena, const json_t *proofs)
{
        size_t n = json_array_size(proofs), shown = 0;
        json_t **rows = arena_zero(arena, n + 1, sizeof(json_t *));
        json_t *array = json_array();

        for (size_t i = 0; rows && i < n; i++)
                rows[i] = json_array_get(proofs, i);
        if (rows)
                qsort(rows, n, sizeof(json_t *), newest_first);
        for (size_t i = 0; rows && i < n && shown < PROOFS_SHOWN; i++) {
                bool again = false;

                for (size_t j = i > 8 ? i - 8 : 0; j < i && !again; j++)
                        again = json_equal(json_object_get(rows[i], "title"),
                                    json_object_get(rows[j], "title")) &&
                                json_equal(
                                    json_object_get(rows[i], "at"), json_object_get(rows[j], "at"));
                if (again)
                        continue;
                (void)json_array_append(array, rows[i]);
                shown++;
        }
        return array;
}

static json_t *attestations_json(const struct evaluation *e, size_t unit, struct text clause)
{
        const struct unit_facts *f = &e->facts[unit];
        json_t *array = json_array();

        for (size_t i = f->attestation_count; i-- > 0;) {
                const struct attestation_fact *a = &f->attestations[i];

                if (text_compare(a->clause, clause) == 0)
                        (void)json_array_append_new(
                            array, json_pack("{s:s,s:s,s:s,s:o,s:s}", "id", a->id.data, "measure",
                                       a->measure.data, "by", a->by_name.data, "at",
                                       json_of_time(a->at), "body", a->body.data));
        }
        return array;
}

static json_t *waiver_json(const struct waiver_row *w)
{
        if (!w)
                return json_null();
        return json_pack("{s:s,s:s,s:o,s:s}", "id", w->id.data, "reason", w->reason.data, "until",
            json_of_time(w->until), "by", w->by.data);
}

static int measures_json(json_t **out, struct gathered *g, size_t unit,
    const struct pack_clause *clause, struct measure_result *results)
{
        json_t *array = json_array();

        for (size_t i = 0; i < clause->measure_count; i++) {
                json_t *one = NULL;
                int err = measure_json(&one, g, unit, clause, &clause->measures[i], &results[i]);

                if (err) {
                        json_decref(array);
                        return err;
                }
                (void)json_array_append_new(array, one);
        }
        *out = array;
        return 0;
}

static int proof_of(json_t **out, struct db *db, const struct evaluation *e, size_t unit,
    const struct pack_clause *clause)
{
        struct gathered g = { .e = e, .proofs = json_array() };
        struct measure_result results[PACK_MEASURES_MAX];
        const struct unit_row *u = &e->units[unit];
        json_t *measures = NULL, *urges = NULL;
        struct cell_result cell;
        int err = measures_json(&measures, &g, unit, clause, results);

        if (!err)
                err = evaluation_cell(&cell, results, e, unit, clause);
        if (!err)
                err = urge_rows_json(&urges, db, e->campaign->id, u->id, clause->id);
        if (err) {
                json_decref(measures);
                json_decref(g.proofs);
                return err;
        }
        *out = json_pack(
            "{s:o,s:{s:s,s:s,s:o,s:o},s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "unit",
            named(u->id, u->name, "name"), "clause", "id", clause->id.data, "label",
            clause->label.data, "title", json_of_words(clause->title), "quote",
            json_of_words(clause->quote), "state", cell_state_name(cell.state), "proved_by",
            proved_by_name(cell.proved_by), "as_of", json_of_time(e->now), "due_at",
            json_of_time(clause->due_at), "late_days",
            (json_int_t)late_days(e->campaign->pack, cell.state, clause->due_at, e->now), "seen",
            (json_int_t)cell.seen, "expected", (json_int_t)cell.expected, "measures", measures,
            "evidence", evidence_json(e->arena, g.proofs), "waiver",
            waiver_json(evaluation_waiver(e, u->id, clause->id)), "attestations",
            attestations_json(e, unit, clause->id), "urges", urges);
        json_decref(g.proofs);
        return *out ? 0 : ERR_MEMORY;
}

static int text_in_scope(struct db *db, const struct scope *scope, struct text unit_id)
{
        char id[ULID_MAX];

        return text_copy(id, sizeof(id), unit_id) ? ERR_MISSING : unit_in_scope(db, scope, id);
}

int campaign_proof_json(json_t **out, struct db *db, const struct clock *clock,
    const struct scope *scope, const struct campaign *c, struct text unit_id, struct text clause_id)
{
        AUTO(arena_free_at) struct arena *arena = NULL;
        const struct pack_clause *clause = pack_clause_find(c->pack, clause_id);
        char id[ULID_MAX];
        struct scope of_unit = *scope;
        struct evaluation e;
        int unit, err = clause && !text_copy(id, sizeof(id), unit_id) ? 0 : ERR_MISSING;

        if (!err)
                err = text_in_scope(db, scope, unit_id);
        if (!err)
                err = arena_new(&arena, CAMPAIGN_ARENA_MAX);
        if (err)
                return err;
        of_unit.unit_id = id; /* only the machines of this unit and below it are read */
        err = evaluation_read(&e, arena, db, clock, &of_unit, c);
        if (err)
                return err;
        unit = evaluation_unit_index(&e, unit_id);
        if (unit < 0 || !evaluation_owes(&e, (size_t)unit, clause))
                return ERR_MISSING;
        return proof_of(out, db, &e, (size_t)unit, clause);
}
