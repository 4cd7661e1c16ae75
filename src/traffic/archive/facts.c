/* traffic/archive/facts.c: see facts.h. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/facts.h"
#include "base/mem.h"

enum { FIRST_ROOM = 256 };

int facts_init(struct facts *f, size_t bytes_max)
{
        *f = (struct facts){ .bytes_max = bytes_max };
        return arena_new(&f->texts, bytes_max);
}

void facts_done(struct facts *f)
{
        f->texts = arena_free(f->texts);
        mem_free_at(&f->flows);
        mem_free_at(&f->names);
        mem_free_at(&f->translations);
        mem_free_at(&f->leases);
}

int facts_clear(struct facts *f)
{
        struct arena *fresh;
        int err = arena_new(&fresh, f->bytes_max);

        if (err)
                return err;
        (void)arena_free(f->texts);
        f->texts = fresh;
        f->bytes = 0;
        memset(f->count, 0, sizeof(f->count));
        return 0;
}

size_t facts_total(const struct facts *f)
{
        size_t sum = 0;

        for (unsigned k = 0; k < FACT_KINDS; k++)
                sum += f->count[k];
        return sum;
}

/* Room for one more in rows, of which the caller then takes the last. */
static int grow(struct facts *f, enum fact_kind kind, void **rows, size_t size, size_t text_len)
{
        size_t room = f->room[kind] ? f->room[kind] * 2 : FIRST_ROOM;
        void *larger;

        if (text_len > FACTS_TEXT_MAX || f->bytes + size + text_len > f->bytes_max ||
            f->count[kind] >= FACTS_ROWS_MAX)
                return ERR_LIMIT;
        if (f->count[kind] == f->room[kind]) {
                larger = mem_grow(*rows, room, size);
                if (!larger)
                        return ERR_MEMORY;
                *rows = larger;
                f->room[kind] = room;
        }
        return 0;
}

static int copy_text(struct text *out, struct facts *f, struct text from)
{
        char *copy;

        *out = (struct text){ 0 };
        if (from.len == 0)
                return 0;
        copy = arena_zero(f->texts, from.len, 1);
        if (!copy)
                return ERR_MEMORY;
        memcpy(copy, from.data, from.len);
        *out = (struct text){ copy, from.len };
        return 0;
}

static int take_flow(void *state, const struct flow *flow)
{
        struct facts *f = state;
        void *rows = f->flows;
        int err = grow(f, FACT_FLOW, &rows, sizeof(*flow), 0);

        f->flows = rows;
        if (err)
                return err;
        f->flows[f->count[FACT_FLOW]++] = *flow;
        f->bytes += sizeof(*flow);
        return 0;
}

static int take_name(void *state, const struct name_sighting *sighting)
{
        struct facts *f = state;
        struct name_sighting copy = *sighting;
        void *rows = f->names;
        int err = grow(f, FACT_NAME, &rows, sizeof(copy), sighting->name.len);

        f->names = rows;
        if (!err)
                err = copy_text(&copy.name, f, sighting->name);
        if (err)
                return err;
        f->names[f->count[FACT_NAME]++] = copy;
        f->bytes += sizeof(copy) + copy.name.len;
        return 0;
}

static int take_translation(void *state, const struct translation *translation)
{
        struct facts *f = state;
        void *rows = f->translations;
        int err = grow(f, FACT_TRANSLATION, &rows, sizeof(*translation), 0);

        f->translations = rows;
        if (err)
                return err;
        f->translations[f->count[FACT_TRANSLATION]++] = *translation;
        f->bytes += sizeof(*translation);
        return 0;
}

static int take_lease(void *state, const struct lease *lease)
{
        struct facts *f = state;
        struct lease copy = *lease;
        void *rows = f->leases;
        int err = grow(f, FACT_LEASE, &rows, sizeof(copy), lease->host_name.len);

        f->leases = rows;
        if (!err)
                err = copy_text(&copy.host_name, f, lease->host_name);
        if (err)
                return err;
        f->leases[f->count[FACT_LEASE]++] = copy;
        f->bytes += sizeof(copy) + copy.host_name.len;
        return 0;
}

struct traffic_sink facts_sink(struct facts *f)
{
        return (struct traffic_sink){ take_flow, take_name, take_translation, take_lease, f };
}

void facts_drop_last(struct facts *f, enum fact_kind kind)
{
        size_t n = --f->count[kind];

        f->bytes -= kind == FACT_FLOW          ? sizeof(*f->flows)
                    : kind == FACT_NAME        ? sizeof(*f->names) + f->names[n].name.len
                    : kind == FACT_TRANSLATION ? sizeof(*f->translations)
                                               : sizeof(*f->leases) + f->leases[n].host_name.len;
}

time_ms facts_begin(const struct facts *f, enum fact_kind kind, size_t n)
{
        switch (kind) {
        case FACT_FLOW:
                return f->flows[n].begin;
        case FACT_NAME:
                return f->names[n].at;
        case FACT_TRANSLATION:
                return f->translations[n].begin;
        default:
                return f->leases[n].begin;
        }
}

time_ms facts_end(const struct facts *f, enum fact_kind kind, size_t n)
{
        time_ms begin = facts_begin(f, kind, n);
        time_ms end = kind == FACT_FLOW          ? f->flows[n].end
                      : kind == FACT_TRANSLATION ? f->translations[n].end
                      : kind == FACT_LEASE       ? f->leases[n].end
                                                 : begin;

        return end > begin ? end : begin;
}
