/* centre/lists/feed_fetch.h: fetches the feeds that are due and files what is new as lists. From:
 * the centre's upkeep. A feed that fails keeps what it brought before, says why, and is tried
 * again. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_FEED_FETCH_H
#define CANH_CENTRE_LISTS_FEED_FETCH_H

#include "base/err.h"

struct office;

enum { FEEDS_AT_ONCE = 20 }; /* of one upkeep; the others wait for the next minute */

/* Failures of single feeds are noted there; an error is one of the office itself. */
MUST_USE int feeds_fetch_due(struct office *office);

#endif
