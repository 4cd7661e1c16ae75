/* sensor/root.c: the parent process.
 *
 * Keeps:    the right to fork; the handles of the rings; the files that it opens before a role
 *           starts. Reads no foreign byte.
 * Accepts:  signals (SIGTERM and SIGINT end everything in order: inputs, analyse, keeper, alerts);
 *           SENSOR_COUNTS of all; SENSOR_TALKERS of analyse; SENSOR_SET, SENSOR_QUIET,
 *           SENSOR_ORDER and SENSOR_CANCEL of uplink; SENSOR_SEAL of keeper; SENSOR_ANSWER of
 * search. The rings outlive the processes: one that is killed costs what it held, and no more.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sensor/root.h"
#include "base/log.h"
#include "base/mem.h"
#include "sensor/children.h"
#include "sensor/proc_analyse.h"
#include "sensor/proc_capture.h"
#include "sensor/proc_follow.h"
#include "sensor/proc_keeper.h"
#include "sensor/proc_listener.h"
#include "sensor/proc_print.h"
#include "sensor/proc_reader.h"
#include "sensor/proc_search.h"
#include "sensor/proc_syslog.h"
#include "sensor/proc_uplink.h"
#include "sensor/role.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "system/proc/shared_ring.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
        TEND_MS = 500,
        STATUS_MS = 3000,
        INPUT_END_MS = 10000,
        END_MS = 120000,
        ALERTS_RING_BYTES = 4 << 20,
        FANOUT_FIRST = 0x4300,
        FANOUT_SPREAD = 4096
};

struct ring_of_root {
        int fd, bell;
};

struct root {
        const struct sensor_settings *settings;
        enum language language;
        struct children children;
        struct ring_of_root facts, alerts;
        int inputs[ANALYSE_RINGS_MAX], inputs_bell, set, quiet;
        size_t input_count;
        struct proc_capture captures[ANALYSE_RINGS_MAX];
        struct proc_listener listeners[SETTINGS_INPUTS_MAX];
        struct proc_syslog syslogs[SETTINGS_INPUTS_MAX];
        struct proc_follow follows[SETTINGS_INPUTS_MAX];
        struct child *follow_children[SETTINGS_INPUTS_MAX];
        struct proc_reader reader;
        struct proc_analyse analyse;
        struct proc_keeper keeper;
        struct proc_print print;
        struct proc_uplink uplink;
        struct proc_search search;
        struct child *analyse_child, *keeper_child, *alerts_child, *reader_child, *search_child;
        struct sensor_order order; /* that search answers; id "" = none */
        int order_set;             /* to hunt by, until search starts; -1 */
        time_ms since, status_told;
        size_t next_file;
        bool unreadable; /* a file */
};

static volatile sig_atomic_t ending;

static void on_signal(int signal)
{
        ending = signal;
}

static int ring_make(struct ring_of_root *out, const char *name, size_t bytes)
{
        int err = shared_ring_bell(&out->bell);

        return err ? err : shared_ring_make(&out->fd, name, bytes);
}

static int rings_make(struct root *r)
{
        size_t bytes = (size_t)r->settings->ring_mib << 20;
        int err = shared_ring_bell(&r->inputs_bell);

        if (!err)
                err = ring_make(&r->alerts, "alerts", ALERTS_RING_BYTES);
        return err || !r->settings->archive ? err : ring_make(&r->facts, "facts", bytes);
}

/* A ring for one more input; -1 when there are too many or no memory. */
static int input_add(struct root *r, const char *name)
{
        int fd;

        if (r->input_count == ANALYSE_RINGS_MAX ||
            shared_ring_make(&fd, name, (size_t)r->settings->ring_mib << 20))
                return -1;
        r->inputs[r->input_count++] = fd;
        return fd;
}

static struct child *add(
    struct root *r, const char *name, int (*run)(void *), void *state, int *socket_of_state)
{
        struct child *c = children_add(&r->children);

