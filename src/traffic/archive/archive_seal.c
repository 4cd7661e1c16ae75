/* traffic/archive/archive_seal.c: facts of the journal -> one part for each day; see archive.h. A
 * part counts from the moment the manifest names it, and in that same moment the journal does not
 * any more. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "system/os/folder.h"
#include "traffic/archive/archive_internal.h"
#include "traffic/archive/day_split.h"

int archive_write_part(struct archive *a, struct manifest *fresh, struct index_entries *entries,
    const struct part_label *label, const struct part_choice *choice)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(PART_BYTES_MAX);
        struct manifest_part entry = { .id = label->id, .day = label->day };
        struct part_span span;
        char name[PART_NAME_MAX];
        int err = part_write(&bytes, &span, entries, a->scratch, &a->own, label, choice);

        if (!err)
                err = file_write_atomic(a->folder, part_name(name, label->id),
                    (struct text){ bytes.data, bytes.len }, 0640);
        if (err)
                return err;
        entry.bytes = bytes.len;
        entry.first_at = span.first_at;
        entry.last_at = span.last_at;
        for (unsigned k = 0; k < FACT_KINDS; k++)
                entry.count[k] = choice->count[k];
        fresh->parts[fresh->part_count++] = entry;
        return 0;
}

static size_t choice_total(const struct part_choice *c)
{
        size_t sum = 0;

        for (unsigned k = 0; k < FACT_KINDS; k++)
                sum += c->count[k];
        return sum;
}

static int write_days(struct archive *a, struct manifest *fresh, struct index_entries *entries,
    const struct day_split *split)
{
        int err = 0;

        for (size_t i = 0; i < split->count && !err; i++) {
                struct part_label label = {
                        .id = fresh->next_id, .day = split->days[i].day, .sealed_at = archive_now(a)
                };

                if (choice_total(&split->days[i].choice) == 0)
                        continue;
                fresh->next_id++;
                err = archive_write_part(a, fresh, entries, &label, &split->days[i].choice);
        }
        return err;
}

/* Files that a failed step left; the manifest never named them. */
static void remove_new_parts(struct archive *a, const struct manifest *fresh)
{
        for (size_t i = a->manifest.part_count; i < fresh->part_count; i++) {
                char name[PART_NAME_MAX];
                int err = file_remove(a->folder, part_name(name, fresh->parts[i].id));

                if (err)
                        continue; /* the next archive_open removes it */
        }
}

/* The new journal first, then the manifest that names it and the parts; then the old one goes. */
static int commit(struct archive *a, struct manifest *fresh)
{
        struct journal next;
        char old[JOURNAL_NAME_MAX], new[JOURNAL_NAME_MAX];
        uint64_t before = a->manifest.journal, dropped = 0;
        int err;

        fresh->journal = before + 1;
        err = journal_open(&next, a->folder, fresh->journal, (struct traffic_sink){ 0 }, &dropped);
        if (!err)
                err = archive_commit(a, fresh);
        if (err) {
                journal_close(&next);
                (void)!file_remove(a->folder, journal_name(new, before + 1));
                return err;
        }
        journal_close(&a->journal);
        a->journal = next;
        a->newest_day = 0;
        (void)!file_remove(a->folder, journal_name(old, before)); /* else the next open does it */
        return facts_clear(&a->facts);
}

int archive_seal_facts(struct archive *a)
{
        struct index_entries entries = { 0 };
        struct day_split split;
        struct manifest fresh = { 0 };
        int err = day_split_init(&split, &a->facts, archive_now(a));

        if (err)
                return err;
        err = manifest_copy(&fresh, &a->manifest, split.count);
        if (!err)
                err = write_days(a, &fresh, &entries, &split);
        if (!err)
                err = archive_write_index(a, &fresh, &entries);
        if (err)
                remove_new_parts(a, &fresh);
        else
                err = commit(a, &fresh);
        index_entries_done(&entries);
        manifest_done(&fresh);
        day_split_done(&split);
        return err;
}

int archive_seal(struct archive *a)
{
        int err = facts_total(&a->facts) ? archive_seal_facts(a) : 0;

        if (!err)
                err = archive_merge(a, true);
        if (!err)
                err = archive_retain(a);
        archive_bury(a, false);
        return err == ERR_LIMIT ? ERR_IO : err;
}
