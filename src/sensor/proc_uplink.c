/* sensor/proc_uplink.c: delivers alerts and answers to the centre, tells it how the sensor fares,
 * fetches the set in use and orders.
 * Rights kept: one TLS connection, the state folder, the files that name resolution reads, the
 * alerts ring. Never: capture, archive, other files, new processes. Messages accepted:
 * SENSOR_STATUS, SENSOR_TALKERS, SENSOR_ANSWER, SENSOR_END. Sent: SENSOR_SET, SENSOR_QUIET,
 * SENSOR_ORDER, SENSOR_CANCEL, SENSOR_COUNTS. An alert leaves the ring when it is in the outbox on
 * the disk, and the outbox when the centre has acknowledged it. SPDX-License-Identifier: Apache-2.0
 */
#include "sensor/proc_uplink.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "line/line_confine.h"
#include "line/link_exchange.h"
#include "sensor/alert_json.h"
#include "sensor/order_parse.h"
#include "sensor/quiet_parse.h"
#include "sensor/role.h"
#include "sensor/uplink_reports.h"
#include "system/net/https_client.h"
#include "system/os/memory_file.h"
#include "system/proc/shared_ring.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define QUIET_NOTE "quiet.json"

enum {
        WAIT_MS = 500,
        TALK_MS = 3000,
        STATUS_MS = MINUTE_MS,
        BACKOFF_MAX_MS = MINUTE_MS,
        ASK_MS = 30000,
        FILE_MS = 5 * MINUTE_MS,
        ALERTS_IN_ONE = 500,
        FINISHED_KEPT = 256,
        ROWS_BYTES_MAX = 4 << 20,
        PATH_ROOM = 96
};

struct uplink {
        struct role_line line;
        struct proc_uplink *proc;
        struct shared_ring *alerts;
        struct agent_state *state;
        struct agent_identity me;
        struct link_exchange exchange;
        struct sensor_status status;
        struct sensor_talkers talkers;
        bool has_status, has_talkers;
        struct sensor_orders orders;
        struct quiet_list *quiet; /* in force */
        char asked[ULID_MAX];     /* the order that is being answered; "" = none */
        char finished[FINISHED_KEPT][ULID_MAX];
        size_t finished_next;
        char generation[GENERATION_MAX];     /* of the set that was handed on */
        time_ms talk_at, status_at, backoff; /* on the steady clock */
        struct sensor_counts counts;
};

static void uplink_done(struct uplink *u)
{
        link_exchange_done(&u->exchange);
        agent_identity_done(&u->me);
        u->state = agent_state_close(u->state);
        u->alerts = shared_ring_close(u->alerts);
        mem_free(u->quiet);
        role_line_done(&u->line);
}

static time_ms steady(void)
{
        return clock_steady(&clock_real);
}

/* From the root. */

static int on_status(void *state, const struct message *m)
{
        struct uplink *u = state;

        memcpy(&u->status, m->body.data, sizeof(u->status));
        u->has_status = true;
        return 0;
}

static int on_talkers(void *state, const struct message *m)
{
        struct uplink *u = state;

        memcpy(&u->talkers, m->body.data, sizeof(u->talkers));
        u->has_talkers = true;
        return 0;
}

static void finish(struct uplink *u, const char *id)
{
        memcpy(u->finished[u->finished_next++ % FINISHED_KEPT], id, ULID_MAX);
        if (strcmp(u->asked, id) == 0)
                u->asked[0] = '\0';
}

static int answer_keep(struct uplink *u, const struct sensor_answer *a, int fd)
{
        struct text text = { NULL, 0 };
        json_t *rows = NULL, *body = NULL;
        int err = memory_file_map(&text, fd, ROWS_BYTES_MAX);

        if (!err)
                err = text.len ? json_read(&rows, text, NULL) : 0;
        memory_file_unmap(&text);
        if (!err && !rows)
                rows = json_array();
        if (!err)
                body = uplink_answer_json_own(a, rows);
        if (!err && !body)
                err = ERR_MEMORY;
        return err ? err
                   : agent_report_put_own(u->state, u->me.machine, "answer", body, &clock_real);
}

