/* agent/proc_link.c: delivers reports, fetches orders and bundles, says when work is due.
 * Rights kept: sockets, the state folder, the files that name resolution reads. Never: other files,
 * other programs, new processes. Messages accepted: AGENT_RESULT while it waits for one. Sent:
 * AGENT_WORK. A report leaves the disk only when the centre has acknowledged it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/proc_link.h"
#include "agent/agent_messages.h"
#include "line/line_confine.h"
#include "line/link_exchange.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/os/memory_file.h"
#include "system/proc/message_parse.h"

#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum {
        RESULT_STATE = 1,
        BACKOFF_FIRST_MS = 5000,
        BACKOFF_MAX_MS = 5 * MINUTE_MS,
        HEARTBEAT_MS = 15 * MINUTE_MS,
        QUIET_OUTBOX = 50,
        RETRY_MS = 15 * MINUTE_MS
};

struct due {
        time_ms inventory, sweep, connections, heartbeat; /* on the steady clock */
};

struct link {
        struct proc_link *proc;
        struct agent_state *state;
        struct agent_identity me;
        struct link_exchange exchange;
        struct due due;
        time_ms started, backoff;
        bool heartbeat_now;
        bool refused; /* the centre's last word */
        int last_err; /* of the last piece of work */
        json_t *done; /* orders finished and not yet reported: kept in the note orders_done */
        void *room;
};

static time_ms steady(void)
{
        return clock_steady(&clock_real);
}

/* Between half and all of it, so that a thousand agents do not return in the same second. */
static time_ms jitter(time_ms ms)
{
        return ms / 2 + (time_ms)randombytes_uniform((uint32_t)(ms / 2 + 1));
}

static int confine_link(const char *state_path)
{
        bool fenced = false;
        int err = line_confine(&fenced, state_path);

        if (!err && !fenced)
                log_line(LOG_LEVEL_WARNING, "agent link",
                    "this system does not fence the linking process from files");
        return err;
}

static void times_save(struct link *l, const char *name)
{
        AUTO(json_free_at) json_t *times = NULL;

        if (agent_note_load(&times, l->state, "times.json") != 0)
                times = json_object();
        if (times && json_object_set_new(times, name, json_integer(clock_now(&clock_real))) == 0 &&
            agent_note_save(l->state, "times.json", times) != 0)
                log_line(LOG_LEVEL_WARNING, "agent link", "the state folder cannot be written");
}

/* Work done before a restart is not done again before its time. */
static time_ms due_after(const struct link *l, const char *name, time_ms every)
{
        AUTO(json_free_at) json_t *times = NULL;
        int64_t last;
        time_ms now = clock_now(&clock_real);

        if (agent_note_load(&times, l->state, "times.json") != 0 ||
            json_field_i64(&last, times, name, 0, INT64_MAX, NULL) != 0 || last > now ||
            now - last >= every)
                return steady();
        return steady() + (every - (now - last));
}

static int on_result(void *state, const struct message *m)
{
        struct link *l = state;
        AUTO(json_free_at) json_t *body = NULL;
        struct agent_result r;
        struct text text = { NULL, 0 };
        const char *kinds[] = { "", "inventory", "sweep", "connections", "connections", "restore" };
        int err;

        memcpy(&r, m->body.data, sizeof(r));
        r.order[ULID_MAX - 1] = '\0';
        if (r.kind < WORK_INVENTORY || r.kind > WORK_RESTORE)
                return ERR_UNTRUSTED;
        err = memory_file_map(&text, m->fd, REPORT_BYTES_MAX);
        if (!err && r.with_body) {
                err = json_read(&body, text, NULL);
                if (!err)
                        err = agent_report_put_own(
                            l->state, l->me.machine, kinds[r.kind], MOVE(body), &clock_real);
        }
        memory_file_unmap(&text);
        (void)close(m->fd);
        l->last_err = err ? err : r.err;
        if (!err && !r.err)
                times_save(l, kinds[r.kind]);
        if (r.order[0]) {
                json_t *o = json_pack("{ss ss ss}", "id", r.order, "state",
                    err || r.err ? "failed" : "done", "detail",
                    err || r.err ? err_text(err ? err : r.err) : "");

                if (json_array_append_new(l->done, o) != 0 ||
                    agent_note_save(l->state, "orders_done.json", l->done))
                        err = err ? err : ERR_IO;
                l->heartbeat_now = true;
        }
        return err;
}

