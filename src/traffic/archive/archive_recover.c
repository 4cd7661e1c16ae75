/* traffic/archive/archive_recover.c: which files make up the archive when it is opened. Usually the
 * manifest says so. When it is damaged the parts themselves do: each names those that it replaced.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/little_endian.h"

enum { ID_DIGITS = 16 };

/* "0000000000000012.part": *out and what stands behind the number; NULL: not a name of ours. */
static const char *parse_name(uint64_t *out, const char *name)
{
        struct text t = text_of(name);

        if (t.len <= ID_DIGITS || text_to_u64(out, (struct text){ name, ID_DIGITS }, UINT64_MAX))
                return NULL;
        return name + ID_DIGITS;
}

static bool is_ours(const char *name)
{
        uint64_t id;
        const char *end = parse_name(&id, name);
        struct text t = text_of(name);

        if (end)
                return strcmp(end, ".part") == 0 || strcmp(end, ".journal") == 0 ||
                       strcmp(end, ".index") == 0;
        return text_starts(t, "archive.") || (text_starts(t, ".") && text_ends(t, ".new"));
}

struct listing {
        uint64_t *parts;
        size_t count, room;
        uint64_t newest_journal, newest_id;
        bool has_others;
};

static int list_name(void *state, const char *name)
{
        struct listing *l = state;
        uint64_t id;
        const char *end = parse_name(&id, name);

        if (!is_ours(name)) {
                l->has_others = true;
                return 0;
        }
        if (!end)
                return 0;
        if (strcmp(end, ".journal") == 0 && id > l->newest_journal)
                l->newest_journal = id;
        if (strcmp(end, ".journal") != 0 && id > l->newest_id)
                l->newest_id = id;
        if (strcmp(end, ".part") != 0)
                return 0;
        if (l->count == l->room) {
                size_t room = l->room ? l->room * 2 : 64;
                uint64_t *parts = room > MANIFEST_FILES_MAX
                                      ? NULL
                                      : mem_grow(l->parts, room, sizeof(*parts));

                if (!parts)
                        return ERR_MEMORY;
                l->parts = parts;
                l->room = room;
        }
        l->parts[l->count++] = id;
        return 0;
}

static void forget(struct manifest *m, const uint8_t *replaced, uint32_t count)
{
        for (uint32_t n = 0; n < count; n++)
                for (size_t i = 0; i < m->part_count; i++)
                        if (m->parts[i].id == get_u64(replaced + 8 * (size_t)n)) {
                                manifest_drop_part(m, i);
                                break;
                        }
}

static int add_part(
    struct manifest *m, struct folder *folder, uint64_t id, struct column_scratch *scratch)
{
        AUTO(part_close_at) struct part *p = NULL;
        char name[PART_NAME_MAX];
        struct manifest_part *entry = &m->parts[m->part_count];
        int64_t bytes = 0;
        int err = part_open(&p, folder, id, scratch);

        if (!err)
                err = file_size(&bytes, folder, part_name(name, id));
        if (err == ERR_MEMORY)
                return err;
        /* A damaged one stays in the list, so that it is named and not swept away. */
        *entry = (struct manifest_part){ .id = id, .bytes = (uint64_t)bytes, .day = PART_DAY_ODD };
        m->part_count++;
        if (err)
                return 0;
        entry->day = p->dir.day;
        entry->first_at = p->dir.first_at;
        entry->last_at = p->dir.last_at;
        entry->count[FACT_FLOW] = p->dir.tables[TABLE_FLOWS].rows +
                                  p->dir.tables[TABLE_BETWEEN].rows;
        entry->count[FACT_NAME] = p->dir.tables[TABLE_NAMES].rows;
        entry->count[FACT_TRANSLATION] = p->dir.tables[TABLE_TRANSLATIONS].rows;
        entry->count[FACT_LEASE] = p->dir.tables[TABLE_LEASES].rows;
        return 0;
}

static int compare_ids(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

        return (x > y) - (x < y);
}

/* Rising ids: what replaces others stands behind them. */
static int rebuild(
    struct manifest *out, struct folder *folder, struct listing *l, struct column_scratch *scratch)
{
        struct manifest m = { 0 };
        int err = manifest_copy(&m,
            &(struct manifest){ .next_id = l->newest_id + 1, .journal = l->newest_journal },
            l->count);

        if (err)
                return err;
        if (l->count)
                qsort(l->parts, l->count, sizeof(*l->parts), compare_ids);
        for (size_t i = 0; i < l->count && !err; i++) {
                AUTO(part_close_at) struct part *p = NULL;

                err = add_part(&m, folder, l->parts[i], scratch);
                if (!err && part_open(&p, folder, l->parts[i], scratch) == 0)
                        forget(&m, p->dir.replaced, p->dir.replaced_count);
        }
        if (err) {
                manifest_done(&m);
                return err;
        }
        *out = m;
        return 0;
}

int archive_find_manifest(
    struct manifest *out, struct folder *folder, struct column_scratch *scratch)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(MANIFEST_BYTES_MAX);
        struct listing l = { 0 };
        int err = file_read_all(&bytes, folder, MANIFEST_NAME), listed;

        if (!err)
                err = manifest_parse(out, (struct text){ bytes.data, bytes.len });
        if (err != ERR_MISSING && err != ERR_FORMAT && err != ERR_UNTRUSTED)
                return err;
        listed = folder_each(folder, list_name, &l);
        if (listed)
                err = listed;
        else if (l.count || l.newest_journal)
                err = rebuild(out, folder, &l, scratch);
        else if (l.has_others || err != ERR_MISSING)
                err = ERR_FORMAT;
        mem_free(l.parts);
        return err;
}

struct sweep {
        const struct archive *a;
        char (*names)[JOURNAL_NAME_MAX + 32];
        size_t count;
};

static bool is_named(const struct archive *a, const char *name)
{
        const struct manifest *m = &a->manifest;
        uint64_t id;
        const char *end = parse_name(&id, name);

        if (!end)
                return !text_starts(text_of(name), ".");
        if (strcmp(end, ".journal") == 0)
                return id == m->journal;
        for (size_t i = 0; i < m->part_count && strcmp(end, ".part") == 0; i++)
                if (m->parts[i].id == id)
                        return true;
        for (size_t i = 0; i < m->index_count && strcmp(end, ".index") == 0; i++)
                if (m->indexes[i].id == id)
                        return true;
        return false;
}

enum { SWEEP_AT_ONCE = 256 };

static int sweep_name(void *state, const char *name)
{
        struct sweep *s = state;

        if (s->count < SWEEP_AT_ONCE && is_ours(name) && !is_named(s->a, name) &&
            text_copy(s->names[s->count], sizeof(*s->names), text_of(name)) == 0)
                s->count++;
        return 0;
}

int archive_sweep_folder(const struct archive *a)
{
        char names[SWEEP_AT_ONCE][JOURNAL_NAME_MAX + 32];
        struct sweep s = { a, names, 0 };
        int err = folder_each(a->folder, sweep_name, &s);

        for (size_t i = 0; i < s.count && !err; i++)
                err = file_remove(a->folder, names[i]);
        return err;
}
