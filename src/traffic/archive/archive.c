/* traffic/archive/archive.c: the writer; see archive.h. A fact goes into memory and into the
 * journal; archive_seal.c makes parts of them. SPDX-License-Identifier: Apache-2.0 */
#include "traffic/archive/archive_internal.h"
#include "base/mem.h"
#include "system/os/folder.h"

#define LOCK_NAME "archive.lock"
#define CLOCK_SLACK_MS ((time_ms)DAY_MS)
#define OFF_MS_MAX (31 * (time_ms)DAY_MS)

time_ms archive_now(const struct archive *a)
{
        return clock_now(a->options.clock);
}

time_ms archive_age_now(const struct archive *a)
{
        time_ms now = archive_now(a);
        time_ms latest = a->opened_at + clock_steady(a->options.clock) - a->opened_steady +
                         CLOCK_SLACK_MS;

        return a->options.distrust_clock && now > latest ? latest : now;
}

/* A sensor may have been switched off for a while, not for years: a clock far beyond the newest
 * fact is wrong, and so is one before it. */
static void believe_clock(struct archive *a)
{
        struct archive_counts c;
        time_ms now = archive_now(a);

        manifest_count(&c, &a->manifest);
        if (c.last_at > now || (c.last_at > 0 && now > c.last_at + OFF_MS_MAX))
                now = c.last_at;
        a->opened_at = now;
        a->opened_steady = clock_steady(a->options.clock);
}

int archive_commit(struct archive *a, struct manifest *fresh)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(MANIFEST_BYTES_MAX);
        int err = manifest_write(&bytes, fresh);

        if (!err)
                err = file_write_atomic(
                    a->folder, MANIFEST_NAME, (struct text){ bytes.data, bytes.len }, 0640);
        if (err)
                return err;
        manifest_done(&a->manifest);
        a->manifest = *fresh;
        *fresh = (struct manifest){ 0 };
        return 0;
}

static int first_manifest(struct archive *a)
{
        struct manifest fresh;
        int err = manifest_copy(
            &fresh, &(struct manifest){ .next_id = 1, .journal = 1, .is_indexed = true }, 0);

        if (err)
                return err;
        err = archive_commit(a, &fresh);
        manifest_done(&fresh);
        return err;
}

static int open_journal(struct archive *a)
{
        int err;

        /* What an earlier run was allowed to hold may be more than this one's limit. */
        a->facts.bytes_max = SIZE_MAX;
        err = journal_open(&a->journal, a->folder, a->manifest.journal, facts_sink(&a->facts),
            &a->dropped_unsealed_bytes);
        a->facts.bytes_max = a->options.memory_bytes;
        return err;
}

static int open_all(struct archive *a)
{
        int err = file_lock(&a->lock, a->folder, LOCK_NAME);

        if (!err)
                err = column_scratch_new(&a->scratch);
        if (!err)
                err = scan_new(&a->scan);
        if (!err)
                err = facts_init(&a->facts, (size_t)1 << 40);
        if (err)
                return err;
        err = archive_find_manifest(&a->manifest, a->folder, a->scratch);
        if (err == ERR_MISSING)
                err = first_manifest(a);
        if (!err)
                err = archive_sweep_folder(a);
        if (!err && (!a->manifest.is_indexed || archive_has_old_index(a)))
                err = archive_rebuild_indexes(a);
        return err ? err : open_journal(a);
}

int archive_open(struct archive **out, struct folder *folder, const struct archive_options *options)
{
        AUTO(archive_close_at) struct archive *a = mem_zero(1, sizeof(*a));
        size_t memory = options->memory_bytes ? options->memory_bytes : ARCHIVE_MEMORY_DEFAULT;
        int err;

        if (!a)
                return ERR_MEMORY;
        a->folder = folder;
        a->lock = a->journal.fd = -1;
        a->options = *options;
        a->options.own = NULL;
        a->options.memory_bytes = memory < ARCHIVE_MEMORY_LEAST  ? ARCHIVE_MEMORY_LEAST
                                  : memory > ARCHIVE_MEMORY_MOST ? ARCHIVE_MEMORY_MOST
                                                                 : memory;
        if (!a->options.clock)
                a->options.clock = &clock_real;
        err = own_ranges_init(&a->own, options->own, options->own_count);
        if (!err)
                err = open_all(a);
        if (err)
                return err;
        believe_clock(a);
        *out = MOVE(a);
        return 0;
}

