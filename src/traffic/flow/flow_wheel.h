/* traffic/flow/flow_wheel.h: which items are due, by the second: a ring of lists. Putting, moving
 * and removing cost the same however many there are; an item that is used needs no move, its owner
 * looks again when it comes up. What is due later than FLOW_WHEEL_SPAN seconds comes up at the end
 * of the span and is put again. All memory taken at birth. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_FLOW_FLOW_WHEEL_H
#define CANH_TRAFFIC_FLOW_FLOW_WHEEL_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { FLOW_WHEEL_SPAN = 512 };

struct flow_wheel_link {
        uint32_t next, previous;
};

struct flow_wheel {
        struct flow_wheel_link *links; /* the items', then the heads of the rings */
        uint32_t items;
        int64_t second; /* all that was due by then has come up */
};

MUST_USE int flow_wheel_init(struct flow_wheel *w, uint32_t max_items);
void flow_wheel_done(struct flow_wheel *w);
/* For an empty wheel only. */
void flow_wheel_set(struct flow_wheel *w, int64_t second);

/* Not before the next second. An item is put once, then moved. */
void flow_wheel_put(struct flow_wheel *w, uint32_t item, int64_t due_second);
void flow_wheel_move(struct flow_wheel *w, uint32_t item, int64_t due_second);
void flow_wheel_remove(struct flow_wheel *w, uint32_t item);

/* An item that is due at `second`, until there is none; then the wheel stands there. The caller
 * moves or removes each item before it asks again. */
bool flow_wheel_due(uint32_t *out, struct flow_wheel *w, int64_t second);
/* The item that comes up soonest, and when; false when the wheel is empty. */
bool flow_wheel_soonest(uint32_t *out, int64_t *second, const struct flow_wheel *w);

#endif
