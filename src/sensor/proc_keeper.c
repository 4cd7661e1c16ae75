/* sensor/proc_keeper.c: writes the facts of traffic into the archive.
 * Rights kept: the archive's folder, the facts ring. Never: other files, network, foreign bytes.
 * Messages accepted: SENSOR_SEAL, SENSOR_END. Sent: SENSOR_COUNTS, SENSOR_SEAL. The archive is made
 * durable once a minute and sealed once an hour; a fact that the disk does not take is counted.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_keeper.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/fact_record.h"
#include "sensor/role.h"
#include "system/os/folder.h"
#include "system/proc/shared_ring.h"
#include "traffic/archive/archive.h"

enum { FLUSH_MS = MINUTE_MS, SEAL_MS = HOUR_MS, WAIT_MS = 500, FACTS_IN_A_ROW = 1024 };

struct keeper {
        struct role_line line;
        struct shared_ring *facts;
        struct folder *folder;
        struct archive *archive;
        struct traffic_sink sink;
        struct sensor_counts counts;
        time_ms flushed, sealed; /* on the steady clock */
        bool seal;               /* somebody wants to read */
        bool trouble;            /* said once, until it is over */
};

static void keeper_done(struct keeper *k)
{
        k->archive = archive_close(k->archive);
        k->folder = folder_close(k->folder);
        k->facts = shared_ring_close(k->facts);
        role_line_done(&k->line);
}

static int on_seal(void *state, const struct message *m)
{
        (void)m;
        ((struct keeper *)state)->seal = true;
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_SEAL, 0, 0, ROLE_STATE, false, on_seal } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static int archive_start(struct keeper *k, const struct sensor_settings *s)
{
        const struct archive_options options = { .own = s->own,
                .own_count = s->own_count,
                .keep_days = (int)s->keep_days,
                .quota_bytes = s->quota_gib << 30,
                .clock = &clock_real,
                .distrust_clock = true };
        int err = folder_open_or_make(&k->folder, s->archive, 0700);

        if (!err)
                err = role_confine("sensor keeper", CONFINE_SCAN, s->archive, CONFINE_WRITE);
        if (!err)
                err = archive_open(&k->archive, k->folder, &options);
        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor keeper", "archive %s: %s", s->archive,
                    err == ERR_BUSY ? "another program writes to it" : err_text(err));
        else
                k->sink = archive_sink(k->archive);
        return err;
}

/* A full disk or a bad block: what comes is counted until it is over. */
static void note(struct keeper *k, int err)
{
        if (err && !k->trouble)
                log_line(LOG_LEVEL_ERROR, "sensor keeper", "the archive takes nothing: %s",
                    err_text(err));
        if (!err && k->trouble)
                log_line(LOG_LEVEL_INFO, "sensor keeper", "the archive takes facts again");
        k->trouble = err != 0;
}

static int take_some(struct keeper *k, size_t *taken)
{
        struct text record;
        int err = 0;

        for (*taken = 0; *taken < FACTS_IN_A_ROW; ++*taken) {
                err = shared_ring_next(&record, k->facts);
                if (err)
                        return err == ERR_MISSING ? 0 : err;
                err = fact_record_take(record, k->sink);
                if (err == ERR_UNTRUSTED)
                        return err;
                k->counts.of[COUNT_ARCHIVE_FAILURES] += err != 0;
                note(k, err);
                shared_ring_release(k->facts);
        }
        return 0;
}

static void count(struct keeper *k)
{
        struct archive_counts c;
        uint64_t *of = k->counts.of;

        archive_count(&c, k->archive);
        of[COUNT_ARCHIVE_BYTES] = c.bytes;
        of[COUNT_ARCHIVE_FLOWS] = c.flows;
        of[COUNT_ARCHIVE_PARTITIONS] = c.partitions;
        of[COUNT_ARCHIVE_DAMAGED] = c.damaged_files;
        of[COUNT_ARCHIVE_FIRST_AT] = (uint64_t)c.first_at;
        of[COUNT_ARCHIVE_LAST_AT] = (uint64_t)c.last_at;
}

static void tend(struct keeper *k)
{
        time_ms now = clock_steady(&clock_real);

        if (now - k->sealed >= SEAL_MS) {
                note(k, archive_seal(k->archive));
                k->sealed = k->flushed = now;
        } else if (now - k->flushed >= FLUSH_MS) {
                note(k, archive_flush(k->archive));
                k->flushed = now;
        }
}

/* When all that came before the wish is in. */
static int seal_wanted(struct keeper *k)
{
        if (!k->seal)
                return 0;
        k->seal = false;
        note(k, archive_seal(k->archive));
        k->sealed = k->flushed = clock_steady(&clock_real);
        return message_send(k->line.socket, SENSOR_SEAL, 0, TEXT(""), -1);
}

static int loop(struct keeper *k)
{
        k->flushed = k->sealed = clock_steady(&clock_real);
        for (;;) {
                size_t taken;
                int err = take_some(k, &taken);

                tend(k);
                count(k);
                if (!err)
                        err = role_line_tell(&k->line, &k->counts, false);
                if (!err)
                        err = role_line_listen(&k->line);
                if (!err && taken < FACTS_IN_A_ROW)
                        err = seal_wanted(k);
                if (err || (k->line.ending && !taken))
                        return err;
                if (!taken)
                        shared_ring_wait(&k->facts, 1, k->line.socket, WAIT_MS);
        }
}

static int finish(struct keeper *k)
{
        int err = archive_seal(k->archive);

        note(k, err);
        count(k);
        return err ? err : role_line_tell(&k->line, &k->counts, true);
}

int proc_keeper_run(void *state)
{
        struct proc_keeper *proc = state;
        AUTO(keeper_done) struct keeper k = { 0 };
        int err = role_line_init(&k.line, proc->socket, &table, &k);

        if (!err)
                err = shared_ring_open(&k.facts, proc->facts, proc->bell);
        if (!err)
                err = archive_start(&k, proc->settings);
        if (err)
                return ROLE_CANNOT_START;
        err = loop(&k);
        if (!err)
                err = finish(&k);
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_WARNING, "sensor keeper", "ends: %s", err_text(err));
        return role_status(err);
}
