/* office/evidence/cell.c. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/evidence/cell.h"

static const char *const names[] = { "met", "not_met", "waived", "not_applicable", "unknown" };

const char *cell_state_name(enum cell_state state)
{
        return names[state];
}

int cell_state_parse(enum cell_state *out, struct text name)
{
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (text_is(name, names[i])) {
                        *out = (enum cell_state)i;
                        return 0;
                }
        return ERR_FORMAT;
}

/* The first measure in the given state, or NULL. */
static const struct measure_result *first_in(
    const struct measure_result *r, size_t count, enum measure_state s)
{
        for (size_t i = 0; i < count; i++)
                if (r[i].state == s)
                        return &r[i];
        return NULL;
}

/* One person's word among the measures makes the whole cell a person's: the weaker proof names it.
 */
static enum proved_by weakest_proof(
    const struct measure_result *r, size_t count, enum measure_state s)
{
        enum proved_by by = PROVED_BY_NONE;

        for (size_t i = 0; i < count; i++)
                if (r[i].state == s && r[i].proved_by > by)
                        by = r[i].proved_by;
        return by;
}

void cell_combine(struct cell_result *out, const struct measure_result *r, size_t count)
{
        static const struct {
                enum measure_state measure;
                enum cell_state cell;
        } order[] = { { MEASURE_NOT_MET, CELL_NOT_MET }, { MEASURE_UNKNOWN, CELL_UNKNOWN },
                { MEASURE_MET, CELL_MET }, { MEASURE_NOT_APPLICABLE, CELL_NOT_APPLICABLE } };

        *out = (struct cell_result){ .state = CELL_UNKNOWN };
        for (size_t i = 0; i < ARRAY_LEN(order); i++) {
                const struct measure_result *decides = first_in(r, count, order[i].measure);

                if (!decides)
                        continue;
                out->state = order[i].cell;
                out->met = decides->met;
                out->total = decides->total;
                out->proved_by = weakest_proof(r, count, order[i].measure);
                break;
        }
        for (size_t i = 0; i < count; i++) {
                out->expected = r[i].expected > out->expected ? r[i].expected : out->expected;
                out->seen = r[i].seen > out->seen ? r[i].seen : out->seen;
        }
}

void cell_waive(struct cell_result *cell, time_ms until, time_ms now)
{
        if (until > now && cell->state != CELL_MET && cell->state != CELL_NOT_APPLICABLE) {
                cell->state = CELL_WAIVED;
                cell->proved_by = PROVED_BY_NONE;
        }
}
