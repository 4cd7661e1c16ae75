/* traffic/archive/archive_index.c: the index files of the archive: one more with each seal, merged
 * so that there are few, and made anew from the parts when they are lost. SPDX-License-Identifier:
 * Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/index_read.h"
#include "traffic/archive/index_write.h"
#include "traffic/archive/text_order.h"

enum { REBUILD_ENTRIES_MAX = 4 << 20 };

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

        (void)!file_remove(a->folder, index_name(name, id)); /* else the next open does it */
}

static size_t union_of(
    uint32_t *out, const struct index_cursor *a, const struct index_cursor *b, const uint8_t *kept)
{
        size_t i = 0, j = 0, n = 0, a_count = a ? a->day_count : 0, b_count = b ? b->day_count : 0;

        while (i < a_count || j < b_count) {
                uint32_t day;

                if (j == b_count || (i < a_count && a->days[i] <= b->days[j]))
                        day = a->days[i++];
                else
                        day = b->days[j++];
                if (kept[day] && (n == 0 || out[n - 1] != day) && n < INDEX_DAYS_MAX)
                        out[n++] = day;
        }
        return n;
}

/* Both indexes, key by key, into the writer. */
static int join(struct index_writer *w, struct index *a, struct index *b, const uint8_t *kept)
{
        uint32_t days[INDEX_DAYS_MAX];
        int left = index_next(a), right = index_next(b), err = 0;

        while ((!left || !right) && !err) {
                int order = left ? 1 : right ? -1 : part_key_compare(a->cursor.key, b->cursor.key);
                struct part_key key = order <= 0 ? a->cursor.key : b->cursor.key;
                size_t n = union_of(
                    days, order <= 0 ? &a->cursor : NULL, order >= 0 ? &b->cursor : NULL, kept);

                if (n)
                        err = index_writer_add(w, key, days, n);
                if (order <= 0)
                        left = index_next(a);
                if (order >= 0)
                        right = index_next(b);
        }
        if (!err && left != ERR_MISSING)
                err = left;
        return !err && right != ERR_MISSING ? right : err;
}

static int join_files(struct buffer *out, struct archive *a, uint64_t first, uint64_t second)
{
        AUTO(index_close_at) struct index *x = NULL, *y = NULL;
        AUTO(mem_free_at) uint8_t *kept = mem_zero(PART_DAY_MAX + 2, 1);
        struct index_writer w;
        int err = kept ? index_open(&x, a->folder, first) : ERR_MEMORY;

        if (!err)
                err = index_open(&y, a->folder, second);
        if (err)
                return err;
        for (size_t i = 0; i < a->manifest.part_count; i++)
                kept[index_day(a->manifest.parts[i].day)] = true;
        index_writer_init(
            &w, x->header.day_base < y->header.day_base ? x->header.day_base : y->header.day_base);
        err = join(&w, x, y, kept);
        if (!err)
                err = index_writer_finish(out, &w);
        index_writer_done(&w);
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

int archive_merge_indexes(struct archive *a)
{
        int err = 0;

        while (a->manifest.index_count > 1 && !err) {
                const struct manifest_index *last = &a->manifest
                                                         .indexes[a->manifest.index_count - 2];

                if (last[0].bytes > 2 * last[1].bytes ||
                    last[0].bytes + last[1].bytes > INDEX_BYTES_MAX)
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

static struct part_key key_of(const struct ip_address *a)
{
        return (struct part_key){ get_u64_network(a->bytes), get_u64_network(a->bytes + 8) };
}

static int index_flow(void *state, const struct flow *f)
{
        struct rebuilding *r = state;
        int err = 0;

        if (r->ends != FLOW_REMOTE_IS_SOURCE)
                err = index_entries_add(&r->entries, key_of(&f->destination), r->day);
        if (!err && r->ends != FLOW_REMOTE_IS_DESTINATION)
                err = index_entries_add(&r->entries, key_of(&f->source), r->day);
        return err;
}

static int index_name_of(void *state, const struct name_sighting *s)
{
        struct rebuilding *r = state;
        char name[FACTS_TEXT_MAX];
        int err = 0;

        if (s->has_answer)
                err = index_entries_add(&r->entries, key_of(&s->answer), r->day);
        text_reverse_labels(name, s->name);
        for (size_t len = 1; len <= s->name.len && !err; len++)
                if (len == s->name.len || name[len] == '.')
                        err = index_entries_add(
                            &r->entries, index_name_key((struct text){ name, len }), r->day);
        return err;
}

static int rebuild_part(struct archive *a, struct rebuilding *r, const struct manifest_part *of)
{
        const struct archive_question all = { 0 };
        AUTO(part_close_at) struct part *p = NULL;
        int err = part_open(&p, a->folder, of->id, a->scratch);

        r->day = index_day(of->day);
        if (!err)
                err = part_scan(p, &all,
                    (struct traffic_sink){
                        .take_flow = index_flow, .take_name = index_name_of, .state = r },
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
                r->entries.count = 0;
        }
        return err;
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
