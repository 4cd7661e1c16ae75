/* agent/command_run.c: `run [--state DIR] [--rules PATH]… [--hashes PATH]… [--path PATH]…
 * [--clamd SOCKET] [--trust-packages]
 * [--no-quarantine] [--renew-days N]`: the resident agent. What is found goes into
 * the quarantine of the state folder unless that is switched off. The root of the program only
 * starts processes and passes their messages on: link (always there) and scan (one for each piece
 * of work). Messages accepted: AGENT_WORK from link, AGENT_RESULT from scan.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/agent_command.h"
#include "agent/usage.h"
#include "agent/agent_messages.h"
#include "agent/proc_link.h"
#include "agent/proc_scan.h"
#include "base/log.h"
#include "base/mem.h"
#include "system/os/places.h"
#include "base/text.h"
#include "system/os/memory_file.h"
#include "system/proc/message_parse.h"
#include "system/proc/process.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FROM_LINK = 1, FROM_SCAN = 2, RESTART_SECONDS = 5, RENEW_DAYS_MAX = 400 };

struct root {
        struct job settings;
        const char *state_path;
        void *room;
        int link, link_pid;
        uint64_t renew_days;
        struct agent_work work;
        struct agent_result result;
        int result_fd;
};

static int take_work(void *state, const struct message *m)
{
        struct root *r = state;

        memcpy(&r->work, m->body.data, sizeof(r->work));
        r->work.order[ULID_MAX - 1] = '\0';
        return 0;
}

static int take_result(void *state, const struct message *m)
{
        struct root *r = state;

        memcpy(&r->result, m->body.data, sizeof(r->result));
        r->result_fd = m->fd;
        return 0;
}

static const struct message_rule rules[] = {
        { AGENT_WORK, sizeof(struct agent_work), sizeof(struct agent_work), FROM_LINK, false,
            take_work },
        { AGENT_RESULT, sizeof(struct agent_result), sizeof(struct agent_result), FROM_SCAN, true,
            take_result },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static int scan_start(struct root *r, struct proc_scan *scan, int *socket, int *pid)
{
        struct process_start start = {
                .name = "canh-scan", .run = proc_scan_run, .state = scan, .handle_count = 1
        };
        int pair[2], err = process_pair(pair);

        if (err)
                return err;
        *scan = (struct proc_scan){
                .socket = pair[1], .state_path = r->state_path, .settings = &r->settings
        };
        start.handles[0] = pair[1];
        err = process_start(pid, &start);
        (void)close(pair[1]);
        if (err)
                (void)close(pair[0]);
        else
                *socket = pair[0];
        return err;
}

/* One piece of work in a child of its own; its answer, or that it failed, is in r->result. */
static void scan_once(struct root *r)
{
        AUTO(file_close_at) int socket = -1;
        struct proc_scan scan;
        struct message m;
        int pid = 0, status = 0;
        int err = scan_start(r, &scan, &socket, &pid);

        r->result_fd = -1;
        if (!err)
                err = message_send(
                    socket, AGENT_WORK, 0, (struct text){ (char *)&r->work, sizeof(r->work) }, -1);
        if (!err)
                err = message_receive(&m, socket, r->room, MESSAGE_BYTES_MAX, -1);
        if (!err)
                err = message_dispatch(&table, FROM_SCAN, r, &m);
        if (pid > 0 && waitpid(pid, &status, 0) == pid && status != 0) {
                char end[32];

                log_line(LOG_LEVEL_WARNING, "agent", "scan ended with %s",
                    process_end_text(end, status));
        }
        if (!err && r->result_fd >= 0)
                return;
        r->result = (struct agent_result){ .kind = r->work.kind, .err = err ? err : ERR_CLOSED };
        memcpy(r->result.order, r->work.order, sizeof(r->result.order));
        if (memory_file_make(&r->result_fd, "none", TEXT("")))
                r->result_fd = -1;
}

static int serve(struct root *r)
{
        struct message m;
        int err = message_receive(&m, r->link, r->room, MESSAGE_BYTES_MAX, -1);

        if (!err)
                err = message_dispatch(&table, FROM_LINK, r, &m);
        if (err)
                return err;
        scan_once(r);
        err = message_send(r->link, AGENT_RESULT, 0,
            (struct text){ (char *)&r->result, sizeof(r->result) }, r->result_fd);
        file_close_at(&r->result_fd);
        (void)malloc_trim(0);
        return err;
}

