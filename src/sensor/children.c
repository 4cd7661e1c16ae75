/* sensor/children.c: see children.h. SPDX-License-Identifier: Apache-2.0 */
#include "sensor/children.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/role.h"
#include "system/proc/message_parse.h"
#include "system/proc/process.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 200, BACKOFF_MAX_MS = 30000, STEADY_MS = 10000 };

static time_ms steady(void)
{
        return clock_steady(&clock_real);
}

int children_init(struct children *all)
{
        *all = (struct children){ .room = mem_zero(1, MESSAGE_BYTES_MAX) };
        return all->room ? 0 : ERR_MEMORY;
}

void children_done(struct children *all)
{
        for (size_t i = 0; i < all->count; i++)
                if (child_runs(&all->of[i])) {
                        (void)kill(all->of[i].pid, SIGKILL);
                        (void)waitpid(all->of[i].pid, NULL, 0);
                        (void)close(all->of[i].socket);
                }
        mem_free(all->room);
}

struct child *children_add(struct children *all)
{
        if (all->count == CHILDREN_MAX)
                return NULL;
        all->of[all->count].socket = -1;
        return &all->of[all->count++];
}

bool child_runs(const struct child *c)
{
        return c->pid > 0;
}

int child_start(struct children *all, struct child *c)
{
        struct process_start start = {
                .name = c->name, .run = c->run, .state = c->state, .secret = c->secret
        };
        int pair[2], err = process_pair(pair);

        if (err)
                return err;
        *c->socket_of_state = pair[1];
        for (size_t i = 0; i < c->handle_count; i++)
                start.handles[start.handle_count++] = c->handles[i];
        start.handles[start.handle_count++] = pair[1];
        err = process_start(&c->pid, &start);
        (void)close(pair[1]);
        if (err) {
                (void)close(pair[0]);
                c->pid = 0;
                return err;
        }
        c->socket = pair[0];
        c->started = steady();
        c->due = 0;
        if (all->on_start)
                all->on_start(all->state, c);
        return 0;
}

/* What it counted stays counted; what it had stands no more. */
static void keep_counts(struct children *all, struct child *c)
{
        for (size_t i = 0; i < COUNT_FIRST_NOW; i++)
                all->before.of[i] += c->counts.of[i];
        c->counts = (struct sensor_counts){ { 0 } };
}

static void reap(struct children *all, struct child *c)
{
        (void)close(c->socket);
        c->socket = -1;
        (void)waitpid(c->pid, &c->status, 0);
        c->pid = 0;
        keep_counts(all, c);
}

static void plan_restart(struct children *all, struct child *c)
{
        char how[32];

        c->ends++;
        all->restarts++;
        log_line(LOG_LEVEL_WARNING, "sensor", "%s ended (%s)%s", c->name,
            process_end_text(how, c->status), c->once ? "" : "; starting it again");
        if (c->once)
                return;
        if (steady() - c->started > STEADY_MS || !c->backoff_ms)
                c->backoff_ms = BACKOFF_FIRST_MS;
        c->due = steady() + c->backoff_ms;
        c->backoff_ms = c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
}

static int on_counts(void *state, const struct message *m)
{
        struct children *all = state;

        memcpy(&all->speaking->counts, m->body.data, sizeof(all->speaking->counts));
        return 0;
}

static const struct message_rule rules[] = { { SENSOR_COUNTS, sizeof(struct sensor_counts),
    sizeof(struct sensor_counts), ROLE_STATE, false, on_counts } };
static const struct message_table counts_table = { rules, ARRAY_LEN(rules) };

/* A role that breaks the rules has been taken over: it is killed, and ends as any that dies. */
static void obey_or_die(const struct child *c, int err)
{
        if (err != ERR_UNTRUSTED && err != ERR_FORMAT)
                return;
        log_line(LOG_LEVEL_ERROR, "sensor", "%s broke the rules of its messages", c->name);
        (void)kill(c->pid, SIGKILL);
}

/* One message. CLOSED: it has ended. */
static int hear(struct children *all, struct child *c)
{
        struct message m;
        int err = message_receive(&m, c->socket, all->room, MESSAGE_BYTES_MAX, 0);

        if (err == ERR_BUSY)
                return 0;
        all->speaking = c;
        if (!err && m.type == SENSOR_COUNTS)
                err = message_dispatch(&counts_table, ROLE_STATE, all, &m);
        else if (!err)
                err = message_dispatch(all->table, ROLE_STATE, all->state, &m);
        obey_or_die(c, err);
        return err == ERR_CLOSED ? err : 0;
}

static int restart_due(struct children *all)
{
        int err = 0;

        for (size_t i = 0; !err && i < all->count; i++)
                if (all->of[i].due && steady() >= all->of[i].due)
                        err = child_start(all, &all->of[i]);
        return err;
}

int children_tend(struct children *all, int timeout_ms)
{
        struct pollfd polled[CHILDREN_MAX];
        size_t count = all->count;

        for (size_t i = 0; i < count; i++)
                polled[i] = (struct pollfd){ .fd = all->of[i].socket, .events = POLLIN };
        (void)poll(polled, count, timeout_ms);
        for (size_t i = 0; i < count; i++) {
                struct child *c = &all->of[i];

                if (!polled[i].revents || c->socket != polled[i].fd || hear(all, c) != ERR_CLOSED)
                        continue;
                reap(all, c);
                if (!c->once || c->status)
                        plan_restart(all, c);
                if (all->on_end && c->status)
                        all->on_end(all->state, c);
        }
        return restart_due(all);
}

void child_end(struct children *all, struct child *c, int timeout_ms)
{
        time_ms end = steady() + timeout_ms;

        c->due = 0;
        if (!child_runs(c))
                return;
        (void)!message_send(c->socket, SENSOR_END, 0, TEXT(""), -1);
        for (;;) {
                struct pollfd p = { .fd = c->socket, .events = POLLIN };
                time_ms left = end - steady();

                if (left <= 0)
                        (void)kill(c->pid, SIGKILL);
                if (poll(&p, 1, left > 0 ? (int)left : -1) > 0 && hear(all, c) == ERR_CLOSED)
                        break;
        }
        reap(all, c);
        if (c->status) {
                c->ends++;
                all->restarts++;
        }
}

void child_replace(struct children *all, struct child *c)
{
        if (!child_runs(c))
                return;
        (void)kill(c->pid, SIGKILL);
        reap(all, c);
        plan_restart(all, c);
}

void children_count(struct sensor_counts *out, const struct children *all)
{
        *out = all->before;
        for (size_t i = 0; i < all->count; i++)
                for (size_t k = 0; k < SENSOR_COUNTERS; k++)
                        out->of[k] += all->of[i].counts.of[k];
}
