/* centre/lists/feed_bundles.h: the lists of our feeds as one signed file, and such a file of
 * another office taken whole or not at all. Format: docs/formats/feed-bundle.md. Lists of victims
 * never go along: they are of their office alone. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_FEED_BUNDLES_H
#define CANH_CENTRE_LISTS_FEED_BUNDLES_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/scope.h"

#include <jansson.h>

struct arena;
struct db;
struct office;

/* Who signs; given by the program. */
struct list_signing {
        int (*sign)(void *state, struct buffer *signature, struct text data);
        int (*key)(void *state, struct buffer *der);
        void *state;
};
/* By the keys process. */
struct list_signing feed_bundle_signing(struct office *office);

/* Adds the file. MISSING: no feed of indicators has brought anything yet; LIMIT with *bad. */
MUST_USE int feed_bundle_make(struct buffer *out, struct office *office, struct db *db,
    struct arena *arena, const struct scope *scope, const struct list_signing *by,
    struct parse_error *bad);

/* What stands in the upload: {"office","made_at","fingerprint","signer":"new"|"known","newer":bool,
 * "files":[{"source","format","file_name","url","fetched_at","bytes"}]}. Nothing is written.
 * FORMAT, LIMIT, UNTRUSTED with *bad. */
MUST_USE int feed_bundle_look(
    json_t **out, struct office *office, struct db *db, struct text bytes, struct parse_error *bad);
/* Files all its lists in place of their last versions: {"files":[{"source","list","unchanged",
 * "good","added","gone","still","expired"}]}. `confirmed`: the fingerprint as a person confirmed
 * it; needed for a key that is not known. DENIED: it was not confirmed; EXISTS: not newer than the
 * last one of this signer; else with *bad. */
MUST_USE int feed_bundle_take(json_t **out, struct office *office, struct db *db,
    const struct scope *scope, struct text bytes, const char *confirmed, struct parse_error *bad);

#endif