static int link_start(struct root *r)
{
        static struct proc_link link;
        struct process_start start = { .name = "canh-link",
                .run = proc_link_run,
                .state = &link,
                .handle_count = 1,
                .secret = true };
        int pair[2], err = process_pair(pair);

        if (err)
                return err;
        link = (struct proc_link){
                .socket = pair[1], .state_path = r->state_path, .renew_days = (int)r->renew_days
        };
        start.handles[0] = pair[1];
        err = process_start(&r->link_pid, &start);
        (void)close(pair[1]);
        r->link = pair[0];
        return err;
}

static int run(struct root *r, enum language language)
{
        AUTO(agent_state_close_at) struct agent_state *s = NULL;
        AUTO(agent_identity_done) struct agent_identity me;
        AUTO(file_close_at) int lock = -1;
        int err = agent_state_open(&s, r->state_path);

        agent_identity_init(&me);
        if (process_is_role("canh-scan")) {
                scan_once(r);
                return EXIT_IMPOSSIBLE;
        }
        if (!err && !process_is_role(NULL)) /* the root of the program holds it */
                err = file_lock(&lock, agent_state_folder(s), "lock");
        if (!err)
                err = agent_identity_load(&me, s);
        if (err) {
                (void)fprintf(stderr, "canh-agent run: %s: %s\n", r->state_path,
                    err == ERR_MISSING
                        ? say(language, "máy chưa được ghi danh", "this machine is not enrolled")
                    : err == ERR_BUSY
                        ? say(language, "phần mềm đang chạy rồi", "it is running already")
                        : err_text(err));
                return EXIT_IMPOSSIBLE;
        }
        if (!process_is_role(NULL))
                log_line(LOG_LEVEL_INFO, "agent", "%s reports to %s", me.name, me.centre);
        for (;;) {
                int status = 0;
                char end[32];

                err = link_start(r);
                while (!err)
                        err = serve(r);
                (void)close(r->link);
                if (r->link_pid > 0 && waitpid(r->link_pid, &status, 0) == r->link_pid)
                        log_line(LOG_LEVEL_WARNING, "agent", "link ended with %s, starts again",
                            process_end_text(end, status));
                (void)sleep(RESTART_SECONDS);
        }
}

static bool option_take(struct root *r, int option)
{
        struct job *j = &r->settings;

        if (option == 's')
                r->state_path = optarg;
        else if (option == 'r' && j->rule_count < JOB_PATHS_MAX)
                j->rules[j->rule_count++] = optarg;
        else if (option == 'h' && j->hash_count < JOB_PATHS_MAX)
                j->hashes[j->hash_count++] = optarg;
        else if (option == 'p' && j->path_count < JOB_PATHS_MAX)
                j->paths[j->path_count++] = optarg;
        else if (option == 'c')
                j->clamd = optarg;
        else if (option == 't')
                j->trust_packages = true;
        else if (option == 'n')
                j->quarantine = false;
        else if (option == 'd')
                return text_to_u64(&r->renew_days, text_of(optarg), RENEW_DAYS_MAX) == 0;
        else
                return false;
        return true;
}

int command_run(int argc, char **argv, enum language language)
{
        static const struct option options[] = { { "state", required_argument, NULL, 's' },
                { "rules", required_argument, NULL, 'r' },
                { "hashes", required_argument, NULL, 'h' },
                { "path", required_argument, NULL, 'p' }, { "clamd", required_argument, NULL, 'c' },
                { "trust-packages", no_argument, NULL, 't' },
                { "no-quarantine", no_argument, NULL, 'n' },
                { "renew-days", required_argument, NULL, 'd' }, { NULL, 0, NULL, 0 } };
        AUTO(mem_free_at) struct root *r = mem_zero(1, sizeof(*r));
        AUTO(mem_free_at) void *room = mem_zero(1, MESSAGE_BYTES_MAX);
        int option;

        if (!r || !room)
                return EXIT_IMPOSSIBLE;
        *r = (struct root){ .state_path = place_of_agent(), .room = room, .result_fd = -1 };
        r->settings.clock = &clock_real;
        r->settings.quarantine = true;
        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
                if (!option_take(r, option))
                        return usage_refuse("run", argv[optind - 1], language);
        if (!r->settings.path_count)
                job_default_paths(&r->settings);
        (void)signal(SIGPIPE, SIG_IGN);
        return run(r, language);
}