static int on_answer(void *state, const struct message *m)
{
        struct uplink *u = state;
        struct sensor_answer a;
        int err;

        memcpy(&a, m->body.data, sizeof(a));
        a.id[ULID_MAX - 1] = a.why_vi[SENSOR_WHY_MAX - 1] = a.why_en[SENSOR_WHY_MAX - 1] = '\0';
        err = answer_keep(u, &a, m->fd);
        (void)close(m->fd);
        if (err)
                log_line(
                    LOG_LEVEL_WARNING, "sensor uplink", "answer to %s: %s", a.id, err_text(err));
        if (a.state != SENSOR_RUNNING)
                finish(u, a.id);
        u->talk_at = 0;
        return 0;
}

static const struct message_rule rules[] = {
        { SENSOR_STATUS, sizeof(struct sensor_status), sizeof(struct sensor_status), ROLE_STATE,
            false, on_status },
        { SENSOR_TALKERS, sizeof(struct sensor_talkers), sizeof(struct sensor_talkers), ROLE_STATE,
            false, on_talkers },
        { SENSOR_ANSWER, sizeof(struct sensor_answer), sizeof(struct sensor_answer), ROLE_STATE,
            true, on_answer },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* Alerts: ring -> outbox. */

static int alert_add(json_t *all, struct text record)
{
        struct alert_record r;

        if (record.len != sizeof(r))
                return ERR_UNTRUSTED;
        memcpy(&r, record.data, sizeof(r));
        if (!alert_record_is_sound(&r))
                return ERR_UNTRUSTED;
        return json_array_append_new(all, alert_json(&r)) ? ERR_MEMORY : 0;
}

/* Killed between outbox and release it tells them once more, under the same identifiers. */
static int alerts_take(struct uplink *u)
{
        AUTO(json_free_at) json_t *all = json_array();
        struct text record;
        json_t *body;
        int err = all ? 0 : ERR_MEMORY;

        if (agent_report_count(u->state) >= OUTBOX_MAX - 1)
                return 0; /* they stay in the ring, and then with who found them */
        while (!err && json_array_size(all) < ALERTS_IN_ONE &&
               (err = shared_ring_next(&record, u->alerts)) == 0)
                err = alert_add(all, record);
        if (err && err != ERR_MISSING)
                return err;
        if (!json_array_size(all))
                return 0;
        body = json_pack("{sO}", "alerts", all);
        err = body ? agent_report_put_own(u->state, u->me.machine, "alerts", body, &clock_real)
                   : ERR_MEMORY;
        if (!err)
                shared_ring_release(u->alerts);
        if (!err)
                u->talk_at = u->backoff ? u->talk_at : 0;
        return err;
}

/* The centre. */

static int status_tell(struct uplink *u)
{
        AUTO(buffer_done) struct buffer body = BUFFER(64 << 10);
        AUTO(json_free_at) json_t *o = NULL;
        AUTO(mem_free_at) char *text = NULL;
        const struct sensor_settings *s = u->proc->settings;
        struct https_answer answer = { .body = body };
        const char *source = s->interface_count ? s->interfaces[0]
                             : s->netflow_count ? s->netflow[0]
                             : s->syslog_count  ? s->syslog[0]
                             : s->follow_count  ? s->follow[0]
                                                : "";
        int err;

        if (!u->has_status || steady() < u->status_at)
                return 0;
        u->status.counts.of[COUNT_OUTBOX] = agent_report_count(u->state);
        o = uplink_status_json(&u->status, u->has_talkers ? &u->talkers : NULL, source,
            u->generation, clock_now(&clock_real));
        text = o ? json_dumps(o, JSON_COMPACT) : NULL;
        if (!text)
                return ERR_MEMORY;
        err = link_ask(
            &u->exchange, &answer, "POST", "/agent/v1/sensor/status", text_of(text), ASK_MS);
        body = answer.body;
        if (!err && answer.status != 204)
                err = ERR_DENIED;
        if (!err) {
                u->status_at = steady() + STATUS_MS;
                u->has_talkers = false;
        }
        return err;
}

/* The set in use, its signature and digest checked again. MISSING: there is none. */
static int set_read(struct buffer *out, const struct uplink *u)
{
        AUTO(bundle_done) struct bundle b = { .folder = NULL };
        int err = bundle_open(&b, u->state,
            (struct text){ u->me.authority.data ? u->me.authority.data : "", u->me.authority.len });

        if (err)
                return err;
        for (size_t i = 0; i < b.manifest.count; i++)
                if (b.manifest.files[i].kind == BUNDLE_KIND_SET)
                        return bundle_read(out, &b, &b.manifest.files[i]);
        return ERR_MISSING;
}

static int hand_on(
    const struct uplink *u, uint32_t type, const void *body, size_t len, struct text bytes)
{
        AUTO(file_close_at) int fd = -1;
        int err = memory_file_make(&fd, "set", bytes.len ? bytes : TEXT(""));

        return err ? err : message_send(u->line.socket, type, 0, (struct text){ body, len }, fd);
}

static int set_hand_on(struct uplink *u)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        char now[GENERATION_MAX];
        int err;

        bundle_generation(now, u->state);
        if (!now[0] || strcmp(now, u->generation) == 0)
                return 0;
        err = set_read(&bytes, u);
        if (err && err != ERR_MISSING)
                return err;
        memcpy(u->generation, now, sizeof(now));
        return hand_on(u, SENSOR_SET, "", 0, (struct text){ bytes.data, bytes.len });
}