        if (c) {
                c->name = name;
                c->run = run;
                c->state = state;
                c->socket_of_state = socket_of_state;
        }
        return c;
}

static void give(struct child *c, int fd)
{
        if (fd >= 0)
                c->handles[c->handle_count++] = fd;
}

/* A role with a ring of its own to fill. */
static struct child *input_child(struct root *r, const char *name, int (*run)(void *), void *state,
    int *socket_of_state, int ring)
{
        struct child *c = ring < 0 ? NULL : add(r, name, run, state, socket_of_state);

        if (c) {
                give(c, ring);
                give(c, r->inputs_bell);
        }
        return c;
}

static int capture_add(struct root *r, const char *interface, uint16_t group)
{
        size_t n = r->input_count;
        int ring = input_add(r, interface);

        if (ring < 0)
                return ERR_LIMIT;
        r->captures[n] = (struct proc_capture){ .settings = r->settings,
                .interface = interface,
                .group = group,
                .ring = ring,
                .bell = r->inputs_bell };
        return input_child(r, "canh-capture", proc_capture_run, &r->captures[n],
                   &r->captures[n].socket, ring)
                   ? 0
                   : ERR_LIMIT;
}

/* Handles that share an interface are of one group, which no other sensor of this machine has. */
static int captures_add(struct root *r)
{
        const struct sensor_settings *s = r->settings;
        unsigned group = FANOUT_FIRST + (unsigned)getpid() % FANOUT_SPREAD;
        int err = 0;

        for (size_t i = 0; !err && i < s->interface_count; i++, group++)
                for (uint64_t k = 0; !err && k < s->captures; k++)
                        err = capture_add(
                            r, s->interfaces[i], s->captures > 1 ? (uint16_t)group : 0);
        return err;
}

static int listeners_add(struct root *r)
{
        const struct sensor_settings *s = r->settings;

        for (size_t i = 0; i < s->netflow_count; i++) {
                struct proc_listener *l = &r->listeners[i];

                *l = (struct proc_listener){ .address = s->netflow[i],
                        .ring = input_add(r, "netflow"),
                        .bell = r->inputs_bell };
                if (!input_child(r, "canh-listener", proc_listener_run, l, &l->socket, l->ring))
                        return ERR_LIMIT;
        }
        return 0;
}

static int logs_add(struct root *r)
{
        const struct sensor_settings *s = r->settings;

        for (size_t i = 0; i < s->syslog_count; i++) {
                struct proc_syslog *l = &r->syslogs[i];

                *l = (struct proc_syslog){ .address = s->syslog[i],
                        .ring = input_add(r, "syslog"),
                        .bell = r->inputs_bell };
                if (!input_child(r, "canh-syslog", proc_syslog_run, l, &l->socket, l->ring))
                        return ERR_LIMIT;
        }
        for (size_t i = 0; i < s->follow_count; i++) {
                struct proc_follow *f = &r->follows[i];

                *f = (struct proc_follow){ .path = s->follow[i],
                        .state = s->state,
                        .ring = input_add(r, "follow"),
                        .bell = r->inputs_bell,
                        .file = (uint16_t)i };
                r->follow_children[i] = input_child(
                    r, "canh-follow", proc_follow_run, f, &f->socket, f->ring);
                if (!r->follow_children[i])
                        return ERR_LIMIT;
        }
        return 0;
}

static int reader_add(struct root *r)
{
        int ring = input_add(r, "file");

        if (ring < 0)
                return ERR_MEMORY;
        r->reader = (struct proc_reader){ .ring = ring, .bell = r->inputs_bell };
        r->reader_child = add(r, "canh-reader", proc_reader_run, &r->reader, &r->reader.socket);
        r->reader_child->once = true;
        return 0;
}

