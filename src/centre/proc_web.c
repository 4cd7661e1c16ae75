/* The web process: the console, the API, the agents' door.
 *
 * Keeps:    two listening sockets; the database and DATA/{office,lists,bundle}; reading packs.
 * Landlock where the kernel has it; seccomp CONFINE_LINK. Never the authority's keys (DATA/keys
 * is not among its folders) and never the inside of a foreign file (reader has it). Accepts:  from
 * the parent: SUPERVISOR_PEER with one handle. From reader and keys: answers. Ends by itself when
 * its certificate has less than 30 days left: the parent starts it with a new one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "centre/proc_web.h"

#include "base/log.h"
#include "base/mem.h"
#include "centre/agents/agents_door.h"
#include "centre/agents/filing.h"
#include "centre/lists/feed_fetch.h"
#include "centre/bundle.h"
#include "centre/first_run.h"
#include "centre/office.h"
#include "centre/rate.h"
#include "system/net/server_names.h"
#include "centre/settings.h"
#include "centre/supervisor.h"
#include "centre/upkeep.h"
#include "centre/web/router.h"
#include "system/db/db.h"
#include "system/net/http_server.h"
#include "system/os/confine.h"
#include "system/proc/message.h"
#include "system/proc/message_parse.h"
#include "system/proc/question.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
        STATE_READY = 1,
        WORKERS = 4,
        UPKEEP_MS = 60000,
        FEEDS_EVERY_MS = 5000,
        KEY_FILE_MAX = 64 << 10,
        PATHS_MAX = 24
};
static const char who[] = "centre web";

struct web {
        struct office office;
        const struct settings *settings;
        struct buffer console_certificate, console_key; /* files that were given */
        struct certificate certificate;                 /* our own */
        struct buffer key;
};

static int make_folder(char out[OFFICE_PATH_MAX], const char *data, const char *name)
{
        if (snprintf(out, OFFICE_PATH_MAX, "%s/%s", data, name) >= OFFICE_PATH_MAX)
                return ERR_LIMIT;
        return mkdir(out, 0700) == 0 || errno == EEXIST ? 0 : err_from_errno(errno);
}

static int read_file(struct buffer *out, const char *path)
{
        char piece[4096];
        ssize_t n = 0;
        int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

        if (fd < 0)
                return err_from_errno(errno);
        while (!err && (n = read(fd, piece, sizeof(piece))) > 0)
                err = buffer_add(out, piece, (size_t)n);
        (void)close(fd);
        return n < 0 ? ERR_IO : err;
}

static int set_up_folders(struct web *w)
{
        struct office *o = &w->office;
        const struct settings *s = w->settings;
        char office_folder[OFFICE_PATH_MAX];
        int err = text_copy(o->data_folder, sizeof(o->data_folder), text_of(s->data_folder));

        if (!err)
                err = text_copy(o->packs_folder, sizeof(o->packs_folder), text_of(s->packs_folder));
        if (!err)
                err = text_copy(o->database_url, sizeof(o->database_url), text_of(s->database_url));
        if (!err)
                err = make_folder(office_folder, s->data_folder, "office");
        if (!err)
                err = make_folder(o->list_folder, s->data_folder, "lists");
        if (!err)
                err = make_folder(o->bundle_folder, s->data_folder, "bundle");
        if (!err && s->certificate_file[0]) {
                err = read_file(&w->console_certificate, s->certificate_file);
                if (!err)
                        err = read_file(&w->console_key, s->key_file);
        }
        if (err)
                log_line(
                    LOG_LEVEL_ERROR, who, "cannot prepare %s: %s", s->data_folder, err_text(err));
        return err;
}