static struct text quiet_bytes(const struct quiet_list *q)
{
        return (struct text){ (const char *)q->of, q->count * sizeof(q->of[0]) };
}

/* On the disk first: a sensor that starts while the centre is away knows it too. */
static int quiet_keep(const struct uplink *u, struct text work)
{
        AUTO(json_free_at) json_t *root = NULL;
        AUTO(json_free_at) json_t *note = NULL;
        int err = json_read(&root, work, NULL);

        if (err)
                return err;
        note = json_pack("{s{sO}}", "traffic", "quiet",
            json_object_get(json_object_get(root, "traffic"), "quiet"));
        return note ? agent_note_save(u->state, QUIET_NOTE, note) : ERR_MEMORY;
}

/* What is to be quiet, when it is not what was before. */
static int quiet_renew(struct uplink *u, struct text work, bool keep)
{
        AUTO(mem_free_at) struct quiet_list *now = mem_zero(1, sizeof(*now));
        int err = now ? quiet_parse(now, work, NULL) : ERR_MEMORY;

        if (err)
                return err == ERR_MISSING ? 0 : err;
        if (u->quiet && u->quiet->count == now->count &&
            memcmp(u->quiet->of, now->of, quiet_bytes(now).len) == 0)
                return 0;
        if (keep)
                err = quiet_keep(u, work);
        if (!err)
                err = hand_on(u, SENSOR_QUIET, "", 0, quiet_bytes(now));
        if (err)
                return err;
        mem_free(u->quiet);
        u->quiet = MOVE(now);
        return 0;
}

/* As it was when we last heard; what cannot be read the centre says again. */
static void quiet_load(struct uplink *u)
{
        AUTO(json_free_at) json_t *note = NULL;
        AUTO(mem_free_at) char *text = NULL;
        int err = agent_note_load(&note, u->state, QUIET_NOTE);

        if (!err)
                text = json_dumps(note, JSON_COMPACT);
        if (!err)
                err = text ? quiet_renew(u, text_of(text), false) : ERR_MEMORY;
        if (err && err != ERR_MISSING)
                log_line(LOG_LEVEL_WARNING, "sensor uplink", "%s: %s", QUIET_NOTE, err_text(err));
}

static int on_work(void *state, struct text answer)
{
        struct uplink *u = state;
        int err = order_parse(&u->orders, answer, NULL);

        return err ? err : quiet_renew(u, answer, true);
}

static bool is_finished(const struct uplink *u, const char *id)
{
        for (size_t i = 0; i < FINISHED_KEPT; i++)
                if (strcmp(u->finished[i], id) == 0)
                        return true;
        return false;
}

static int list_fetch(struct buffer *out, struct uplink *u, const char *order)
{
        AUTO(buffer_done) struct buffer body = BUFFER(SET_BYTES_MAX);
        struct https_answer answer = { .body = body };
        char path[PATH_ROOM];
        int err;

        (void)snprintf(path, sizeof(path), "/agent/v1/sensor/sets/%s", order);
        err = link_ask(&u->exchange, &answer, "GET", path, TEXT(""), FILE_MS);
        body = answer.body;
        if (!err && answer.status != 200)
                err = ERR_MISSING;
        return err ? err : buffer_add(out, body.data ? body.data : "", body.len);
}

static int order_ask(struct uplink *u, size_t n)
{
        AUTO(buffer_done) struct buffer set = BUFFER(SET_BYTES_MAX);
        const struct sensor_order *o = &u->orders.of[n];
        int err = 0;

        if (o->kind == SENSOR_HUNT)
                err = u->orders.has_own_set[n] ? list_fetch(&set, u, o->id) : set_read(&set, u);
        if (err && err != ERR_MISSING)
                return err;
        err = hand_on(u, SENSOR_ORDER, o, sizeof(*o), (struct text){ set.data, set.len });
        if (!err)
                memcpy(u->asked, o->id, ULID_MAX);
        return err;
}

