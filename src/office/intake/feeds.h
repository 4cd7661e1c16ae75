/* office/intake/feeds.h: lists that the office subscribed to: where they are, how often they are
 * fetched, what the last try brought. From: the office (API). To: the centre, which fetches what is
 * due and files it as a list. A feed is the only one to feed its source. Limit: FEEDS_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_FEEDS_H
#define CANH_OFFICE_INTAKE_FEEDS_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum {
        FEEDS_MAX = 500,
        FEED_STORE_MAX = 80,
        FEED_MINUTES_LEAST = 15, /* publishers ask for no more than this */
        FEED_MINUTES_MOST = 60 * 24 * 31
};

struct feed_wish {
        const char *source, *url, *format, *kind;
        const char *protocol;   /* "file", "taxii" */
        const char *collection; /* of TAXII: id, alias or title; "" = the only one */
        const char *auth, *login;
        const char *sealed;    /* the password as the keys process sealed it, hex; "" = none */
        const char *authority; /* PEM; "" = those of the system */
        int64_t every_minutes;
        bool active;
};

/* What one try brought. */
struct feed_try {
        bool unchanged;              /* the publisher said so, or the bytes are the same */
        int err;                     /* 0: fetched and filed */
        const char *why_vi, *why_en; /* when err */
        const char *etag, *modified, *batch_id;
        const char *added_after; /* of TAXII: for the next time */
        int64_t added, gone, expired, bytes;
};

/* Each within the caller's transaction, each told in the audit trail. EXISTS: the source has a feed
 * already; LIMIT; MISSING. A new feed is due at once; a changed one too. */
MUST_USE int feed_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const struct feed_wish *wish);
MUST_USE int feed_change(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const struct feed_wish *wish);
MUST_USE int feed_remove(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id);
/* Due now, whatever the schedule says. */
MUST_USE int feed_hurry(struct db *db, const struct clock *clock, const char *id);

/* The one that has been due longest, as feed_json gives it, with etag, modified, sealed and
 * added_after besides; MISSING when none is due. */
MUST_USE int feed_due(json_t **out, struct db *db, const struct clock *clock);
/* The same of one feed, due or not. */
MUST_USE int feed_whole(json_t **out, struct db *db, const char *id);
/* Notes the try and when the next is due: every_minutes later, after failures at first sooner. */
MUST_USE int feed_tried(
    struct db *db, const struct clock *clock, const json_t *feed, const struct feed_try *what);

/* File name of the set that a batch keeps; "" when it keeps none. */
MUST_USE int feed_batch_store(char store[FEED_STORE_MAX], struct db *db, const char *batch_id);

/* By source: [{id,source,url,format,kind,every_minutes,active,state,why:{vi,en},tried_at,
 * fetched_at,changed_at,next_at,batch,added,gone,expired,bytes,protocol,collection,auth,login,
 * has_secret,authority}]: never the secret. */
MUST_USE int feeds_json(json_t **out, struct db *db);
MUST_USE int feed_json(json_t **out, struct db *db, const char *id);

#endif
