/* centre/lists/feed_secret.h: the password of a feed: sealed for this feed and this server, so that
 * whoever changes the address must type it again. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_FEED_SECRET_H
#define CANH_CENTRE_LISTS_FEED_SECRET_H

#include "base/text.h"
#include "centre/keys_messages.h"

#include <jansson.h>

struct office;

enum { FEED_SEALED_MAX = 2 * KEYS_SEALED_MAX + 1 };

/* As hex, for the feed's row. LIMIT: longer than KEYS_SECRET_MAX. */
MUST_USE int feed_secret_seal(char out[FEED_SEALED_MAX], struct office *office, const char *feed_id,
    const char *url, struct text secret);
/* Of a whole feed (feeds.h); "" when it has none. The caller wipes out[room]. UNTRUSTED: sealed for
 * another feed or server. */
MUST_USE int feed_secret_open(char *out, size_t room, struct office *office, const json_t *feed);

#endif