static void analyse_add(struct root *r)
{
        struct child *c = add(r, "canh-analyse", proc_analyse_run, &r->analyse, &r->analyse.socket);

        r->analyse = (struct proc_analyse){ .settings = r->settings,
                .bell = r->inputs_bell,
                .ring_count = r->input_count,
                .facts = r->facts.fd,
                .facts_bell = r->facts.bell,
                .alerts = r->alerts.fd,
                .alerts_bell = r->alerts.bell };
        for (size_t i = 0; i < r->input_count; i++) {
                r->analyse.rings[i] = r->inputs[i];
                give(c, r->inputs[i]);
        }
        give(c, r->inputs_bell);
        give(c, r->facts.fd);
        give(c, r->facts.bell);
        give(c, r->alerts.fd);
        give(c, r->alerts.bell);
        r->analyse_child = c;
}

static void keeper_add(struct root *r)
{
        if (!r->settings->archive)
                return;
        r->keeper = (struct proc_keeper){
                .settings = r->settings, .facts = r->facts.fd, .bell = r->facts.bell
        };
        r->keeper_child = add(r, "canh-keeper", proc_keeper_run, &r->keeper, &r->keeper.socket);
        give(r->keeper_child, r->facts.fd);
        give(r->keeper_child, r->facts.bell);
}

/* Where alerts go: to the centre, or where there is none to standard output. */
static void alerts_add(struct root *r)
{
        struct child *c;

        if (r->settings->local) {
                r->print = (struct proc_print){ .alerts = r->alerts.fd, .bell = r->alerts.bell };
                c = add(r, "canh-print", proc_print_run, &r->print, &r->print.socket);
        } else {
                r->uplink = (struct proc_uplink){
                        .settings = r->settings, .alerts = r->alerts.fd, .bell = r->alerts.bell
                };
                c = add(r, "canh-uplink", proc_uplink_run, &r->uplink, &r->uplink.socket);
                c->secret = true;
                r->search = (struct proc_search){ .settings = r->settings };
                r->search_child = add(
                    r, "canh-search", proc_search_run, &r->search, &r->search.socket);
                r->search_child->once = true;
        }
        give(c, r->alerts.fd);
        give(c, r->alerts.bell);
        r->alerts_child = c;
}

/* All that is to run, in the order in which it starts. */
static int roles_add(struct root *r)
{
        int err;

        keeper_add(r);
        alerts_add(r);
        err = captures_add(r);
        if (!err)
                err = listeners_add(r);
        if (!err)
                err = logs_add(r);
        if (!err && r->settings->file_count)
                err = reader_add(r);
        if (!err)
                analyse_add(r);
        return err;
}

/* A set from a file: only carried; who reads foreign bytes reads it. */
static int set_load(struct root *r)
{
        AUTO(buffer_done) struct buffer bytes = BUFFER(SET_BYTES_MAX);
        int err = r->settings->set ? file_read_path(&bytes, r->settings->set) : 0;

        if (!err && r->settings->set)
                err = memory_file_make(
                    &r->set, "set", (struct text){ bytes.data ? bytes.data : "", bytes.len });
        if (err)
                (void)fprintf(stderr, "canh-sensor: %s: %s: %s\n",
                    say(r->language, "không đọc được bộ chỉ dấu", "the set cannot be read"),
                    r->settings->set, err_text(err));
        return err;
}

/* Who reads the lines begins anew: the files' heads say how. */
static void heads_again(struct root *r)
{
        for (size_t i = 0; i < r->settings->follow_count; i++)
                if (child_runs(r->follow_children[i]) &&
                    message_send(r->follow_children[i]->socket, SENSOR_AGAIN, 0, TEXT(""), -1))
                        log_line(LOG_LEVEL_WARNING, "sensor", "follow did not take a message");
}

static void hand_on(const struct child *to, uint32_t type, int fd)
{
        if (child_runs(to) && fd >= 0 && message_send(to->socket, type, 0, TEXT(""), fd))
                log_line(LOG_LEVEL_WARNING, "sensor", "%s did not take a message", to->name);
}

