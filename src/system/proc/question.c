/* SPDX-License-Identifier: Apache-2.0 */
#include "system/proc/question.h"

#include "base/mem.h"
#include "system/proc/message_parse.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ATTACH_MS_MAX = 3000 }; /* a process that died is back in less */

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_ANSWERED, SLOT_LOST };

struct slot {
        enum slot_state state;
        uint32_t id;
        struct answer answer;
};

/* Invariants, under the lock: a WAITING slot was sent over `socket`; only the receiving thread
 * closes a socket, so that its number is never given to something else while that thread still
 * reads from it. */
struct question_line {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        pthread_t receiver;
        int socket; /* -1: nobody there */
        int next;   /* attached, not yet taken by the receiver; -1: none */
        bool ending;
        uint32_t last_id;
        struct slot slots[QUESTIONS_MAX];
        char room[MESSAGE_BYTES_MAX];
};

void answer_done(struct answer *a)
{
        buffer_done(&a->body);
        if (a->fd >= 0)
                (void)close(a->fd);
        a->fd = -1;
}

static void lose_all(struct question_line *line)
{
        for (size_t i = 0; i < QUESTIONS_MAX; i++)
                if (line->slots[i].state == SLOT_WAITING)
                        line->slots[i].state = SLOT_LOST;
        pthread_cond_broadcast(&line->changed);
}

/* An answer nobody waits for (its asker's time had passed) is dropped. */
static void hand_over(struct question_line *line, const struct message *m)
{
        for (size_t i = 0; i < QUESTIONS_MAX; i++) {
                struct slot *s = &line->slots[i];
                if (s->state != SLOT_WAITING || s->id != m->id)
                        continue;
                s->answer = (struct answer){
                        .type = m->type, .body = BUFFER(MESSAGE_BODY_MAX), .fd = m->fd
                };
                s->state = SLOT_ANSWERED;
                if (m->body.len && buffer_add(&s->answer.body, m->body.data, m->body.len) != 0) {
                        answer_done(&s->answer);
                        s->state = SLOT_LOST;
                }
                pthread_cond_broadcast(&line->changed);
                return;
        }
        if (m->fd >= 0)
                (void)close(m->fd);
}

static void receive_until_closed(struct question_line *line, int socket)
{
        struct message m;
        int err;

        for (;;) {
                err = message_receive(&m, socket, line->room, sizeof(line->room), -1);
                if (err)
                        return;
                pthread_mutex_lock(&line->lock);
                hand_over(line, &m);
                pthread_mutex_unlock(&line->lock);
        }
}

static void *receive(void *state)
{
        struct question_line *line = state;

        pthread_mutex_lock(&line->lock);
        while (!line->ending) {
                if (line->next < 0) {
                        pthread_cond_wait(&line->changed, &line->lock);
                        continue;
                }
                line->socket = line->next;
                line->next = -1;
                int socket = line->socket;
                pthread_cond_broadcast(&line->changed);
                pthread_mutex_unlock(&line->lock);
                receive_until_closed(line, socket);
                pthread_mutex_lock(&line->lock);
                line->socket = -1;
                (void)close(socket);
                lose_all(line);
        }
        pthread_mutex_unlock(&line->lock);
        return NULL;
}

int question_line_new(struct question_line **out)
{
        struct question_line *line = mem_zero(1, sizeof(*line));
        pthread_condattr_t steady;

        if (!line)
                return ERR_MEMORY;
        line->socket = line->next = -1;
        pthread_mutex_init(&line->lock, NULL);
        pthread_condattr_init(&steady);
        pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
        pthread_cond_init(&line->changed, &steady);
        pthread_condattr_destroy(&steady);
        if (pthread_create(&line->receiver, NULL, receive, line) != 0) {
                mem_free(line);
                return ERR_MEMORY;
        }
        *out = line;
        return 0;
}

struct question_line *question_line_free(struct question_line *line)
{
        if (!line)
                return NULL;
        pthread_mutex_lock(&line->lock);
        line->ending = true;
        if (line->socket >= 0)
                (void)shutdown(line->socket, SHUT_RDWR);
        pthread_cond_broadcast(&line->changed);
        pthread_mutex_unlock(&line->lock);
        pthread_join(line->receiver, NULL);
        if (line->next >= 0)
                (void)close(line->next);
        pthread_cond_destroy(&line->changed);
        pthread_mutex_destroy(&line->lock);
        mem_free(line);
        return NULL;
}

void question_line_attach_own(struct question_line *line, int socket)
{
        /* The question is sent under the lock: a peer that does not read must not hold it for ever.
         */
        const struct timeval send_time = { .tv_sec = 2 };

        (void)setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &send_time, sizeof(send_time));
        pthread_mutex_lock(&line->lock);
        if (line->next >= 0)
                (void)close(line->next);
        line->next = socket;
        if (line->socket >= 0)
                (void)shutdown(line->socket, SHUT_RDWR);
        pthread_cond_broadcast(&line->changed);
        pthread_mutex_unlock(&line->lock);
}

static struct slot *take_slot(struct question_line *line)
{
        for (size_t i = 0; i < QUESTIONS_MAX; i++) {
                struct slot *s = &line->slots[i];
                if (s->state == SLOT_FREE) {
                        s->state = SLOT_WAITING;
                        s->id = ++line->last_id;
                        return s;
                }
        }
        return NULL;
}

static struct timespec deadline_after(int timeout_ms)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += timeout_ms / 1000;
        t.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
        if (t.tv_nsec >= 1000000000) {
                t.tv_sec++;
                t.tv_nsec -= 1000000000;
        }
        return t;
}

/* With the lock held: until the line has somebody, the slot is answered or lost, or the time is
 * over. */
static int ask_locked(struct answer *out, struct question_line *line, uint32_t type,
    struct text body, int fd, int timeout_ms)
{
        struct timespec until = deadline_after(timeout_ms);
        struct timespec there = deadline_after(
            timeout_ms < ATTACH_MS_MAX ? timeout_ms : ATTACH_MS_MAX);
        struct slot *s;
        int err, late = 0;

        while (line->socket < 0 && !late)
                late = pthread_cond_timedwait(&line->changed, &line->lock, &there);
        late = 0;
        s = line->socket < 0 ? NULL : take_slot(line);
        if (!s)
                return ERR_BUSY;
        err = message_send(line->socket, type, s->id, body, fd);
        while (!err && s->state == SLOT_WAITING && !late)
                late = pthread_cond_timedwait(&line->changed, &line->lock, &until);
        if (!err && s->state == SLOT_WAITING)
                err = ERR_BUSY;
        else if (!err && s->state == SLOT_LOST)
                err = ERR_CLOSED;
        if (!err)
                *out = s->answer;
        *s = (struct slot){ .state = SLOT_FREE };
        return err;
}

int question_ask(struct answer *out, struct question_line *line, uint32_t type, struct text body,
    int fd, int timeout_ms)
{
        int err;

        pthread_mutex_lock(&line->lock);
        err = ask_locked(out, line, type, body, fd, timeout_ms);
        pthread_mutex_unlock(&line->lock);
        return err;
}
