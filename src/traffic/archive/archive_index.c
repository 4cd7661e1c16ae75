/* traffic/archive/archive_index.c: the index files of the archive: one more with each seal, merged
 * so that there are few, and made anew from the parts when they are lost. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/index_entries.h"
#include "traffic/archive/index_read.h"
#include "traffic/archive/index_write.h"
#include "traffic/archive/text_order.h"

enum {
        REBUILD_ENTRIES_MAX = 4 << 20,
        SMALL_BYTES = 64 << 20 /* two this small are joined whenever somebody asks for a seal */
};

static int write_file(struct archive *a, struct manifest *fresh, const struct buffer *bytes)
{
        struct manifest_index entry = { fresh->next_id++, bytes->len };
        char name[INDEX_NAME_MAX];
        int err = file_write_atomic(
            a->folder, index_name(name, entry.id), (struct text){ bytes->data, bytes->len }, 0640);

        if (!err)
                fresh->indexes[fresh->index_count++] = entry;
        return err;
}

int archive_write_index(struct archive *a, struct manifest *fresh, struct index_entries *entries)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(2 * (size_t)INDEX_BYTES_MAX);
        int err = index_entries_write(&bytes, entries);

        return err ? err : write_file(a, fresh, &bytes);
}

static void remove_index(struct archive *a, uint64_t id)
{
        char name[INDEX_NAME_MAX];

        archive_doom(a, index_name(name, id));
}

/* Two indexes on their way into one. */
struct joining {
        struct index *from[2];
        struct index_cursor *hosts[2]; /* of the tables of hosts */
        uint32_t *numbers[2];          /* of each one's hosts in the joint table, or HOST_GONE */
        struct index_writer writer;
        const uint8_t *kept; /* for each day: a part of it is left */
        uint32_t days[INDEX_DAYS_MAX + 1], named[2][INDEX_HOSTS_MAX],
            hosts_of_both[INDEX_HOSTS_MAX + 1];
};

static const uint32_t HOST_GONE = UINT32_MAX;

static size_t union_of(uint32_t *out, size_t most, const uint32_t *a, size_t a_count,
    const uint32_t *b, size_t b_count)
{
        size_t i = 0, j = 0, n = 0;

        while (i < a_count || j < b_count) {
                uint32_t next = j == b_count || (i < a_count && a[i] <= b[j]) ? a[i++] : b[j++];

                if (n && out[n - 1] == next)
                        continue;
                if (n == most)
                        break;
                out[n++] = next;
        }
        return n;
}

/* The days of both that are kept; *dropped: some are not. */
static size_t union_of_days(
    struct joining *j, const struct index_cursor *a, const struct index_cursor *b, bool *dropped)
{
        size_t n = union_of(j->days, INDEX_DAYS_MAX + 1, a ? a->days : NULL, a ? a->day_count : 0,
                   b ? b->days : NULL, b ? b->day_count : 0),
               kept = 0;

        for (size_t i = 0; i < n && kept < INDEX_DAYS_MAX; i++)
                if (j->kept[j->days[i]])
                        j->days[kept++] = j->days[i];
        *dropped = kept < n;
        return kept;
}

/* The cursor's hosts as the joint table numbers them. False: they are not told. */
static bool renumber(struct joining *j, unsigned side, const struct index_cursor *c)
{
        for (size_t i = 0; i < c->host_count; i++) {
                j->named[side][i] = j->numbers[side][c->hosts[i]];
                if (j->named[side][i] == HOST_GONE)
                        return false;
        }
        return c->host_count > 0;
}

/* The hosts of both; 0 when they are not known for all that is left. */
static size_t union_of_hosts(
    struct joining *j, const struct index_cursor *a, const struct index_cursor *b)
{
        size_t n;

        if ((a && !renumber(j, 0, a)) || (b && !renumber(j, 1, b)))
                return 0;
        n = union_of(j->hosts_of_both, INDEX_HOSTS_MAX + 1, j->named[0], a ? a->host_count : 0,
            j->named[1], b ? b->host_count : 0);
        return n > INDEX_HOSTS_MAX ? 0 : n;
}

/* What is left of a key, or of a host, into *p. False: nothing. */
static bool join_postings(struct index_posting *p, struct joining *j, const struct index_cursor *a,
    const struct index_cursor *b)
{
        bool dropped;

        *p = (struct index_posting){ .kinds = (a ? a->kinds : 0) | (b ? b->kinds : 0),
                .days = j->days,
                .hosts = j->hosts_of_both };
        p->day_count = union_of_days(j, a, b, &dropped);
        /* When a day went, nobody knows whether its hosts were met on others. */
        if (p->kinds == INDEX_FLOWS && !dropped)
                p->host_count = union_of_hosts(j, a, b);
        return p->day_count > 0;
}

static int next_host(struct joining *j, unsigned side, uint32_t *at, uint32_t number)
{
        if (*at == j->from[side]->header.hosts)
                return ERR_FORMAT;
        j->numbers[side][(*at)++] = number;
        return index_cursor_parse(j->hosts[side]);
}

