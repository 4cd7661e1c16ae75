/* sensor/proc_analyse.c: makes flows, names and alerts of what comes in.
 * Rights kept: shared memory (the input rings to read, the facts and alerts rings to write). Never:
 * files, network. It is the one that parses foreign bytes. Messages accepted: SENSOR_SET,
 * SENSOR_QUIET, SENSOR_END. Sent: SENSOR_COUNTS.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/proc_analyse.h"
#include "base/log.h"
#include "base/mem.h"
#include "indicators/set/set_slot.h"
#include "sensor/pipeline.h"
#include "sensor/quiet_parse.h"
#include "sensor/role.h"
#include "sensor/set_loader.h"
#include "system/os/memory_file.h"
#include "system/proc/shared_ring.h"

#include <poll.h>
#include <unistd.h>

/* Reading files nothing may be lost: whoever keeps the facts may be started again meanwhile. */
enum {
        WAIT_MS = 100,
        RECORDS_IN_A_ROW = 512,
        ROOM_FILES_MS = 60000,
        ROOM_LIVE_MS = 0,
        SET_WAIT_MS = 10000
};

struct analyse {
        struct role_line line;
        struct pipeline *pipeline;
        struct shared_ring *rings[ANALYSE_RINGS_MAX];
        size_t ring_count;
        struct shared_ring *facts, *alerts;
        time_ms tended, talkers_told; /* on the steady clock */
        struct set_slot *slot;
        struct set_ref *set; /* what the pipeline looks into; NULL: none */
        struct set_loader *loader;
        bool live;
};

static void analyse_done(struct analyse *a)
{
        a->pipeline = pipeline_free(a->pipeline);
        a->loader = set_loader_free(a->loader);
        set_ref_drop(a->set);
        a->slot = set_slot_free(a->slot);
        for (size_t i = 0; i < a->ring_count; i++)
                (void)shared_ring_close(a->rings[i]);
        a->facts = shared_ring_close(a->facts);
        a->alerts = shared_ring_close(a->alerts);
        role_line_done(&a->line);
}

static int on_set(void *state, const struct message *m)
{
        struct analyse *a = state;
        int err = set_loader_load_own(a->loader, m->fd);

        return err == ERR_BUSY ? 0 : err; /* a newer one follows the 64 that wait */
}

static int on_quiet(void *state, const struct message *m)
{
        AUTO(mem_free_at) struct quiet_list *quiet = mem_zero(1, sizeof(*quiet));
        struct analyse *a = state;
        struct text bytes = { NULL, 0 };
        int err = quiet ? memory_file_map(&bytes, m->fd, sizeof(quiet->of)) : ERR_MEMORY;

        if (!err)
                err = quiet_take(quiet, bytes);
        memory_file_unmap(&bytes);
        (void)close(m->fd);
        if (!err)
                err = pipeline_quiet(a->pipeline, quiet->of, quiet->count);
        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor analyse", "what is to be quiet is refused: %s",
                    err_text(err));
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_SET, 0, 0, ROLE_STATE, true, on_set },
        { SENSOR_QUIET, 0, 0, ROLE_STATE, true, on_quiet } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* Looks into the newest set. Between two batches of records: no packet sees half a change. */
static void set_renew(struct analyse *a)
{
        struct set_ref *now = set_slot_take(a->slot);

        if (now != a->set)
                pipeline_use(a->pipeline, set_ref_set(now));
        set_ref_drop(a->set);
        a->set = now;
}

static int rings_open(struct analyse *a, const struct proc_analyse *proc)
{
        int err = shared_ring_open(&a->alerts, proc->alerts, proc->alerts_bell);

        if (!err && proc->facts >= 0)
                err = shared_ring_open(&a->facts, proc->facts, proc->facts_bell);
        for (; !err && a->ring_count < proc->ring_count; a->ring_count++)
                err = shared_ring_open(
                    &a->rings[a->ring_count], proc->rings[a->ring_count], proc->bell);
        return err;
}

