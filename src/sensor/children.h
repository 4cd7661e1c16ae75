/* sensor/children.h: the processes of the sensor as the root sees them: started, heard, started
 * again when they end before their time (ever more slowly, up to 30 s), and what they counted.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_CHILDREN_H
#define CANH_SENSOR_CHILDREN_H

#include "sensor/sensor_messages.h"

enum { CHILDREN_MAX = 40, CHILD_HANDLES_MAX = 28 };

struct child {
        const char *name; /* shown by ps */
        int (*run)(void *state);
        void *state;
        int *socket_of_state; /* where the role finds its end of the line */
        int handles[CHILD_HANDLES_MAX];
        size_t handle_count;
        bool secret;
        bool once; /* not started again */
        /* kept by children.c */
        int pid, socket;
        time_ms started, due; /* on the steady clock; due: start it then, 0 = it runs */
        int backoff_ms;
        unsigned ends; /* before its time */
        int status;    /* of its last end, as waitpid gives it */
        struct sensor_counts counts;
};

struct children {
        struct child of[CHILDREN_MAX];
        size_t count;
        struct sensor_counts before; /* what those counted that have ended */
        uint64_t restarts;
        void *room;
        const struct message_table *table; /* of what they may say but SENSOR_COUNTS */
        void *state;
        void (*on_start)(void *state, struct child *c); /* may send it its first messages */
        void (*on_end)(void *state, struct child *c);   /* before its time, with its status */
        struct child *speaking;                         /* whose message is being handled */
};

MUST_USE int children_init(struct children *all);
void children_done(struct children *all); /* ends all by SIGKILL */
/* A new one, to be filled; NULL when there are too many. */
struct child *children_add(struct children *all);
MUST_USE int child_start(struct children *all, struct child *c);
/* Waits at most timeout_ms for messages, handles them, reaps and restarts. What the table's
 * handlers say ends it. */
MUST_USE int children_tend(struct children *all, int timeout_ms);
/* Tells it to hand on what it has and waits for its end; after timeout_ms it is killed. */
void child_end(struct children *all, struct child *c, int timeout_ms);
/* Kills it, and has it started again as one that died. */
void child_replace(struct children *all, struct child *c);
bool child_runs(const struct child *c);
/* The sum over all that run and have run. */
void children_count(struct sensor_counts *out, const struct children *all);

#endif
