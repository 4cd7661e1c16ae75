/* centre/web/reply.h: problem documents and headers, shared by the console's router and the agents'
 * door.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_WEB_REPLY_H
#define CANH_CENTRE_WEB_REPLY_H

#include "centre/web/route.h"
#include "system/net/http_server.h"

/* The headers that every reply carries: strict content policy, no sniffing, no framing, no caching.
 */
void reply_guard_headers(struct http_request *request, bool may_cache);
/* A problem for an err that a handler returned: FORMAT 400, DENIED 403, MISSING 404, EXISTS 409,
 * LIMIT 413, UNTRUSTED 422, BUSY 503, else 500. */
int reply_from_err(struct reply *reply, const struct call *call, int err);
/* Gives the reply to the request and empties it. */
void reply_send(struct http_request *request, struct reply *reply, bool secure_cookies);
void reply_done(struct reply *reply);

#endif