static void on_start(void *state, struct child *c)
{
        struct root *r = state;

        if (c != r->analyse_child)
                return;
        if (c->ends)
                heads_again(r);
        hand_on(c, SENSOR_QUIET, r->quiet);
        hand_on(c, SENSOR_SET, r->set);
}

static bool is_input(const struct root *r, const struct child *c)
{
        return c != r->analyse_child && c != r->keeper_child && c != r->alerts_child &&
               c != r->search_child;
}

static void ring_clear(int fd, const char *name)
{
        int err = shared_ring_clear(fd);

        if (err)
                log_line(LOG_LEVEL_ERROR, "sensor", "the ring of %s: %s", name, err_text(err));
}

/* Somebody put into a ring what is none of ours: whoever fills it has been taken over. It is ended,
 * and the ring begins anew, empty; else whoever reads would end at the same place for ever. */
static void on_end(void *state, struct child *c)
{
        struct root *r = state;

        if (!WIFEXITED(c->status) || WEXITSTATUS(c->status) != ROLE_RING_BROKEN)
                return;
        log_line(LOG_LEVEL_ERROR, "sensor", "%s was given what is none of ours", c->name);
        if (c == r->analyse_child) {
                for (size_t i = 0; i < r->children.count; i++)
                        if (is_input(r, &r->children.of[i]))
                                child_replace(&r->children, &r->children.of[i]);
                for (size_t i = 0; i < r->input_count; i++)
                        ring_clear(r->inputs[i], c->name);
                return;
        }
        child_replace(&r->children, r->analyse_child);
        ring_clear(c == r->keeper_child ? r->facts.fd : r->alerts.fd, c->name);
}

/* To the process that speaks with the centre; what it cannot take now is lost to it. */
static void uplink_tell(struct root *r, uint32_t type, struct text body, int fd)
{
        if (!r->settings->local && child_runs(r->alerts_child) &&
            message_send(r->alerts_child->socket, type, 0, body, fd))
                log_line(LOG_LEVEL_WARNING, "sensor", "uplink did not take a message");
}

/* Each message has one sender. */
static bool is_from(const struct root *r, const struct child *sender)
{
        return sender && r->children.speaking == sender;
}

static int on_talkers(void *state, const struct message *m)
{
        struct root *r = state;

        if (!is_from(r, r->analyse_child))
                return ERR_UNTRUSTED;
        uplink_tell(r, SENSOR_TALKERS, m->body, -1);
        return 0;
}

/* Kept for whoever analyses after this one. */
static int keep_own(struct root *r, int *kept, const struct message *m)
{
        if (r->settings->local || !is_from(r, r->alerts_child)) {
                (void)close(m->fd);
                return ERR_UNTRUSTED;
        }
        file_close_at(kept);
        *kept = m->fd;
        hand_on(r->analyse_child, m->type, m->fd);
        return 0;
}

static int on_set(void *state, const struct message *m)
{
        struct root *r = state;

        return keep_own(r, &r->set, m);
}

static int on_quiet(void *state, const struct message *m)
{
        struct root *r = state;

        return keep_own(r, &r->quiet, m);
}

/* The order ended without its last answer. */
static void order_failed(struct root *r, int why)
{
        AUTO(file_close_at) int fd = -1;
        struct sensor_answer a = { .state = SENSOR_FAILED, .err = why };

        memcpy(a.id, r->order.id, ULID_MAX);
        r->order.id[0] = '\0';
        if (memory_file_make(&fd, "rows", TEXT("")) == 0)
                uplink_tell(r, SENSOR_ANSWER, (struct text){ (char *)&a, sizeof(a) }, fd);
}

/* What is not sealed yet a search would not see: the keeper seals first. */
static void search_start(struct root *r)
{
        AUTO(file_close_at) int set = r->order_set;
        int err = child_start(&r->children, r->search_child);

        r->order_set = -1;
        if (!err)
                err = message_send(r->search_child->socket, SENSOR_ORDER, 0,
                    (struct text){ (char *)&r->order, sizeof(r->order) }, set);
        if (err)
                order_failed(r, err);
}

