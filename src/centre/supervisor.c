/* The parent process.
 *
 * Keeps:    the right to fork. Opens nothing, reads no message, listens nowhere.
 * Accepts:  signals: SIGTERM and SIGINT end everything, SIGCHLD starts again what ended.
 * When web ends, keys, reader and fetch end with it (their socket closes) and all start anew; when
 * one of these ends, web is handed the new one. A role that keeps dying is started ever more
 * slowly, up to 30 s.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "centre/proc_fetch.h"
#include "centre/proc_keys.h"
#include "centre/proc_reader.h"
#include "centre/proc_web.h"
#include "centre/settings.h"
#include "system/proc/message.h"
#include "system/proc/process.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKOFF_MS_FIRST = 100, BACKOFF_MS_MAX = 30000, STEADY_MS = 10000 };

static const char *const names[ROLES_COUNT] = { "canh-keys", "canh-reader", "canh-fetch",
        "canh-web" };

struct supervisor {
        const struct settings *settings;
        int pids[ROLES_COUNT];
        int64_t started[ROLES_COUNT];
        int backoff_ms[ROLES_COUNT];
        int control; /* to web */
};

static volatile sig_atomic_t ending;

static void on_end(int signal)
{
        ending = signal;
}

static int start_service(struct supervisor *s, enum supervisor_role role, int *web_end)
{
        struct proc_keys keys = { .data_folder = s->settings->data_folder };
        struct proc_reader reader = { 0 };
        struct proc_fetch fetch = { 0 };
        struct process_start what = { .name = names[role], .handle_count = 1 };
        int pair[2], err = process_pair(pair);

        if (err)
                return err;
        keys.socket = reader.socket = fetch.socket = what.handles[0] = pair[1];
        what.run = role == ROLE_OF_KEYS     ? proc_keys_run
                   : role == ROLE_OF_READER ? proc_reader_run
                                            : proc_fetch_run;
        what.state = role == ROLE_OF_KEYS     ? (void *)&keys
                     : role == ROLE_OF_READER ? (void *)&reader
                                              : (void *)&fetch;
        what.secret = role != ROLE_OF_READER; /* fetch is handed passwords of feeds */
        err = process_start(&s->pids[role], &what);
        s->started[role] = clock_steady(&clock_real);
        (void)close(pair[1]);
        if (err)
                (void)close(pair[0]);
        else
                *web_end = pair[0];
        return err;
}

static int start_all(struct supervisor *s)
{
        struct proc_web web = { .settings = s->settings };
        struct process_start what = {
                .name = names[ROLE_OF_WEB], .run = proc_web_run, .state = &web, .handle_count = 4
        };
        int control[2], err;

        err = start_service(s, ROLE_OF_KEYS, &web.keys_socket);
        if (!err)
                err = start_service(s, ROLE_OF_READER, &web.reader_socket);
        if (!err)
                err = start_service(s, ROLE_OF_FETCH, &web.fetch_socket);
        if (!err)
                err = process_pair(control);
        if (err)
                return err;
        web.control_socket = control[1];
        web.keys_pid = s->pids[ROLE_OF_KEYS];
        web.reader_pid = s->pids[ROLE_OF_READER];
        web.fetch_pid = s->pids[ROLE_OF_FETCH];
        what.handles[0] = web.keys_socket;
        what.handles[1] = web.reader_socket;
        what.handles[2] = web.control_socket;
        what.handles[3] = web.fetch_socket;
        err = process_start(&s->pids[ROLE_OF_WEB], &what);
        s->started[ROLE_OF_WEB] = clock_steady(&clock_real);
        for (size_t i = 0; i < what.handle_count; i++)
                (void)close(what.handles[i]);
        s->control = control[0];
        return err;
}

/* Sleeps, but not through a signal to end. */
static void wait_before_restart(struct supervisor *s, enum supervisor_role role)
{
        int64_t lived = clock_steady(&clock_real) - s->started[role];
        int ms = s->backoff_ms[role];

        if (lived > STEADY_MS || ms == 0)
                ms = BACKOFF_MS_FIRST;
        for (int slept = 0; slept < ms && !ending; slept += 50)
                (void)usleep(50000);
        s->backoff_ms[role] = ms * 2 > BACKOFF_MS_MAX ? BACKOFF_MS_MAX : ms * 2;
}

static int restart_service(struct supervisor *s, enum supervisor_role role)
{
        struct supervisor_peer peer = { .role = role };
        int web_end = -1, err;

        wait_before_restart(s, role);
        if (ending)
                return 0;
        err = start_service(s, role, &web_end);
        if (err)
                return err;
        peer.pid = s->pids[role];
        err = message_send(s->control, SUPERVISOR_PEER, 0,
            (struct text){ (const char *)&peer, sizeof(peer) }, web_end);
        (void)close(web_end);
        return err == ERR_CLOSED ? 0 : err; /* web has gone too: its end is next */
}

static void stop_all(struct supervisor *s)
{
        const enum supervisor_role order[] = { ROLE_OF_WEB, ROLE_OF_FETCH, ROLE_OF_READER,
                ROLE_OF_KEYS };

        for (size_t i = 0; i < ROLES_COUNT; i++) {
                int pid = s->pids[order[i]];
                if (pid <= 0)
                        continue;
                (void)kill(pid, SIGTERM);
                while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                        ;
                s->pids[order[i]] = 0;
        }
        if (s->control >= 0)
                (void)close(s->control);
        s->control = -1;
}

static int restart_all(struct supervisor *s)
{
        stop_all(s);
        wait_before_restart(s, ROLE_OF_WEB);
        return ending ? 0 : start_all(s);
}

static int on_child(struct supervisor *s, int pid, int status)
{
        char how[32];

        for (int role = 0; role < ROLES_COUNT; role++) {
                if (s->pids[role] != pid)
                        continue;
                s->pids[role] = 0;
                if (ending)
                        return 0;
                if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CANNOT_START)
                        return ERR_UNSUPPORTED;
                log_line(LOG_LEVEL_WARNING, "centre", "%s ended (%s); starting it again",
                    names[role], process_end_text(how, status));
                return role == ROLE_OF_WEB ? restart_all(s) : restart_service(s, role);
        }
        return 0;
}

int supervisor_run(const struct settings *settings)
{
        struct supervisor s = { .settings = settings, .control = -1 };
        const struct sigaction end = { .sa_handler = on_end };
        int err, status;

        (void)signal(SIGPIPE, SIG_IGN);
        (void)sigaction(SIGTERM, &end, NULL);
        (void)sigaction(SIGINT, &end, NULL);
        err = start_all(&s);
        while (!err && !ending) {
                pid_t pid = waitpid(-1, &status, 0);
                if (pid > 0)
                        err = on_child(&s, pid, status);
                else if (errno != EINTR)
                        err = ERR_BUG;
        }
        stop_all(&s);
        if (err && err != ERR_UNSUPPORTED)
                log_line(LOG_LEVEL_ERROR, "centre", "ends: %s", err_text(err));
        return err ? EXIT_CANNOT_START : 0;
}
