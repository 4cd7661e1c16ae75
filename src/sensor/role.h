/* sensor/role.h: what the sensor's processes share: their line to the root.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_ROLE_H
#define CANH_SENSOR_ROLE_H

#include "sensor/sensor_messages.h"
#include "system/os/confine.h"

enum {
        ROLE_STATE = 1,
        ROLE_TELL_MS = 1000,
        /* Exit statuses. */
        ROLE_CANNOT_START = 3, /* at the first start the program ends */
        ROLE_RING_BROKEN = 4   /* who filled its ring was taken over: both are started anew */
};

struct role_line {
        int socket;
        void *room;
        time_ms told_at;
        bool ending; /* the root wants no more: hand on all that came, then end */
        const struct message_table *table; /* what else it accepts; NULL = nothing */
        void *state;
};

MUST_USE int role_line_init(
    struct role_line *l, int socket, const struct message_table *table, void *state);
void role_line_done(struct role_line *l);
/* Takes what has come, waiting for nothing. CLOSED: the root has gone; UNTRUSTED. */
MUST_USE int role_line_listen(struct role_line *l);
/* Tells the counts, at most once a second unless `now`. */
MUST_USE int role_line_tell(struct role_line *l, const struct sensor_counts *counts, bool now);
/* The exit status of a role that ended with this; UNTRUSTED is of its ring. */
int role_status(int err);
/* Gives up all but what the profile and the folders allow, and says it when this kernel cannot
 * fence folders. */
MUST_USE int role_confine_to(const char *who, enum confine_profile profile,
    const struct confine_folder *folders, size_t count);
/* The same with one folder; NULL: none. */
MUST_USE int role_confine(
    const char *who, enum confine_profile profile, const char *folder, enum confine_access access);

#endif