/* One search at a time: an uplink that asks again has forgotten the one before. */
static int on_order(void *state, const struct message *m)
{
        struct root *r = state;

        if (!is_from(r, r->alerts_child)) {
                (void)close(m->fd);
                return ERR_UNTRUSTED;
        }
        if (child_runs(r->search_child))
                child_end(&r->children, r->search_child, 0);
        file_close_at(&r->order_set);
        r->order_set = m->fd;
        memcpy(&r->order, m->body.data, sizeof(r->order));
        r->order.id[ULID_MAX - 1] = '\0';
        if (!child_runs(r->keeper_child) ||
            message_send(r->keeper_child->socket, SENSOR_SEAL, 0, TEXT(""), -1))
                search_start(r);
        return 0;
}

static int on_sealed(void *state, const struct message *m)
{
        struct root *r = state;

        (void)m;
        if (!is_from(r, r->keeper_child))
                return ERR_UNTRUSTED;
        if (r->order_set >= 0)
                search_start(r);
        return 0;
}

static int on_cancel(void *state, const struct message *m)
{
        struct root *r = state;

        if (!is_from(r, r->alerts_child))
                return ERR_UNTRUSTED;
        if (text_is(m->body, r->order.id)) {
                r->order.id[0] = '\0';
                file_close_at(&r->order_set);
                child_end(&r->children, r->search_child, 0);
        }
        return 0;
}

static int on_answer(void *state, const struct message *m)
{
        AUTO(file_close_at) int rows = m->fd;
        struct root *r = state;
        struct sensor_answer a;

        if (!is_from(r, r->search_child))
                return ERR_UNTRUSTED;
        memcpy(&a, m->body.data, sizeof(a));
        if (a.state != SENSOR_RUNNING)
                r->order.id[0] = '\0';
        uplink_tell(r, SENSOR_ANSWER, m->body, rows);
        return 0;
}

static const struct message_rule rules[] = {
        { SENSOR_TALKERS, sizeof(struct sensor_talkers), sizeof(struct sensor_talkers), ROLE_STATE,
            false, on_talkers },
        { SENSOR_SET, 0, 0, ROLE_STATE, true, on_set },
        { SENSOR_QUIET, 0, 0, ROLE_STATE, true, on_quiet },
        { SENSOR_ORDER, sizeof(struct sensor_order), sizeof(struct sensor_order), ROLE_STATE, true,
            on_order },
        { SENSOR_SEAL, 0, 0, ROLE_STATE, false, on_sealed },
        { SENSOR_CANCEL, ULID_LEN, ULID_LEN, ROLE_STATE, false, on_cancel },
        { SENSOR_ANSWER, sizeof(struct sensor_answer), sizeof(struct sensor_answer), ROLE_STATE,
            true, on_answer },
};
static const struct message_table table = { rules, ARRAY_LEN(rules) };

static void centre_tend(struct root *r)
{
        struct sensor_status status = { .since = r->since, .restarts = r->children.restarts };
        time_ms now = clock_steady(&clock_real);

        if (r->order_set >= 0 && !child_runs(r->keeper_child))
                search_start(r); /* it died before it could seal */
        else if (r->order.id[0] && r->order_set < 0 && !child_runs(r->search_child))
                order_failed(r, ERR_CLOSED);
        if (r->settings->local || now - r->status_told < STATUS_MS)
                return;
        r->status_told = now;
        children_count(&status.counts, &r->children);
        uplink_tell(r, SENSOR_STATUS, (struct text){ (char *)&status, sizeof(status) }, -1);
}

static int roles_start(struct root *r)
{
        int err = 0;

        for (size_t i = 0; !err && i < r->children.count; i++)
                if (!r->children.of[i].once)
                        err = child_start(&r->children, &r->children.of[i]);
        return err;
}