/* One order at a time; one that was cancelled ends at once. */
static int orders_tend(struct uplink *u)
{
        for (size_t i = 0; u->asked[0] && i < u->orders.cancelled_count; i++)
                if (strcmp(u->orders.cancelled[i], u->asked) == 0) {
                        int err = message_send(
                            u->line.socket, SENSOR_CANCEL, 0, text_of(u->asked), -1);

                        finish(u, u->orders.cancelled[i]);
                        return err;
                }
        for (size_t i = 0; !u->asked[0] && i < u->orders.count; i++)
                if (!is_finished(u, u->orders.of[i].id))
                        return order_ask(u, i);
        return 0;
}

static int talk(struct uplink *u)
{
        int err = link_deliver(&u->exchange);

        if (!err)
                err = status_tell(u);
        if (!err)
                err = link_renew(&u->exchange);
        if (!err)
                err = link_fetch_work(&u->exchange, false);
        if (!err)
                err = link_fetch_bundle(&u->exchange);
        if (!err)
                err = set_hand_on(u);
        return err ? err : orders_tend(u);
}

/* Away, it is tried ever more seldom; the alerts wait on the disk. */
static void talk_in_time(struct uplink *u)
{
        int err;

        if (steady() < u->talk_at)
                return;
        err = talk(u);
        if (!err) {
                u->backoff = 0;
                u->talk_at = steady() + TALK_MS;
                return;
        }
        link_exchange_hang_up(&u->exchange);
        u->backoff = !u->backoff                       ? TALK_MS
                     : u->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS
                                                       : u->backoff * 2;
        u->talk_at = steady() + u->backoff;
        log_line(LOG_LEVEL_WARNING, "sensor uplink", "%s: %s; %zu reports wait", u->me.centre,
            err_text(err), agent_report_count(u->state));
}

static int loop(struct uplink *u)
{
        for (;;) {
                bool last = u->line.ending;
                int err = alerts_take(u);

                if (!err)
                        err = role_line_listen(&u->line);
                if (err)
                        return err;
                if (last)
                        return 0; /* the outbox keeps what was not delivered */
                talk_in_time(u);
                shared_ring_wait(&u->alerts, 1, u->line.socket, WAIT_MS);
        }
}

static int start(struct uplink *u)
{
        const struct link_exchange_options options = { .state = u->state,
                .me = &u->me,
                .reports = "/agent/v1/sensor/reports",
                .who = "sensor uplink",
                .tell = log_line,
                .on_work = on_work,
                .on_work_state = u };
        bool fenced = false;
        int err = line_confine(&fenced, agent_state_path(u->state));

        if (!err && !fenced)
                log_line(LOG_LEVEL_WARNING, "sensor uplink",
                    "this kernel has no Landlock: the process is not fenced from other files");
        return err ? err : link_exchange_init(&u->exchange, &options);
}

/* Started while the centre is away it watches by what it had. */
static void begin_as_before(struct uplink *u)
{
        int err = set_hand_on(u);

        quiet_load(u);
        if (err)
                log_line(
                    LOG_LEVEL_WARNING, "sensor uplink", "the set of before: %s", err_text(err));
}

int proc_uplink_run(void *state)
{
        struct proc_uplink *proc = state;
        AUTO(uplink_done) struct uplink u = { .proc = proc };
        int err = role_line_init(&u.line, proc->socket, &table, &u);

        agent_identity_init(&u.me);
        if (!err)
                err = shared_ring_open(&u.alerts, proc->alerts, proc->bell);
        if (!err)
                err = agent_state_open(&u.state, proc->settings->state);
        if (!err)
                err = agent_identity_load(&u.me, u.state);
        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor uplink", "%s: %s", proc->settings->state,
                    err == ERR_MISSING
                        ? "this sensor is not enrolled (canh-sensor enrol, or --local)"
                        : err_text(err));
        if (!err)
                err = start(&u);
        if (err)
                return ROLE_CANNOT_START;
        begin_as_before(&u);
        err = loop(&u);
        if (err && err != ERR_CLOSED)
                log_line(LOG_LEVEL_ERROR, "sensor uplink", "ends: %s", err_text(err));
        return role_status(err);
}