static const struct message_rule rules[] = { { AGENT_RESULT, sizeof(struct agent_result),
    sizeof(struct agent_result), RESULT_STATE, true, on_result } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* Asks the root for one piece of work and waits for its end. CLOSED: the root has gone. */
static int work_wait(struct link *l, enum work_kind kind, const struct work_order *order)
{
        struct agent_work w = { .kind = kind };
        struct message m;
        int err;

        (void)snprintf(w.reason, sizeof(w.reason), "%s", order ? order->reason : "schedule");
        if (order) {
                (void)snprintf(w.order, sizeof(w.order), "%s", order->id);
                (void)snprintf(w.argument, sizeof(w.argument), "%s", order->argument);
        }
        l->last_err = ERR_CLOSED;
        link_exchange_hang_up(&l->exchange);
        err = message_send(
            l->proc->socket, AGENT_WORK, 0, (struct text){ (char *)&w, sizeof(w) }, -1);
        if (!err)
                err = message_receive(&m, l->proc->socket, l->room, MESSAGE_BYTES_MAX, -1);
        if (err)
                return ERR_CLOSED;
        err = message_dispatch(&table, RESULT_STATE, l, &m);
        if (err)
                log_line(LOG_LEVEL_WARNING, "agent link", "result: %s", err_text(err));
        return 0;
}

static bool was_done(const struct link *l, const char *id)
{
        for (size_t i = 0; i < json_array_size(l->done); i++) {
                const char *done = json_string_value(
                    json_object_get(json_array_get(l->done, i), "id"));

                if (done && strcmp(done, id) == 0)
                        return true;
        }
        return false;
}

static const struct work_order *most_urgent(const struct link *l)
{
        const struct work *w = &l->exchange.work;
        const struct work_order *best = NULL;

        for (size_t i = 0; i < w->order_count; i++)
                if (!was_done(l, w->orders[i].id) &&
                    (!best || w->orders[i].priority > best->priority))
                        best = &w->orders[i];
        return best;
}

static enum work_kind kind_of(const struct work_order *o)
{
        return strcmp(o->kind, "sweep") == 0       ? WORK_SWEEP
               : strcmp(o->kind, "inventory") == 0 ? WORK_INVENTORY
                                                   : WORK_RESTORE;
}

static int scheduled(struct link *l, enum work_kind kind, time_ms *due, time_ms every)
{
        int err;

        if (steady() < *due)
                return 0;
        err = work_wait(l, kind, NULL);
        /* What failed is tried again soon; without rules there is nothing to do until they come. */
        *due = steady() + (l->last_err && l->last_err != ERR_MISSING && RETRY_MS < every
                                  ? jitter(RETRY_MS)
                                  : every);
        return err;
}

/* Everything that is due now; new orders may come between any two. */
static int work_due(struct link *l)
{
        const struct work_order *order;
        const struct work *w = &l->exchange.work;
        bool quiet = agent_report_count(l->state) >= QUIET_OUTBOX;
        int err = 0;

        while (!err && (order = most_urgent(l)) != NULL) {
                size_t before = json_array_size(l->done);

                err = work_wait(l, kind_of(order), order);
                if (json_array_size(l->done) == before)
                        break; /* its end could not be noted: not at once again */
        }
        if (!err)
                err = scheduled(l, WORK_INVENTORY, &l->due.inventory, w->inventory_hours * HOUR_MS);
        if (!err)
                err = scheduled(l, quiet ? WORK_CONNECTIONS_QUIET : WORK_CONNECTIONS,
                    &l->due.connections, w->connections_minutes * MINUTE_MS);
        if (!err)
                err = scheduled(l, WORK_SWEEP, &l->due.sweep, w->sweep_hours * HOUR_MS);
        return err;
}

static void heartbeat(struct link *l)
{
        char generation[GENERATION_MAX];
        json_t *body;

        if (!l->heartbeat_now &&
            (steady() < l->due.heartbeat || agent_report_count(l->state) >= QUIET_OUTBOX))
                return;
        bundle_generation(generation, l->state);
        body = json_pack("{sI ss sI sO}", "uptime_seconds",
            (json_int_t)((steady() - l->started) / SECOND_MS), "bundle", generation, "queue",
            (json_int_t)agent_report_count(l->state), "orders_done", l->done);
        if (!body ||
            agent_report_put_own(l->state, l->me.machine, "heartbeat", body, &clock_real)) {
                log_line(LOG_LEVEL_WARNING, "agent link", "the outbox takes no more reports");
                return;
        }
        l->heartbeat_now = false;
        l->due.heartbeat = steady() + HEARTBEAT_MS;
        /* The report on the disk now says it; the orders' ends stay known until the centre names
         * them no more. */
}

/* Ends of orders that the centre no longer names are forgotten. */
static void forget_done(struct link *l)
{
        const struct work *w = &l->exchange.work;

        for (size_t i = json_array_size(l->done); i-- > 0;) {
                const char *id = json_string_value(
                    json_object_get(json_array_get(l->done, i), "id"));
                bool named = false;

                for (size_t k = 0; id && k < w->order_count; k++)
                        named = named || strcmp(w->orders[k].id, id) == 0;
                if (!named)
                        (void)json_array_remove(l->done, i);
        }
        (void)!agent_note_save(l->state, "orders_done.json", l->done);
}

/* For `status`: whether the centre still wants to hear from this machine. */
static void centre_said(struct link *l, bool refused)
{
        AUTO(json_free_at) json_t *note = NULL;

        if (refused == l->refused)
                return;
        l->refused = refused;
        note = json_pack(
            "{sb sI}", "refused", (int)refused, "at", (json_int_t)clock_now(&clock_real));
        if (!note || agent_note_save(l->state, AGENT_CENTRE_NOTE, note) != 0)
                log_line(LOG_LEVEL_WARNING, "agent link", "the state folder cannot be written");
        if (refused)
                log_line(LOG_LEVEL_ERROR, "agent link",
                    "the centre refuses this machine's certificate: it was revoked");
}

static int talk(struct link *l)
{
        char before[GENERATION_MAX], now[GENERATION_MAX];
        int err = link_deliver(&l->exchange);

        if (!err)
                err = link_renew(&l->exchange);
        if (!err)
                err = link_fetch_work(&l->exchange, most_urgent(l) == NULL);
        if (!err && !agent_report_count(l->state))
                forget_done(l);
        if (!err || err == ERR_DENIED)
                centre_said(l, err != 0);
        bundle_generation(before, l->state);
        if (!err)
                err = link_fetch_bundle(&l->exchange);
        bundle_generation(now, l->state);
        if (strcmp(before, now) != 0)
                l->due.sweep = steady(); /* new rules: what was clean may not be */
        return err;
}

static void rest(struct link *l, time_ms ms)
{
        struct pollfd p = { .fd = l->proc->socket, .events = POLLIN };
        time_ms next = l->due.connections - steady();

        link_exchange_hang_up(&l->exchange);
        if (next > 0 && next < ms)
                ms = next;
        (void)poll(&p, 1, ms > 0 ? (int)ms : 0); /* the root's end wakes us at once */
}

static int loop(struct link *l)
{
        for (;;) {
                int err = work_due(l);

                if (err)
                        return err;
                heartbeat(l);
                err = talk(l);
                if (!err) {
                        l->backoff = 0;
                        continue;
                }
                l->backoff = !l->backoff                       ? BACKOFF_FIRST_MS
                             : l->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS
                                                               : l->backoff * 2;
                log_line(LOG_LEVEL_WARNING, "agent link", "%s: %s; %zu reports wait", l->me.centre,
                    err == ERR_UNTRUSTED ? "its certificate is not our authority's" : err_text(err),
                    agent_report_count(l->state));
                rest(l, jitter(l->backoff));
        }
}

static int exchange_start(struct link *l)
{
        const struct link_exchange_options options = { .state = l->state,
                .me = &l->me,
                .renew_days = l->proc->renew_days,
                .reports = "/agent/v1/reports",
                .who = "agent link",
                .tell = log_line };

        return link_exchange_init(&l->exchange, &options);
}

static void link_done(struct link *l)
{
        link_exchange_done(&l->exchange);
        agent_identity_done(&l->me);
        l->state = agent_state_close(l->state);
        json_decref(l->done);
        mem_free(l->room);
}

int proc_link_run(void *state)
{
        AUTO(link_done) struct link l = { .proc = state, .started = steady() };
        int err = confine_link(l.proc->state_path);

        agent_identity_init(&l.me);
        l.room = mem_zero(1, MESSAGE_BYTES_MAX);
        if (!err)
                err = agent_state_open(&l.state, l.proc->state_path);
        if (!err)
                err = agent_identity_load(&l.me, l.state);
        if (!err)
                err = exchange_start(&l);
        if (!err && (agent_note_load(&l.done, l.state, "orders_done.json") != 0 ||
                        !json_is_array(l.done))) {
                json_decref(l.done);
                l.done = json_array();
        }
        if (!err)
                l.refused = agent_was_refused(l.state);
        if (!err && (!l.room || !l.done))
                err = ERR_MEMORY;
        if (!err) {
                l.due = (struct due){ .inventory = due_after(&l, "inventory", DAY_MS),
                        .sweep = due_after(&l, "sweep", DAY_MS),
                        .connections = steady(),
                        .heartbeat = steady() };
                err = loop(&l);
        }
        if (err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "agent link", "%s", err_text(err));
        return 1;
}