/* Starts the reader of the next file. MISSING: there is none. */
static int file_next(struct root *r)
{
        while (r->next_file < r->settings->file_count) {
                const char *path = r->settings->files[r->next_file++];
                AUTO(file_close_at) int fd = open(path, O_RDONLY | O_CLOEXEC);
                struct child *c = r->reader_child;

                if (fd < 0) {
                        (void)fprintf(stderr, "canh-sensor: %s: %s\n", path,
                            say(r->language, "không mở được", "cannot be opened"));
                        r->unreadable = true;
                        continue;
                }
                r->reader.path = path;
                r->reader.file = fd;
                c->handle_count = 0;
                c->status = 0;
                give(c, r->reader.ring);
                give(c, r->reader.bell);
                give(c, fd);
                return child_start(&r->children, c);
        }
        return ERR_MISSING;
}

static int files_tend(struct root *r)
{
        if (child_runs(r->reader_child))
                return 0;
        r->unreadable = r->unreadable || r->reader_child->status;
        return file_next(r);
}

/* A role that says at its first start that it cannot: the operator is told, and it ends. */
static bool cannot_start(const struct root *r)
{
        for (size_t i = 0; i < r->children.count; i++) {
                const struct child *c = &r->children.of[i];

                if (c->ends == 1 && c->due && WIFEXITED(c->status) &&
                    WEXITSTATUS(c->status) == ROLE_CANNOT_START)
                        return true;
        }
        return false;
}

/* Each hands on what it has before the one behind it is told to end. */
static void end_in_order(struct root *r)
{
        struct child *behind[] = { r->analyse_child, r->keeper_child, r->alerts_child };

        for (size_t i = 0; i < r->children.count; i++) {
                struct child *c = &r->children.of[i];

                if (c != r->analyse_child && c != r->keeper_child && c != r->alerts_child)
                        child_end(&r->children, c, INPUT_END_MS);
        }
        for (size_t i = 0; i < ARRAY_LEN(behind); i++)
                if (behind[i])
                        child_end(&r->children, behind[i], END_MS);
}

static int loop(struct root *r)
{
        int err = roles_start(r);

        while (!err && !ending) {
                if (r->reader_child)
                        err = files_tend(r);
                if (!err)
                        err = children_tend(&r->children, TEND_MS);
                centre_tend(r);
                if (!err && cannot_start(r))
                        return ERR_UNSUPPORTED;
        }
        return err == ERR_MISSING ? 0 : err;
}

static void say_logs(const struct root *r, const struct sensor_counts *c)
{
        if (r->settings->syslog_count || r->settings->follow_count)
                (void)fprintf(stderr,
                    say(r->language,
                        "nhật ký: %llu dòng, dùng %llu, bỏ qua %llu, từ chối %llu, quá dài %llu\n",
                        "logs: %llu lines, taken %llu, ignored %llu, refused %llu, too long "
                        "%llu\n"),
                    (unsigned long long)c->of[COUNT_LOG_LINES],
                    (unsigned long long)c->of[COUNT_LOG_TAKEN],
                    (unsigned long long)c->of[COUNT_LOG_IGNORED],
                    (unsigned long long)c->of[COUNT_LOG_REFUSED],
                    (unsigned long long)c->of[COUNT_LOG_CUT]);
        if (r->settings->netflow_count)
                (void)fprintf(stderr,
                    say(r->language,
                        "NetFlow/IPFIX/sFlow: %llu gói tin, lạ %llu, hỏng %llu, mẫu bị từ chối "
                        "%llu, chờ mẫu rồi đọc %llu, chờ mẫu rồi bỏ %llu\n",
                        "exports: %llu datagrams, foreign %llu, damaged %llu, templates refused "
                        "%llu, read late %llu, never read %llu\n"),
                    (unsigned long long)(c->of[COUNT_RECORDS] - c->of[COUNT_LOG_LINES]),
                    (unsigned long long)c->of[COUNT_EXPORT_FOREIGN],
                    (unsigned long long)c->of[COUNT_EXPORT_DAMAGED],
                    (unsigned long long)c->of[COUNT_EXPORT_REFUSED],
                    (unsigned long long)c->of[COUNT_EXPORT_WAITED],
                    (unsigned long long)c->of[COUNT_EXPORT_DROPPED]);
}