/* Both tables of hosts into the writer. */
static int join_hosts(struct joining *j)
{
        struct index_cursor *a = j->hosts[0], *b = j->hosts[1];
        uint32_t at[2] = { 0, 0 };
        int left = index_cursor_parse(a), right = index_cursor_parse(b), err = 0;

        while ((!left || !right) && !err) {
                int order = left ? 1 : right ? -1 : part_key_compare(a->key, b->key);
                struct part_key address = order <= 0 ? a->key : b->key;
                uint32_t number = j->writer.host_count;
                struct index_posting p;

                if (join_postings(&p, j, order <= 0 ? a : NULL, order >= 0 ? b : NULL))
                        err = index_writer_add_host(&j->writer, address, &p);
                else
                        number = HOST_GONE;
                if (order <= 0)
                        left = next_host(j, 0, &at[0], number);
                if (order >= 0)
                        right = next_host(j, 1, &at[1], number);
        }
        if (!err && left != ERR_MISSING)
                err = left;
        return !err && right != ERR_MISSING ? right : err;
}

/* Both indexes, key by key, into the writer. */
static int join_keys(struct joining *j)
{
        struct index *a = j->from[0], *b = j->from[1];
        int left = index_next(a), right = index_next(b), err = 0;

        while ((!left || !right) && !err) {
                int order = left ? 1 : right ? -1 : part_key_compare(a->cursor.key, b->cursor.key);
                struct part_key key = order <= 0 ? a->cursor.key : b->cursor.key;
                struct index_posting p;

                if (join_postings(
                        &p, j, order <= 0 ? &a->cursor : NULL, order >= 0 ? &b->cursor : NULL))
                        err = index_writer_add(&j->writer, key, &p);
                if (order <= 0)
                        left = index_next(a);
                if (order >= 0)
                        right = index_next(b);
        }
        if (!err && left != ERR_MISSING)
                err = left;
        return !err && right != ERR_MISSING ? right : err;
}

static int open_side(struct joining *j, unsigned side, struct archive *a, uint64_t id)
{
        struct index *x;
        int err = index_open(&j->from[side], a->folder, id);

        if (err)
                return err;
        x = j->from[side];
        if (x->header.version != INDEX_VERSION)
                return ERR_FORMAT; /* it lacks what a joint one must know: they are made anew */
        err = index_read_hosts(&j->hosts[side], x);
        j->numbers[side] = mem_zero((size_t)x->header.hosts + 1, sizeof(uint32_t));
        return !err && !j->numbers[side] ? ERR_MEMORY : err;
}

static void joining_done(struct joining *j)
{
        for (unsigned side = 0; side < 2; side++) {
                j->from[side] = index_close(j->from[side]);
                index_cursor_free(j->hosts[side]);
                mem_free(j->numbers[side]);
        }
        index_writer_done(&j->writer);
}

static int join_files(struct buffer *out, struct archive *a, uint64_t first, uint64_t second)
{
        AUTO(mem_free_at) uint8_t *kept = mem_zero(PART_DAY_MAX + 2, 1);
        AUTO(mem_free_at) struct joining *j = mem_zero(1, sizeof(*j));
        int err = kept && j ? 0 : ERR_MEMORY;

        if (err)
                return err;
        for (size_t i = 0; i < a->manifest.part_count; i++)
                kept[index_day(a->manifest.parts[i].day)] = true;
        j->kept = kept;
        err = open_side(j, 0, a, first);
        if (!err)
                err = open_side(j, 1, a, second);
        if (!err) {
                uint32_t x = j->from[0]->header.day_base, y = j->from[1]->header.day_base;

                index_writer_init(&j->writer, x < y ? x : y);
                err = join_hosts(j);
        }
        if (!err)
                err = join_keys(j);
        if (!err)
                err = index_writer_finish(out, &j->writer);
        joining_done(j);
        return err;
}

static int merge_last_two(struct archive *a)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(2 * (size_t)INDEX_BYTES_MAX);
        struct manifest_index *last = &a->manifest.indexes[a->manifest.index_count - 2];
        uint64_t first = last[0].id, second = last[1].id;
        struct manifest fresh = { 0 };
        int err = join_files(&bytes, a, first, second);

        if (!err)
                err = manifest_copy(&fresh, &a->manifest, 0);
        if (!err) {
                fresh.index_count -= 2;
                err = write_file(a, &fresh, &bytes);
        }
        if (!err)
                err = archive_commit(a, &fresh);
        manifest_done(&fresh);
        if (err)
                return err;
        remove_index(a, first);
        remove_index(a, second);
        return 0;
}

