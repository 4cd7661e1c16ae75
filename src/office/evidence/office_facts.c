/* office/evidence/office_facts.c: collects, then sorts by owner with one counting pass, so that a
 * unit's machines stand beside each other also where a school's count for its commune.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "office/evidence/office_facts.h"
#include "office/intake/machine_facts.h"

struct collected {
        struct arena *arena;
        const struct fact_owners *owners;
        struct machine_fact *machines;
        int *machine_owners;
        size_t machine_count, machine_room;
        struct victim_fact *victims;
        int *victim_owners;
        size_t victim_count, victim_room;
};

static void collected_done(struct collected *c)
{
        mem_free(c->machines);
        mem_free(c->machine_owners);
        mem_free(c->victims);
        mem_free(c->victim_owners);
}

/* Makes room for one more in two arrays of the same length. */
static int grow(void *items, int **owners, size_t *room, size_t count, size_t size)
{
        size_t more = *room ? *room * 2 : 256;
        void *grown;
        int *grown_owners;

        if (count < *room)
                return 0;
        if (count >= OFFICE_MACHINES_MAX)
                return ERR_LIMIT;
        grown = mem_grow(*(void **)items, more, size);
        if (!grown)
                return ERR_MEMORY;
        *(void **)items = grown;
        grown_owners = mem_grow(*owners, more, sizeof(int));
        if (!grown_owners)
                return ERR_MEMORY;
        *owners = grown_owners;
        *room = more;
        return 0;
}

/* Copies the bytes behind each text; the views of a sink end with the call. */
static int keep(struct arena *arena, struct text *const *texts, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const char *copy = arena_text(arena, *texts[i]);

                if (!copy)
                        return ERR_LIMIT;
                texts[i]->data = copy;
        }
        return 0;
}

static int take_machine(void *state, const struct machine_fact *fact)
{
        struct collected *c = state;
        int owner = c->owners->owner_of(c->owners->state, fact->unit_id);
        struct machine_fact *m;
        int err;

        if (owner < 0)
                return 0;
        err = grow(
            &c->machines, &c->machine_owners, &c->machine_room, c->machine_count, sizeof(*m));
        if (err)
                return err;
        m = &c->machines[c->machine_count];
        *m = *fact;
        c->machine_owners[c->machine_count++] = owner;
        struct text *const texts[] = { &m->id, &m->unit_id, &m->name, &m->kind, &m->os_id,
                &m->os_version, &m->os_name, &m->last_sweep_id, &m->last_sweep_generation };
        return keep(c->arena, texts, ARRAY_LEN(texts));
}

static int take_victim(void *state, const struct victim_fact *fact)
{
        struct collected *c = state;
        int owner = c->owners->owner_of(c->owners->state, fact->unit_id);
        struct victim_fact *v;
        int err;

        if (owner < 0)
                return 0;
        err = grow(&c->victims, &c->victim_owners, &c->victim_room, c->victim_count, sizeof(*v));
        if (err)
                return err;
        v = &c->victims[c->victim_count];
        *v = *fact;
        c->victim_owners[c->victim_count++] = owner;
        struct text *const texts[] = { &v->finding_id, &v->unit_id, &v->machine_id, &v->src_ip,
                &v->malware, &v->state };
        return keep(c->arena, texts, ARRAY_LEN(texts));
}

static int place_machines(struct unit_facts *out, const struct collected *c)
{
        struct machine_fact *sorted = arena_zero(c->arena, c->machine_count + 1, sizeof(*sorted));
        size_t at = 0;

        if (!sorted)
                return ERR_LIMIT;
        for (size_t i = 0; i < c->machine_count; i++)
                out[c->machine_owners[i]].machine_count++;
        for (size_t o = 0; o < c->owners->owner_count; o++) {
                out[o].machines = sorted + at;
                at += out[o].machine_count;
                out[o].machine_count = 0;
        }
        for (size_t i = 0; i < c->machine_count; i++) {
                struct unit_facts *u = &out[c->machine_owners[i]];

                sorted[(size_t)(u->machines - sorted) + u->machine_count++] = c->machines[i];
        }
        return 0;
}

static int place_victims(struct unit_facts *out, const struct collected *c)
{
        struct victim_fact *sorted = arena_zero(c->arena, c->victim_count + 1, sizeof(*sorted));
        size_t at = 0;

        if (!sorted)
                return ERR_LIMIT;
        for (size_t i = 0; i < c->victim_count; i++)
                out[c->victim_owners[i]].victim_count++;
        for (size_t o = 0; o < c->owners->owner_count; o++) {
                out[o].victims = sorted + at;
                at += out[o].victim_count;
                out[o].victim_count = 0;
        }
        for (size_t i = 0; i < c->victim_count; i++) {
                struct unit_facts *u = &out[c->victim_owners[i]];

                sorted[(size_t)(u->victims - sorted) + u->victim_count++] = c->victims[i];
        }
        return 0;
}

int office_facts_read(struct unit_facts *out, struct arena *arena, struct db *db,
    const struct scope *scope, const struct fact_owners *owners)
{
        AUTO(collected_done) struct collected c = { .arena = arena, .owners = owners };
        int err = machine_facts_each(db, scope, take_machine, &c);

        if (!err)
                err = victim_facts_each(db, scope, take_victim, &c);
        if (!err)
                err = place_machines(out, &c);
        if (!err)
                err = place_victims(out, &c);
        return err;
}
