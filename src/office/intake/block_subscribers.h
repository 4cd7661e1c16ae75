/* office/intake/block_subscribers.h: firewalls and resolvers that fetch the block lists, each by a
 * token of its own. From: the office (API). To: the open door of the lists. The token is shown
 * once; here is its SHA-256. Limit: BLOCK_SUBSCRIBERS_MAX that are not revoked.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_BLOCK_SUBSCRIBERS_H
#define CANH_OFFICE_INTAKE_BLOCK_SUBSCRIBERS_H

#include "base/clock.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum { BLOCK_SUBSCRIBERS_MAX = 500 };

struct block_subscriber {
        const char *id, *name, *target, *list_name, *answer, *token_hash;
        int64_t least_confidence;
};

/* Newest first: [{id,name,target,list_name,least_confidence,answer,created_at,created_by,
 * revoked_at,last_at,last_address,fetched}]; of the revoked ones the latest hundred. */
MUST_USE int block_subscribers_json(json_t **out, struct db *db);
MUST_USE int block_subscriber_json(json_t **out, struct db *db, const char *id); /* MISSING */
/* The one with this token, if it is not revoked; MISSING. */
MUST_USE int block_subscriber_of(json_t **out, struct db *db, const char *token_hash);

/* Each within the caller's transaction; the first two are told in the audit trail. LIMIT; MISSING:
 * there is none, or it was revoked already. */
MUST_USE int block_subscriber_add(struct db *db, const struct clock *clock,
    const struct scope *scope, const struct block_subscriber *what);
MUST_USE int block_subscriber_revoke(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id);
MUST_USE int block_subscriber_fetched(
    struct db *db, const struct clock *clock, const char *id, const char *address);

#endif