int archive_merge_indexes(struct archive *a, bool eager)
{
        int err = 0;

        while (a->manifest.index_count > 1 && !err) {
                const struct manifest_index *last = &a->manifest
                                                         .indexes[a->manifest.index_count - 2];

                uint64_t both = last[0].bytes + last[1].bytes;

                if ((last[0].bytes > 2 * last[1].bytes && !(eager && both <= SMALL_BYTES)) ||
                    both > INDEX_BYTES_MAX)
                        return 0;
                err = merge_last_two(a);
        }
        if (err != ERR_FORMAT && err != ERR_UNTRUSTED && err != ERR_MISSING)
                return err;
        a->damaged++;
        return archive_rebuild_indexes(a);
}

/* Anew from the parts. */
struct rebuilding {
        struct index_entries entries;
        enum flow_ends ends;
        uint32_t day;
};

static int index_remote(
    struct rebuilding *r, const struct ip_address *remote, const struct ip_address *internal)
{
        uint32_t host;
        int err = index_entries_add(&r->entries, part_key_of(remote), r->day, INDEX_FLOWS);

        if (!err)
                err = index_entries_add_host(&host, &r->entries, internal, r->day, INDEX_FLOWS);
        return err ? err : index_entries_met(&r->entries, host);
}

static int index_flow(void *state, const struct flow *f)
{
        struct rebuilding *r = state;
        int err;

        if (r->ends == FLOW_REMOTE_IS_DESTINATION)
                return index_remote(r, &f->destination, &f->source);
        if (r->ends == FLOW_REMOTE_IS_SOURCE)
                return index_remote(r, &f->source, &f->destination);
        err = index_entries_add(&r->entries, part_key_of(&f->destination), r->day, INDEX_BETWEEN);
        return err ? err
                   : index_entries_add(&r->entries, part_key_of(&f->source), r->day, INDEX_BETWEEN);
}

static int index_name_of(void *state, const struct name_sighting *s)
{
        struct rebuilding *r = state;
        char name[FACTS_TEXT_MAX];

        text_reverse_labels(name, s->name);
        return index_sighting(&r->entries, s, (struct text){ name, s->name.len }, r->day);
}

static int index_translation_of(void *state, const struct translation *t)
{
        struct rebuilding *r = state;

        return index_translation(&r->entries, t, r->day);
}

static int index_lease_of(void *state, const struct lease *l)
{
        struct rebuilding *r = state;
        uint32_t host;

        return index_entries_add_host(&host, &r->entries, &l->address, r->day, INDEX_OTHERS);
}

static int rebuild_part(struct archive *a, struct rebuilding *r, const struct manifest_part *of)
{
        const struct archive_question all = { 0 };
        AUTO(part_close_at) struct part *p = NULL;
        int err = part_open(&p, a->folder, of->id, a->scratch);

        r->day = index_day(of->day);
        if (!err)
                err = part_scan(a->scan, p, &all,
                    (struct traffic_sink){
                        index_flow, index_name_of, index_translation_of, index_lease_of, r },
                    &r->ends);
        if (err == ERR_MEMORY || err == ERR_LIMIT)
                return err;
        if (err)
                a->damaged++; /* what could be read of it is indexed */
        return 0;
}

static int rebuild_all(struct archive *a, struct manifest *fresh, struct rebuilding *r)
{
        int err = 0;

        for (size_t i = 0; i < fresh->part_count && !err; i++) {
                err = rebuild_part(a, r, &fresh->parts[i]);
                if (err || (r->entries.count < REBUILD_ENTRIES_MAX && i + 1 < fresh->part_count))
                        continue;
                err = archive_write_index(a, fresh, &r->entries);
                index_entries_done(&r->entries);
        }
        return err;
}

bool archive_has_old_index(const struct archive *a)
{
        bool old = false;

        for (size_t i = 0; i < a->manifest.index_count && !old; i++) {
                AUTO(index_close_at) struct index *x = NULL;

                /* A damaged one is found when it is merged, and made anew then. */
                if (index_open(&x, a->folder, a->manifest.indexes[i].id) == 0)
                        old = x->header.version != INDEX_VERSION;
        }
        return old;
}

int archive_rebuild_indexes(struct archive *a)
{
        struct rebuilding r = { 0 };
        struct manifest fresh = { 0 };
        size_t old = a->manifest.index_count;
        AUTO(mem_free_at) uint64_t *ids = mem_zero(old + 1, sizeof(*ids));
        int err = ids ? 0 : ERR_MEMORY;

        for (size_t i = 0; i < old && !err; i++)
                ids[i] = a->manifest.indexes[i].id;
        /* At most one index for each part; the room of the parts' copies is theirs. */
        if (!err)
                err = manifest_copy(&fresh, &a->manifest, 0);
        if (!err)
                err = manifest_room_for_indexes(&fresh, fresh.part_count + 1);
        if (!err)
                err = rebuild_all(a, &fresh, &r);
        fresh.is_indexed = true;
        if (!err)
                err = archive_commit(a, &fresh);
        for (size_t i = 0; i < old && !err; i++)
                remove_index(a, ids[i]);
        index_entries_done(&r.entries);
        manifest_done(&fresh);
        return err;
}
