/* sensor/talkers.h: which hosts moved most bytes, by the flows of the last while. From: the flow
 * table, exporters. To: the centre's traffic page. Limit: TALKERS_SLOTS hosts; a further one takes
 * the place of one that moved less lately, so that the great ones are right and the small ones may
 * be missing. One thread. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_TALKERS_H
#define CANH_SENSOR_TALKERS_H

#include "model/flow.h"
#include "sensor/sensor_messages.h"

enum { TALKERS_SLOTS = 8192, TALKERS_TRIES = 8 };

struct talkers {
        struct sensor_talker slots[TALKERS_SLOTS];
        uint64_t seed; /* random: nobody outside chooses who shares a slot */
        time_ms from;
};

void talkers_init(struct talkers *t, uint64_t seed, time_ms now);
/* The flow as seen by `host`, one of its ends. */
void talkers_add(struct talkers *t, const struct ip_address *host, const struct flow *flow);
/* The greatest, in order. */
void talkers_top(struct sensor_talkers *out, const struct talkers *t, time_ms now);

#endif
