/* traffic/archive/archive_merge.c: fewer and older parts. Several parts of one day become one,
 * sorted anew; days beyond the time or the quota that the operator set are removed, oldest first.
 * Both change the manifest first and the folder afterwards. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/part_write.h"

enum { PARTS_OF_A_DAY = 4, GRACE_MS = 2 * HOUR_MS, ROW_BYTES = sizeof(struct flow) };

/* The file of a part that the manifest does not name any more. */
static void remove_file(struct archive *a, uint64_t id)
{
        char name[PART_NAME_MAX];

        archive_doom(a, part_name(name, id));
}

static uint64_t rows_of(const struct manifest_part *p)
{
        return p->count[0] + p->count[1] + p->count[2] + p->count[3];
}

struct merging {
        int day;
        size_t parts;
        uint64_t rows;
};

static struct merging merging_of(const struct archive *a, int day)
{
        struct merging m = { .day = day };

        for (size_t i = 0; i < a->manifest.part_count; i++)
                if (a->manifest.parts[i].day == day) {
                        m.parts++;
                        m.rows += rows_of(&a->manifest.parts[i]);
                }
        return m;
}

static bool is_due(const struct archive *a, const struct merging *m, bool eager)
{
        bool over = m->day == PART_DAY_ODD ||
                    (m->day + 1) * (time_ms)DAY_MS + GRACE_MS <= archive_now(a);

        if (m->parts < 2 || m->rows > a->options.memory_bytes / ROW_BYTES)
                return false; /* one part, or more than memory may hold: they stay apart */
        return m->parts >= PARTS_OF_A_DAY || (eager && over);
}

/* FORMAT and UNTRUSTED: damaged; the part stays as it is, for whoever may repair it. */
static int load_parts(struct archive *a, struct facts *facts, int day)
{
        const struct archive_question all = { 0 };
        int err = 0;

        for (size_t i = 0; i < a->manifest.part_count && !err; i++) {
                AUTO(part_close_at) struct part *p = NULL;

                if (a->manifest.parts[i].day != day)
                        continue;
                err = part_open(&p, a->folder, a->manifest.parts[i].id, a->scratch);
                if (!err)
                        err = part_scan(a->scan, p, &all, facts_sink(facts), NULL);
        }
        return err;
}

static int all_rows(struct part_choice *c, const struct facts *facts)
{
        c->facts = facts;
        for (unsigned k = 0; k < FACT_KINDS; k++) {
                c->count[k] = facts->count[k];
                c->rows[k] = mem_zero(c->count[k] + 1, sizeof(*c->rows[k]));
                if (!c->rows[k])
                        return ERR_MEMORY;
                for (size_t i = 0; i < c->count[k]; i++)
                        c->rows[k][i] = (uint32_t)i;
        }
        return 0;
}

static int write_merged(struct archive *a, const struct merging *m, const struct facts *facts)
{
        AUTO(mem_free_at) uint64_t *replaced = mem_zero(m->parts, sizeof(*replaced));
        struct part_choice choice = { 0 };
        struct part_label label = { a->manifest.next_id, m->day, archive_now(a), replaced, 0 };
        struct manifest fresh = { 0 };
        int err;

        if (!replaced)
                return ERR_MEMORY;
        err = all_rows(&choice, facts);
        if (!err)
                err = manifest_copy(&fresh, &a->manifest, 1);
        for (size_t i = fresh.part_count; i-- > 0 && !err;)
                if (fresh.parts[i].day == m->day) {
                        replaced[label.replaced_count++] = fresh.parts[i].id;
                        manifest_drop_part(&fresh, i);
                }
        fresh.next_id++;
        if (!err)
                err = archive_write_part(a, &fresh, NULL, &label, &choice);
        if (!err)
                err = archive_commit(a, &fresh);
        for (size_t i = 0; i < label.replaced_count && !err; i++)
                remove_file(a, replaced[i]);
        for (unsigned k = 0; k < FACT_KINDS; k++)
                mem_free(choice.rows[k]);
        manifest_done(&fresh);
        return err;
}

static int merge_day(struct archive *a, const struct merging *m)
{
        struct facts facts;
        int err = facts_init(&facts, (size_t)1 << 40);

        if (!err)
                err = load_parts(a, &facts, m->day);
        if (!err)
                err = write_merged(a, m, &facts);
        facts_done(&facts);
        if (err != ERR_FORMAT && err != ERR_UNTRUSTED && err != ERR_MISSING)
                return err;
        a->damaged++;
        return 0;
}

int archive_merge(struct archive *a, bool eager)
{
        AUTO(mem_free_at) int *days = mem_zero(a->manifest.part_count + 1, sizeof(*days));
        size_t count = a->manifest.part_count;
        int err = 0;

        if (!days)
                return ERR_MEMORY;
        for (size_t i = 0; i < count; i++)
                days[i] = a->manifest.parts[i].day;
        for (size_t i = 0; i < count && !err; i++) {
                struct merging m = merging_of(a, days[i]);
                bool seen = false;

                for (size_t j = 0; j < i && !seen; j++)
                        seen = days[j] == days[i];
                if (!seen && is_due(a, &m, eager))
                        err = merge_day(a, &m);
        }
        return err ? err : archive_merge_indexes(a, eager);
}

/* When all of a part is past: the end of its day; of odd times, whatever they say. */
static time_ms past_at(const struct manifest_part *p)
{
        return p->day == PART_DAY_ODD ? p->last_at : (p->day + 1) * (time_ms)DAY_MS;
}

static uint64_t bytes_of(const struct manifest *m)
{
        struct archive_counts c;

        manifest_count(&c, m);
        return c.bytes;
}

/* The part to remove next, or part_count. */
static size_t to_remove(const struct archive *a, const struct manifest *m)
{
        time_ms limit = archive_age_now(a) - a->options.keep_days * (time_ms)DAY_MS;
        size_t oldest = 0;

        if (m->part_count == 0)
                return 0;
        for (size_t i = 1; i < m->part_count; i++)
                if (past_at(&m->parts[i]) < past_at(&m->parts[oldest]))
                        oldest = i;
        if (a->options.keep_days && past_at(&m->parts[oldest]) <= limit)
                return oldest;
        return a->options.quota_bytes && bytes_of(m) > a->options.quota_bytes ? oldest
                                                                              : m->part_count;
}

int archive_retain(struct archive *a)
{
        AUTO(mem_free_at) uint64_t *ids = mem_zero(a->manifest.part_count + 1, sizeof(*ids));
        struct manifest fresh = { 0 };
        size_t removed = 0, n;
        int err = ids ? manifest_copy(&fresh, &a->manifest, 0) : ERR_MEMORY;

        while (!err && (n = to_remove(a, &fresh)) < fresh.part_count) {
                ids[removed++] = fresh.parts[n].id;
                manifest_drop_part(&fresh, n);
        }
        if (!err && removed)
                err = archive_commit(a, &fresh);
        for (size_t i = 0; i < removed && !err; i++) {
                remove_file(a, ids[i]);
                a->removed_partitions++;
        }
        manifest_done(&fresh);
        return err;
}
