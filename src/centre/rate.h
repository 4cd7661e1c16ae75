/* centre/rate.h: how often someone may do something: a bucket of tokens for each name, filled
 * evenly. A fixed table; when it is full the bucket that was used longest ago makes room. Any
 * thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_RATE_H
#define CANH_CENTRE_RATE_H

#include "base/clock.h"
#include "base/text.h"

struct rate;

/* per_minute tokens a minute, at most `burst` saved. */
MUST_USE int rate_new(struct rate **out, size_t names, unsigned per_minute, unsigned burst,
    const struct clock *clock);
struct rate *rate_free(struct rate *r);
/* Takes a token; false when there is none. */
bool rate_take(struct rate *r, struct text name);

#endif
