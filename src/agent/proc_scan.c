/* agent/proc_scan.c: does one piece of work and ends.
 * Rights kept: reading files everywhere but the machine's key; its state folder; removing files
 * when quarantine is on, writing them only for a restore. Never: network, other programs, new
 * processes. Lowest priority
 * for processor and disk. Messages accepted: AGENT_WORK, once. Sent: AGENT_RESULT, once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/proc_scan.h"
#include "agent/agent_messages.h"
#include "agent/proc_clamd.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/json_fields.h"
#include "system/os/confine.h"
#include "system/os/memory_file.h"
#include "system/os/throttle.h"
#include "system/proc/message_parse.h"
#include "workstation/inventory/inventory.h"
#include "workstation/sweep/path_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAITING = 1, WAIT_MS = 30000, PATH_ROOM = 4096 };

int proc_scan_confine(
    bool *fenced, const char *state_path, const char *key_path, enum confine_access everywhere)
{
        AUTO(mem_free_at) char *hidden = key_path ? realpath(key_path, NULL) : NULL;
        AUTO(mem_free_at) char *state = state_path ? realpath(state_path, NULL) : NULL;
        const struct confine_folder folders[] = { { "/", everywhere },
                { state ? state : "/nonexistent", CONFINE_WRITE }, { "/dev/null", CONFINE_WRITE } };
        struct confine_request request = { .profile = CONFINE_SCAN,
                .folders = folders,
                .folder_count = ARRAY_LEN(folders),
                .hidden = hidden };
        struct confine_report report;
        int err = confine_apply(&report, &request);

        if (!err)
                *fenced = report.folders_fenced;
        return err;
}

static int confine_for(const struct proc_scan *scan, enum work_kind kind)
{
        bool takes = kind == WORK_SWEEP && scan->settings->quarantine, fenced = false;
        char key[PATH_ROOM];
        int err;

        (void)snprintf(key, sizeof(key), "%s/key.pem", scan->state_path);
        err = proc_scan_confine(&fenced, scan->state_path, key,
            kind == WORK_RESTORE ? CONFINE_WRITE
            : takes              ? CONFINE_REMOVE
                                 : CONFINE_READ);
        if (!err && !fenced)
                log_line(LOG_LEVEL_WARNING, "agent scan",
                    "this system does not fence the scanning process: it could write files and "
                    "read the machine's key");
        return err;
}

static void on_problem(void *state, const char *what, int err, const char *why)
{
        AUTO(buffer_done) struct buffer shown = BUFFER(1 << 20);

        (void)state;
        if (path_text_add(&shown, what) == 0)
                log_line(
                    LOG_LEVEL_WARNING, "agent scan", "%s: %s (%s)", shown.data, err_text(err), why);
}

struct task {
        struct proc_scan *scan;
        struct clamd_line clamd;
        struct engine_peer peer;
        struct agent_work work;
};

static int take_work(void *state, const struct message *m)
{
        struct task *t = state;

        memcpy(&t->work, m->body.data, sizeof(t->work));
        t->work.order[ULID_MAX - 1] = t->work.reason[sizeof(t->work.reason) - 1] = '\0';
        t->work.argument[sizeof(t->work.argument) - 1] = '\0';
        return 0;
}

static const struct message_rule rules[] = { { AGENT_WORK, sizeof(struct agent_work),
    sizeof(struct agent_work), WAITING, false, take_work } };
static const struct message_table table = { rules, ARRAY_LEN(rules) };

/* The user goes first: this work is nobody's hurry. */
static bool on_progress(void *state, const struct sweep_counts *c, const char *path)
{
        (void)c;
        (void)path;
        throttle_pause(state);
        return true;
}

static int work_do(
    json_t **body, const struct task *t, const struct agent_state *state, json_t *addresses)
{
        struct job j = *t->scan->settings;
        struct throttle throttle;

        j.state = state;
        j.reason = t->work.reason;
        j.order = t->work.order;
        j.addresses = addresses;
        j.clamd_peer = t->clamd.room ? &t->peer : NULL;
        j.problem = on_problem;
        j.progress = on_progress;
        j.report_state = &throttle;
        throttle_init(&throttle);
        switch (t->work.kind) {
        case WORK_INVENTORY:
                return job_inventory(body, &j);
        case WORK_SWEEP:
                return job_sweep(body, &j);
        case WORK_CONNECTIONS:
                return job_connections(body, &j, true);
        case WORK_CONNECTIONS_QUIET:
                return job_connections(body, &j, false);
        case WORK_RESTORE:
                return job_restore(&j, t->work.argument);
        default:
                return ERR_UNSUPPORTED;
        }
}

static int quarantine_make(const struct agent_state *s)
{
        AUTO(folder_close_at) struct folder *keep = NULL;

        return folder_open_in(&keep, agent_state_folder(s), "quarantine", true);
}

static int answer(const struct task *t, int err, const json_t *body)
{
        struct agent_result r = { .kind = t->work.kind, .err = err, .with_body = !err && body };
        AUTO(mem_free_at) char *text = r.with_body ? json_dumps(body, JSON_COMPACT) : NULL;
        AUTO(file_close_at) int fd = -1;

        if (r.with_body && !text)
                return ERR_MEMORY;
        memcpy(r.order, t->work.order, sizeof(r.order));
        err = memory_file_make(&fd, "report", text_of(text));
        return err ? err
                   : message_send(t->scan->socket, AGENT_RESULT, 0,
                         (struct text){ (char *)&r, sizeof(r) }, fd);
}

/* Its process is started before the fence: behind it there are no sockets and no new processes. */
static void clamd_start(struct task *t)
{
        const char *path = t->scan->settings->clamd;
        int err = path && t->work.kind == WORK_SWEEP ? clamd_line_open(&t->clamd, path) : 0;

        if (err)
                log_line(LOG_LEVEL_WARNING, "agent scan", "%s: %s", path, err_text(err));
        t->peer = (struct engine_peer){ clamd_line_ask, &t->clamd };
}

static void task_done(struct task *t)
{
        clamd_line_close(&t->clamd);
}

int proc_scan_run(void *state)
{
        AUTO(task_done) struct task t = { .scan = state };
        AUTO(agent_state_close_at) struct agent_state *folder = NULL;
        AUTO(json_free_at) json_t *body = NULL;
        AUTO(json_free_at) json_t *addresses = NULL;
        AUTO(mem_free_at) void *room = mem_zero(1, MESSAGE_BYTES_MAX);
        struct message m;
        int err = room ? message_receive(&m, t.scan->socket, room, MESSAGE_BYTES_MAX, WAIT_MS)
                       : ERR_MEMORY;

        if (!err)
                err = message_dispatch(&table, WAITING, &t, &m);
        if (err)
                return 1;
        if (t.work.kind == WORK_INVENTORY)
                addresses = inventory_addresses(); /* needs a socket: before the fence */
        confine_be_idle();
        clamd_start(&t);
        err = agent_state_open(&folder, t.scan->state_path);
        if (!err)
                err = quarantine_make(
                    folder); /* before the fence: what is made later is unreadable */
        if (!err)
                err = confine_for(t.scan, (enum work_kind)t.work.kind);
        if (!err)
                err = work_do(&body, &t, folder, addresses);
        if (err == ERR_MISSING && t.work.kind == WORK_SWEEP)
                log_line(
                    LOG_LEVEL_INFO, "agent scan", "no rules and no lists yet: nothing to sweep by");
        else if (err)
                log_line(
                    LOG_LEVEL_WARNING, "agent scan", "work %u: %s", t.work.kind, err_text(err));
        return answer(&t, err, body) ? 1 : 0;
}