/* Where something was lost. */
static void say_drops(const struct root *r, const struct sensor_counts *c)
{
        if (c->of[COUNT_DROPS] + c->of[COUNT_RING_DROPS] + c->of[COUNT_FACT_DROPS] +
            c->of[COUNT_ARCHIVE_FAILURES])
                (void)fprintf(stderr,
                    say(r->language,
                        "mất: ở nhân hệ điều hành %llu, trước khi phân tích %llu, trước kho %llu, "
                        "kho không ghi được %llu\n",
                        "lost: by the kernel %llu, before analysis %llu, before the archive %llu, "
                        "not written %llu\n"),
                    (unsigned long long)c->of[COUNT_DROPS],
                    (unsigned long long)c->of[COUNT_RING_DROPS],
                    (unsigned long long)c->of[COUNT_FACT_DROPS],
                    (unsigned long long)c->of[COUNT_ARCHIVE_FAILURES]);
}

static void say_counts(const struct root *r, const struct sensor_counts *c)
{
        say_logs(r, c);
        say_drops(r, c);
        (void)fprintf(stderr,
            say(r->language,
                "%llu gói, bỏ sót %llu, %llu luồng, %llu tên, %llu cảnh báo, khởi động lại %llu "
                "lần\n",
                "%llu packets, %llu dropped, %llu flows, %llu names, %llu alerts, %llu restarts\n"),
            (unsigned long long)c->of[COUNT_PACKETS],
            (unsigned long long)(c->of[COUNT_DROPS] + c->of[COUNT_RING_DROPS]),
            (unsigned long long)c->of[COUNT_FLOWS], (unsigned long long)c->of[COUNT_NAMES],
            (unsigned long long)c->of[COUNT_ALERTS], (unsigned long long)r->children.restarts);
}

static int finish(struct root *r, int err)
{
        struct sensor_counts counts;

        end_in_order(r);
        children_count(&counts, &r->children);
        say_counts(r, &counts);
        if (err || r->unreadable)
                return SENSOR_IMPOSSIBLE;
        return r->reader_child && counts.of[COUNT_ALERTS] ? SENSOR_FOUND : SENSOR_NOTHING_FOUND;
}

static void root_free_at(struct root **at)
{
        if (*at)
                children_done(&(*at)->children);
        mem_free(*at);
}

int root_run(const struct sensor_settings *settings, enum language language)
{
        AUTO(root_free_at) struct root *r = mem_zero(1, sizeof(*r));
        const struct sigaction end = { .sa_handler = on_signal };
        int err = r ? children_init(&r->children) : ERR_MEMORY;

        if (err)
                return SENSOR_IMPOSSIBLE;
        r->settings = settings;
        r->language = language;
        r->facts = r->alerts = (struct ring_of_root){ -1, -1 };
        r->set = r->quiet = r->order_set = -1;
        r->since = clock_now(&clock_real);
        r->children.table = &table;
        r->children.on_start = on_start;
        r->children.on_end = on_end;
        r->children.state = r;
        (void)signal(SIGPIPE, SIG_IGN);
        (void)sigaction(SIGTERM, &end, NULL);
        (void)sigaction(SIGINT, &end, NULL);
        err = set_load(r);
        if (!err)
                err = rings_make(r);
        if (!err)
                err = roles_add(r);
        if (!err)
                err = loop(r);
        if (err && err != ERR_UNSUPPORTED)
                log_line(LOG_LEVEL_ERROR, "sensor", "ends: %s", err_text(err));
        return finish(r, err);
}