struct archive *archive_close(struct archive *a)
{
        if (!a)
                return NULL;
        if (a->journal.fd >= 0 && journal_flush(&a->journal, true))
                a->refused++; /* whoever must know calls archive_flush first */
        archive_bury(a, true);
        journal_close(&a->journal);
        facts_done(&a->facts);
        manifest_done(&a->manifest);
        own_ranges_done(&a->own);
        a->scratch = column_scratch_free(a->scratch);
        a->scan = scan_free(a->scan);
        file_close_at(&a->lock);
        mem_free(a);
        return NULL;
}

void archive_close_at(struct archive **a)
{
        *a = archive_close(*a);
}

static int seal_and_go_on(struct archive *a)
{
        int err = archive_seal_facts(a);

        if (!err)
                err = archive_merge(a, false);
        if (!err)
                err = archive_retain(a);
        return err == ERR_LIMIT ? ERR_IO : err;
}

/* Memory is full: a seal makes room. */
static int make_room(struct archive *a, int err)
{
        if (err != ERR_LIMIT || facts_total(&a->facts) == 0)
                return err;
        return seal_and_go_on(a);
}

/* A new day begins and memory is half full: a seal here makes parts of whole days, which need not
 * be merged later. In the middle of a day it would cut that day in two. */
static int seal_between_days(struct archive *a, time_ms begin)
{
        int64_t day = begin / DAY_MS;

        if (day <= a->newest_day || begin > archive_now(a) + DAY_MS)
                return 0;
        a->newest_day = day;
        return a->facts.bytes < a->options.memory_bytes / 2 ? 0 : seal_and_go_on(a);
}

/* Disk full and a failing disk are one to whoever hands facts in. */
static int settle(struct archive *a, enum fact_kind kind, int err)
{
        if (!err)
                return 0;
        facts_drop_last(&a->facts, kind);
        a->refused++;
        return err == ERR_LIMIT ? ERR_IO : err;
}

static int take_flow(void *state, const struct flow *flow)
{
        struct archive *a = state;
        struct traffic_sink memory = facts_sink(&a->facts);
        int err = seal_between_days(a, flow->begin);

        if (!err)
                err = make_room(a, memory.take_flow(&a->facts, flow));
        if (err == 0 && a->facts.count[FACT_FLOW] == 0)
                err = memory.take_flow(&a->facts, flow);
        return err ? err : settle(a, FACT_FLOW, journal_add_flow(&a->journal, flow));
}

static int take_name(void *state, const struct name_sighting *sighting)
{
        struct archive *a = state;
        struct traffic_sink memory = facts_sink(&a->facts);
        int err;

        if (sighting->name.len > FACTS_TEXT_MAX) {
                a->refused++;
                return 0;
        }
        err = make_room(a, memory.take_name(&a->facts, sighting));
        if (err == 0 && a->facts.count[FACT_NAME] == 0)
                err = memory.take_name(&a->facts, sighting);
        return err ? err : settle(a, FACT_NAME, journal_add_name(&a->journal, sighting));
}

static int take_translation(void *state, const struct translation *translation)
{
        struct archive *a = state;
        struct traffic_sink memory = facts_sink(&a->facts);
        int err = make_room(a, memory.take_translation(&a->facts, translation));

        if (err == 0 && a->facts.count[FACT_TRANSLATION] == 0)
                err = memory.take_translation(&a->facts, translation);
        return err ? err
                   : settle(a, FACT_TRANSLATION, journal_add_translation(&a->journal, translation));
}

static int take_lease(void *state, const struct lease *lease)
{
        struct archive *a = state;
        struct traffic_sink memory = facts_sink(&a->facts);
        int err;

        if (lease->host_name.len > FACTS_TEXT_MAX) {
                a->refused++;
                return 0;
        }
        err = make_room(a, memory.take_lease(&a->facts, lease));
        if (err == 0 && a->facts.count[FACT_LEASE] == 0)
                err = memory.take_lease(&a->facts, lease);
        return err ? err : settle(a, FACT_LEASE, journal_add_lease(&a->journal, lease));
}

struct traffic_sink archive_sink(struct archive *a)
{
        return (struct traffic_sink){ take_flow, take_name, take_translation, take_lease, a };
}

int archive_flush(struct archive *a)
{
        int err = journal_flush(&a->journal, true);

        return err == ERR_LIMIT ? ERR_IO : err;
}

void manifest_drop_part(struct manifest *m, size_t n)
{
        m->part_count--;
        memmove(&m->parts[n], &m->parts[n + 1], (m->part_count - n) * sizeof(*m->parts));
}

void archive_count(struct archive_counts *out, const struct archive *a)
{
        manifest_count(out, &a->manifest);
        out->bytes += a->journal.len;
        out->dropped_unsealed_bytes = a->dropped_unsealed_bytes;
        out->damaged_files = a->damaged;
        out->removed_partitions = a->removed_partitions;
        out->refused = a->refused;
}
