/* traffic/archive/archive_reader.c: see archive.h, "Reading". SPDX-License-Identifier: Apache-2.0
 */
#include "traffic/archive/archive_reader.h"
#include "base/mem.h"

int archive_reader_open(struct archive_reader **out, struct folder *folder)
{
        AUTO(archive_reader_close_at) struct archive_reader *r = mem_zero(1, sizeof(*r));
        int err;

        if (!r)
                return ERR_MEMORY;
        r->folder = folder;
        err = column_scratch_new(&r->scratch);
        if (!err)
                err = scan_new(&r->scan);
        if (!err)
                err = archive_find_manifest(&r->manifest, folder, r->scratch);
        if (!err)
                *out = MOVE(r);
        return err;
}

struct archive_reader *archive_reader_close(struct archive_reader *r)
{
        if (!r)
                return NULL;
        for (size_t i = 0; r->indexes && i < r->manifest.index_count; i++)
                r->indexes[i] = index_close(r->indexes[i]);
        mem_free(r->indexes);
        manifest_done(&r->manifest);
        r->scan = scan_free(r->scan);
        r->scratch = column_scratch_free(r->scratch);
        mem_free(r->damages);
        mem_free(r);
        return NULL;
}

void archive_reader_close_at(struct archive_reader **r)
{
        *r = archive_reader_close(*r);
}

void archive_reader_count(struct archive_counts *out, const struct archive_reader *r)
{
        manifest_count(out, &r->manifest);
        out->damaged_files = r->damage_count + r->damages_left_out;
}

const char *archive_reader_damage(const struct archive_reader *r, size_t n)
{
        return n < r->damage_count ? r->damages[n] : NULL;
}

int reader_note(struct archive_reader *r, const char *name, int err)
{
        char line[READER_DAMAGE_TEXT_MAX];
        void *larger;

        if (err != ERR_FORMAT && err != ERR_UNTRUSTED && err != ERR_UNSUPPORTED &&
            err != ERR_MISSING && err != ERR_IO && err != ERR_DENIED)
                return err;
        (void)snprintf(line, sizeof(line), "%s: %s", name, err_text(err));
        for (size_t i = 0; i < r->damage_count; i++)
                if (strcmp(r->damages[i], line) == 0)
                        return 0;
        if (r->damage_count == READER_DAMAGES_MAX) {
                r->damages_left_out++;
                return 0;
        }
        larger = mem_grow(r->damages, r->damage_count + 1, sizeof(*r->damages));
        if (!larger)
                return ERR_MEMORY;
        r->damages = larger;
        memcpy(r->damages[r->damage_count++], line, sizeof(line));
        return 0;
}

bool reader_part_overlaps(const struct manifest_part *p, const struct archive_question *q)
{
        if (q->since == 0 && q->until == 0)
                return true;
        /* An end that is not said may lie after all that is. */
        return (p->last_at >= q->since || p->count[FACT_TRANSLATION] || p->count[FACT_LEASE]) &&
               (q->until == 0 || p->first_at < q->until);
}

/* The sink's own errors are not the file's. */
struct relay {
        struct traffic_sink to;
        int err;
};

static int relay_flow(void *state, const struct flow *flow)
{
        struct relay *r = state;

        return r->err = r->to.take_flow(r->to.state, flow);
}

static int relay_name(void *state, const struct name_sighting *sighting)
{
        struct relay *r = state;

        return r->err = r->to.take_name(r->to.state, sighting);
}

static int relay_translation(void *state, const struct translation *translation)
{
        struct relay *r = state;

        return r->err = r->to.take_translation(r->to.state, translation);
}

static int relay_lease(void *state, const struct lease *lease)
{
        struct relay *r = state;

        return r->err = r->to.take_lease(r->to.state, lease);
}

int reader_scan(struct archive_reader *r, uint64_t id, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends)
{
        AUTO(part_close_at) struct part *p = NULL;
        struct relay relay = { sink, 0 };
        char name[PART_NAME_MAX];
        int err = part_open(&p, r->folder, id, r->scratch);

        if (!err)
                err = part_scan(r->scan, p, q,
                    (struct traffic_sink){ sink.take_flow ? relay_flow : NULL,
                        sink.take_name ? relay_name : NULL,
                        sink.take_translation ? relay_translation : NULL,
                        sink.take_lease ? relay_lease : NULL, &relay },
                    ends);
        if (relay.err)
                return relay.err;
        return err ? reader_note(r, part_name(name, id), err) : 0;
}

int reader_each(struct archive_reader *r, const struct archive_question *q,
    struct traffic_sink sink, enum flow_ends *ends)
{
        AUTO(mem_free_at) uint8_t *days = NULL;
        size_t count = r->manifest.part_count;
        int err = reader_days(&days, r, q);

        for (size_t i = 0; i < count && !err; i++) {
                const struct manifest_part *p = &r->manifest.parts[i];

                if (q->progress)
                        q->progress(q->state, i, count);
                if (q->is_wanted && !q->is_wanted(q->state))
                        return ERR_CLOSED;
                if (reader_part_overlaps(p, q) && (!days || days[index_day(p->day)]))
                        err = reader_scan(r, p->id, q, sink, ends);
        }
        if (!err && q->progress)
                q->progress(q->state, count, count);
        return err;
}

int archive_each(
    struct archive_reader *r, const struct archive_question *q, struct traffic_sink sink)
{
        return reader_each(r, q, sink, NULL);
}