/* A record is released before it is looked at no more: one that kills us is not met again. */
static int take_some(struct analyse *a, struct shared_ring *ring, size_t *taken)
{
        struct text record;

        for (size_t i = 0; i < RECORDS_IN_A_ROW; i++) {
                int err = shared_ring_next(&record, ring);

                if (err)
                        return err == ERR_MISSING ? 0 : err;
                err = pipeline_take(a->pipeline, record);
                shared_ring_release(ring);
                if (err)
                        return err;
                ++*taken;
        }
        return 0;
}

static int tell(struct analyse *a, bool now)
{
        struct sensor_counts counts = { { 0 } };

        pipeline_count(&counts, a->pipeline);
        for (size_t i = 0; i < a->ring_count; i++)
                counts.of[COUNT_RING_DROPS] += shared_ring_refused(a->rings[i]);
        counts.of[COUNT_FACT_DROPS] = a->facts ? shared_ring_refused(a->facts) : 0;
        return role_line_tell(&a->line, &counts, now);
}

static int talkers_tell(struct analyse *a)
{
        time_ms now = clock_steady(&clock_real);
        struct sensor_talkers talkers;

        if (!a->live || now - a->talkers_told < MINUTE_MS)
                return 0;
        a->talkers_told = now;
        pipeline_talkers(&talkers, a->pipeline, clock_now(&clock_real));
        return message_send(a->line.socket, SENSOR_TALKERS, 0,
            (struct text){ (const char *)&talkers, sizeof(talkers) }, -1);
}

static int tend(struct analyse *a)
{
        time_ms now = clock_steady(&clock_real);
        int err;

        if (now - a->tended < WAIT_MS)
                return 0;
        a->tended = now;
        err = pipeline_tend(
            a->pipeline, a->live ? clock_now(&clock_real) : pipeline_newest(a->pipeline));
        if (!err)
                err = tell(a, false);
        if (!err)
                err = talkers_tell(a);
        return err ? err : role_line_listen(&a->line);
}

static int loop(struct analyse *a)
{
        for (;;) {
                size_t taken = 0;
                int err = 0;

                set_renew(a);
                for (size_t i = 0; !err && i < a->ring_count; i++)
                        err = take_some(a, a->rings[i], &taken);
                if (!err)
                        err = tend(a);
                if (err || (a->line.ending && !taken))
                        return err;
                if (!taken)
                        shared_ring_wait(a->rings, a->ring_count, a->line.socket, WAIT_MS);
        }
}

/* The first packet is held against the set too. */
static int set_await(struct analyse *a)
{
        time_ms end = clock_steady(&clock_real) + SET_WAIT_MS;
        int err = 0;

        while (!err && !set_loader_done(a->loader) && !a->line.ending &&
               clock_steady(&clock_real) < end) {
                (void)poll(NULL, 0, 5);
                err = role_line_listen(&a->line);
        }
        return err;
}

int proc_analyse_run(void *state)
{
        struct proc_analyse *proc = state;
        AUTO(analyse_done)
        struct analyse a = { .live = !proc->settings->file_count };
        struct pipeline_options options = { .settings = proc->settings,
                .room_ms = a.live ? ROOM_LIVE_MS : ROOM_FILES_MS };
        int err = role_line_init(&a.line, proc->socket, &table, &a);

        if (!err)
                err = rings_open(&a, proc);
        options.facts = a.facts;
        options.alerts = a.alerts;
        if (!err)
                err = pipeline_new(&a.pipeline, &options);
        if (!err)
                err = set_slot_new(&a.slot);
        if (!err)
                err = set_loader_new(&a.loader, a.slot);
        if (!err)
                err = role_confine("sensor analyse", CONFINE_MESSAGES, NULL, CONFINE_READ);
        if (!err && proc->settings->set)
                err = set_await(&a);
        if (!err)
                err = loop(&a);
        if (!err)
                err = pipeline_end(a.pipeline);
        if (!err)
                err = tell(&a, true);
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "sensor analyse", "ends: %s", err_text(err));
        return role_status(err);
}
