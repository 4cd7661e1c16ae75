/* agent/proc_clamd.c: carries questions from the scanner to clamd's socket and answers back.
 * Rights kept: connecting to clamd's socket. Never: other files, other programs, new processes.
 * Messages accepted: CLAMD_ASK with the bytes as a sealed memory file. Sent: CLAMD_ANSWER.
 * It looks into neither.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/proc_clamd.h"
#include "agent/agent_messages.h"
#include "base/mem.h"
#include "system/net/local_ask.h"
#include "system/os/confine.h"
#include "system/os/folder.h"
#include "system/os/memory_file.h"
#include "system/proc/message_parse.h"
#include "system/proc/process.h"
#include "workstation/sweep/clamd_parse.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ASKED = 1, ANSWERED = 2, WAIT_MS = 120000, BYTES_MAX = 128 << 20 };

struct relay {
        int socket;
        const char *path;
        struct buffer answer;
};

static int pass_on(struct relay *r, enum engine_ask what, struct text bytes)
{
        struct clamd_command c;
        int err = 0;

        if (what == ENGINE_ASK_VERSION)
                clamd_write_version(&c);
        else
                err = clamd_write_stream(&c, bytes);
        return err ? err
                   : local_ask(&r->answer,
                         &(struct local_question){ r->path, c.parts, c.count, WAIT_MS });
}

static int take_question(void *state, const struct message *m)
{
        struct relay *r = state;
        AUTO(memory_file_unmap) struct text bytes = { NULL, 0 };
        struct clamd_answer a = { .err = 0 };
        int fd = m->fd;
        uint32_t what;

        memcpy(&what, m->body.data, sizeof(what));
        buffer_clear(&r->answer);
        a.err = memory_file_map(&bytes, fd, BYTES_MAX);
        if (!a.err)
                a.err = pass_on(r, (enum engine_ask)what, bytes);
        file_close_at(&fd);
        a.len = (uint32_t)(a.err ? 0 : r->answer.len);
        if (a.len)
                memcpy(a.text, r->answer.data, a.len);
        return message_send(
            r->socket, CLAMD_ANSWER, m->id, (struct text){ (char *)&a, sizeof(a) }, -1);
}

static const struct message_rule questions[] = { { CLAMD_ASK, sizeof(uint32_t), sizeof(uint32_t),
    ASKED, true, take_question } };
static const struct message_table question_table = { questions, ARRAY_LEN(questions) };

static int confine(const char *path)
{
        const struct confine_folder folders[] = { { path, CONFINE_WRITE } };
        const struct confine_request request = {
                .profile = CONFINE_LINK, .folders = folders, .folder_count = ARRAY_LEN(folders)
        };
        struct confine_report report;

        return confine_apply(&report, &request);
}

static int relay_run(void *state)
{
        struct relay *r = state;
        AUTO(mem_free_at) void *room = mem_zero(1, MESSAGE_BYTES_MAX);
        struct message m;
        int err = room ? confine(r->path) : ERR_MEMORY;

        r->answer = BUFFER(CLAMD_ANSWER_MAX);
        while (!err) {
                err = message_receive(&m, r->socket, room, MESSAGE_BYTES_MAX, -1);
                if (!err)
                        err = message_dispatch(&question_table, ASKED, r, &m);
        }
        buffer_done(&r->answer);
        return err == ERR_CLOSED ? 0 : 1;
}

int clamd_line_open(struct clamd_line *out, const char *socket_path)
{
        struct relay r = { .path = socket_path };
        struct process_start start = {
                .name = "canh-clamd", .run = relay_run, .state = &r, .handle_count = 1
        };
        int pair[2], err = process_pair(pair);

        if (err)
                return err;
        *out = (struct clamd_line){ .socket = pair[0], .room = mem_zero(1, MESSAGE_BYTES_MAX) };
        r.socket = start.handles[0] = pair[1];
        err = out->room ? process_start(&out->pid, &start) : ERR_MEMORY;
        (void)close(pair[1]);
        if (err)
                clamd_line_close(out);
        return err;
}

void clamd_line_close(struct clamd_line *l)
{
        if (!l->room)
                return;
        (void)close(l->socket);
        if (l->pid > 0)
                (void)waitpid(l->pid, NULL, 0);
        mem_free(l->room);
        l->room = NULL;
}

struct taking {
        struct buffer *answer;
        int err;
};

static int take_answer(void *state, const struct message *m)
{
        struct taking *t = state;
        struct clamd_answer a;

        memcpy(&a, m->body.data, sizeof(a));
        if (a.len > sizeof(a.text))
                return ERR_UNTRUSTED;
        t->err = a.err ? a.err : buffer_add(t->answer, a.text, a.len);
        return 0;
}

static const struct message_rule answers[] = { { CLAMD_ANSWER, sizeof(struct clamd_answer),
    sizeof(struct clamd_answer), ANSWERED, false, take_answer } };
static const struct message_table answer_table = { answers, ARRAY_LEN(answers) };

int clamd_line_ask(void *line, struct buffer *answer, enum engine_ask what, struct text bytes)
{
        struct clamd_line *l = line;
        AUTO(file_close_at) int fd = -1;
        struct taking t = { .answer = answer };
        uint32_t word = what;
        struct message m;
        int err = memory_file_make(&fd, "scan", bytes);

        if (!err)
                err = message_send(
                    l->socket, CLAMD_ASK, 0, (struct text){ (char *)&word, sizeof(word) }, fd);
        if (!err)
                err = message_receive(&m, l->socket, l->room, MESSAGE_BYTES_MAX, 2 * WAIT_MS);
        if (!err)
                err = message_dispatch(&answer_table, ANSWERED, &t, &m);
        return err ? err : t.err;
}