/* Folder of a database file that was put elsewhere. */
static void database_folder(char out[OFFICE_PATH_MAX], const char *url)
{
        const char *path = strchr(url, ':') ? strchr(url, ':') + 1 : url;
        const char *slash = strrchr(path, '/');

        (void)snprintf(
            out, OFFICE_PATH_MAX, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
}

static int confine_web(struct web *w)
{
        char office_folder[OFFICE_PATH_MAX];
        const struct confine_folder folders[] = { { w->office.list_folder, CONFINE_WRITE },
                { w->office.bundle_folder, CONFINE_WRITE }, { office_folder, CONFINE_WRITE },
                { "/dev/null", CONFINE_WRITE }, { w->office.packs_folder, CONFINE_READ },
                { w->settings->sample_folder, CONFINE_READ }, { "/usr", CONFINE_READ },
                { "/lib", CONFINE_READ }, { "/lib64", CONFINE_READ }, { "/etc", CONFINE_READ },
                { "/proc", CONFINE_READ }, { "/dev/urandom", CONFINE_READ },
                { "/sys/devices/system/cpu", CONFINE_READ },
                { "/var/cache/fontconfig", CONFINE_READ } };
        const struct confine_request request = {
                .profile = CONFINE_LINK, .folders = folders, .folder_count = ARRAY_LEN(folders)
        };
        struct confine_report fences = { 0 };
        int err;

        database_folder(office_folder, w->settings->database_url);
        /* temporary tables of the database and scratch files of libraries stay with our own */
        if (setenv("TMPDIR", office_folder, 1) != 0 ||
            setenv("SQLITE_TMPDIR", office_folder, 1) != 0)
                return ERR_MEMORY;
        err = confine_apply(&fences, &request);
        if (err)
                log_line(LOG_LEVEL_ERROR, who, "cannot be confined: %s", err_text(err));
        else if (!fences.folders_fenced)
                log_line(LOG_LEVEL_WARNING, who,
                    "THIS KERNEL HAS NO LANDLOCK: the web process could read every file of its "
                    "user");
        return err;
}

static int open_database(struct web *w)
{
        AUTO(db_close_at) struct db *db = NULL;
        const char *url = w->office.database_url;
        int64_t found = 0;
        int err = db_open(&db, url);

        if (!err)
                err = db_migrate(db, &found);
        if (err == ERR_UNSUPPORTED)
                log_line(LOG_LEVEL_ERROR, who,
                    "%s has schema %lld, which is newer than this program: nothing was touched",
                    url, (long long)found);
        else if (err)
                log_line(
                    LOG_LEVEL_ERROR, who, "cannot open the database %s: %s", url, err_text(err));
        if (!err)
                err = db_migrate(db, &w->office.schema);
        return err;
}

static int start_lines(struct web *w, const struct proc_web *given)
{
        int err = question_line_new(&w->office.keys);

        if (!err)
                err = question_line_new(&w->office.reader);
        if (!err)
                err = question_line_new(&w->office.fetch);
        if (err)
                return err;
        question_line_attach_own(w->office.keys, given->keys_socket);
        question_line_attach_own(w->office.reader, given->reader_socket);
        question_line_attach_own(w->office.fetch, given->fetch_socket);
        atomic_store(&w->office.keys_pid, given->keys_pid);
        atomic_store(&w->office.reader_pid, given->reader_pid);
        atomic_store(&w->office.fetch_pid, given->fetch_pid);
        return 0;
}

static int open_office(struct web *w)
{
        char rules[OFFICE_PATH_MAX + 8];
        struct office *o = &w->office;
        int err = db_pool_new(&o->pool, o->database_url, WORKERS + 2);

        (void)snprintf(rules, sizeof(rules), "%s/rules", o->packs_folder);
        o->rules = intake_rules(o->packs_folder);
        if (!err)
                err = bundle_open(
                    &o->bundle, o->bundle_folder, rules, o->clock, office_sign_manifest, o);
        if (!err)
                err = rate_new(&o->enrol_rate, 4096, 20, 40, o->clock);
        if (!err)
                err = rate_new(&o->report_rate, 16384, 120, 600, o->clock);
        if (!err) /* a device asks every few minutes, twice with the signature */
                err = rate_new(&o->block_rate, 1024, 30, 30, o->clock);
        if (!err)
                err = first_run_prepare(o);
        if (err)
                log_line(LOG_LEVEL_ERROR, who, "cannot open the office: %s", err_text(err));
        return err;
}

static int start_server(
    struct http_server **out, const char *what, const struct http_server_options *options)
{
        int err = http_server_start(out, options);

        if (err == ERR_EXISTS)
                log_line(LOG_LEVEL_ERROR, who, "%s: %s:%u is in use by another program", what,
                    options->address, options->port);
        else if (err)
                log_line(LOG_LEVEL_ERROR, who, "%s: cannot listen on %s:%u: %s", what,
                    options->address, options->port, err_text(err));
        return err;
}

/* An agent that enrols knows only the authority's fingerprint: the chain ends in the authority
 * itself. */
static int chain_make(struct buffer *out, const struct buffer *own, const struct buffer *authority)
{
        static const char end[] = "-----END CERTIFICATE-----\n";
        const char *first_end = authority->len ? strstr(authority->data, end) : NULL;
        int err = first_end ? buffer_add(out, own->data, own->len) : ERR_FORMAT;

        return err ? err
                   : buffer_add(out, authority->data,
                         (size_t)(first_end - authority->data) + sizeof(end) - 1);
}

static int start_agents(struct web *w)
{
        AUTO(buffer_done) struct buffer chain = BUFFER(3 * CERTIFICATE_PEM_MAX);
        AUTO(buffer_done) struct buffer authority = BUFFER(2 * CERTIFICATE_PEM_MAX);
        struct office *o = &w->office;
        const struct settings *s = w->settings;
        struct http_server_options options = { .address = s->agents_address,
                .port = s->agents_port,
                .byte_threads = 2,
                .workers = WORKERS,
                .connections_max = 4000,
                .connections_per_address_max = 2000,
                .idle_seconds = 60,
                .body_seconds = 120,
                .wait_seconds = 25,
                .wake_delay_ms = 500,
                .queue_max = 4000,
                .body_limit = agents_door_body_limit,
                .answer = agents_door_answer,
                .state = o };
        char names[KEYS_SERVER_NAMES_ROOM];
        int err = office_root(&authority, o);

        server_names_list(names, sizeof(names), s->listen_address, s->agents_address);
        if (!err)
                err = office_issue_server(&w->certificate, &w->key, o, names);
        if (!err)
                err = chain_make(&chain, &w->certificate.pem, &authority);
        if (err) {
                log_line(
                    LOG_LEVEL_ERROR, who, "no certificate for the agents' port: %s", err_text(err));
                return err;
        }
        /* The root goes along: an agent that only has its fingerprint must see it
         * (agent-report.md). */
        err = buffer_add(&w->certificate.pem, authority.data, authority.len);
        if (err)
                return err;
        options.certificate_pem = w->certificate.pem.data;
        options.key_pem = w->key.data;
        options.client_authority_pem = authority.data;
        err = start_server(&o->agents, "agents", &options);
        if (!err)
                server_names_url(o->agents_url, sizeof(o->agents_url), s->agents_address,
                    http_server_port(o->agents));
        return err;
}

static int start_console(struct web *w)
{
        struct office *o = &w->office;
        const struct settings *s = w->settings;
        struct http_server_options options = { .address = s->listen_address,
                .port = s->listen_port,
                .byte_threads = 1,
                .workers = WORKERS,
                .connections_max = 500,
                .connections_per_address_max = 200,
                .idle_seconds = 60,
                .body_seconds = 120,
                .wait_seconds = 25,
                .wake_delay_ms = 100,
                .queue_max = 500,
                .body_limit = router_body_limit,
                .answer = router_answer,
                .state = o };

        o->secure_cookies = !settings_is_loopback(s->listen_address) || s->certificate_file[0];
        if (s->certificate_file[0]) {
                options.certificate_pem = w->console_certificate.data;
                options.key_pem = w->console_key.data;
        } else if (o->secure_cookies) {
                options.certificate_pem = w->certificate.pem.data;
                options.key_pem = w->key.data;
        }
        return start_server(&o->console, "console", &options);
}

static int on_peer(void *state, const struct message *m)
{
        struct web *w = state;
        struct office *o = &w->office;
        const struct {
                int32_t role;
                struct question_line *line;
                atomic_int *pid;
        } peers[] = { { ROLE_OF_KEYS, o->keys, &o->keys_pid },
                { ROLE_OF_READER, o->reader, &o->reader_pid },
                { ROLE_OF_FETCH, o->fetch, &o->fetch_pid } };
        struct supervisor_peer peer;

        memcpy(&peer, m->body.data, sizeof(peer));
        for (size_t i = 0; i < ARRAY_LEN(peers); i++)
                if (peers[i].role == peer.role) {
                        question_line_attach_own(peers[i].line, m->fd);
                        atomic_store(peers[i].pid, peer.pid);
                        return 0;
                }
        return ERR_UNTRUSTED;
}

static const struct message_rule rules[] = {
        { .type = SUPERVISOR_PEER,
            .min_bytes = sizeof(struct supervisor_peer),
            .max_bytes = sizeof(struct supervisor_peer),
            .states = STATE_READY,
            .with_fd = true,
            .handle = on_peer },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static bool certificate_ends_soon(const struct web *w)
{
        return w->certificate.until - clock_now(w->office.clock) < (time_ms)30 * DAY_MS;
}

static int watch(struct web *w, int control)
{
        static char room[MESSAGE_BYTES_MAX];
        struct message m;
        int err = 0;

        while (!err && !certificate_ends_soon(w)) {
                err = message_receive(&m, control, room, sizeof(room), UPKEEP_MS);
                if (err == ERR_BUSY) {
                        upkeep(&w->office);
                        err = 0;
                } else if (!err) {
                        err = message_dispatch(&table, STATE_READY, w, &m);
                }
        }
        return err;
}

/* Feeds wait for other people's servers, so they have a thread of their own. It ends with the
 * process: what it had not committed was not done. */
static void *feeds_loop(void *state)
{
        struct office *o = state;

        for (;;) {
                int err = feeds_fetch_due(o);
                if (err && err != ERR_BUSY)
                        log_line(LOG_LEVEL_WARNING, who, "feeds: %s", err_text(err));
                (void)usleep(FEEDS_EVERY_MS * 1000);
        }
        return NULL;
}

static int start_feeds(struct web *w)
{
        pthread_t thread;

        if (pthread_create(&thread, NULL, feeds_loop, &w->office) != 0)
                return ERR_MEMORY;
        (void)pthread_detach(thread);
        return 0;
}

static int start(struct web *w, const struct proc_web *given)
{
        int err = set_up_folders(w);

        if (!err)
                err = confine_web(w);
        if (!err)
                err = open_database(w);
        if (!err)
                err = start_lines(w, given);
        if (!err)
                err = open_office(w);
        if (!err)
                err = start_agents(w);
        if (!err)
                err = first_run_sample(&w->office, w->settings->sample_folder);
        if (!err)
                err = start_console(w);
        if (!err)
                err = start_feeds(w);
        if (err)
                return err;
        if (office_publish_if_changed(&w->office) != 0)
                log_line(LOG_LEVEL_WARNING, who, "the rules could not be published to the agents");
        first_run_greet(
            &w->office, w->settings->listen_address, http_server_port(w->office.console));
        return 0;
}

int proc_web_run(void *state)
{
        const struct proc_web *given = state;
        static struct web w; /* lives as long as the process */
        int err;

        w.settings = given->settings;
        w.office.clock = &clock_real;
        w.office.started_at = clock_now(&clock_real);
        w.console_certificate = BUFFER(KEY_FILE_MAX);
        w.console_key = BUFFER(KEY_FILE_MAX);
        w.key = BUFFER(KEY_FILE_MAX);
        if (sodium_init() < 0 || start(&w, given) != 0)
                return EXIT_CANNOT_START;
        err = watch(&w, given->control_socket);
        w.office.console = http_server_stop(w.office.console);
        w.office.agents = http_server_stop(w.office.agents);
        return err == 0 || err == ERR_CLOSED ? 0 : 1;
}
