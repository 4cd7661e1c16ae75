/* office/registry/trail.h: who did what (chained, append-only), what changed (for pages that look
 * on), settings. Adding runs inside the caller's transaction: what is not done is not told.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_TRAIL_H
#define CANH_OFFICE_REGISTRY_TRAIL_H

#include "base/clock.h"
#include "base/text.h"
#include "codec/digest.h"
#include "model/scope.h"

#include <jansson.h>

struct arena;
struct db;

/* detail: a JSON object or NULL (borrowed). unit_id "" or NULL: of no unit. */
MUST_USE int audit_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *object_kind, const char *object_id, const char *unit_id,
    const json_t *detail);
/* Recomputes the chain. UNTRUSTED with the first sequence that does not hold; *bad_at = 0 when all
 * hold. The end of the chain (last hash) is for keeping elsewhere: a cut tail shows only there. */
MUST_USE int audit_verify(int64_t *bad_at, char last_hash[SHA256_HEX_MAX], struct db *db);
/* [{sequence,at,actor,address,act,object_kind,object_id,detail}] after a sequence, at most 200. */
MUST_USE int audit_json(json_t **out, struct db *db, const struct scope *scope, int64_t after);

/* A row of `change`: topics matrix machine finding incident list report set registry traffic.
 * unit_id NULL or "": everyone. Of traffic, which moves all day, the newest row of an object and
 * unit is kept. */
MUST_USE int registry_changed(struct db *db, const struct clock *clock, const char *topic,
    const char *object_id, const char *unit_id);
/* The newest sequence of all topics ("") or of all but this one and traffic, which no measure looks
 * at; 0 when there is none. */
MUST_USE int registry_change_last(int64_t *out, struct db *db, const char *but_topic);
/* {"sequence":N,"changes":[{topic,id}]} that the scope may see, after a sequence; at most 500. */
MUST_USE int registry_changes_json(
    json_t **out, struct db *db, const struct scope *scope, int64_t after);

/* MISSING when it was never set. The copy lives as long as the arena. */
MUST_USE int setting_read(const char **out, struct arena *arena, struct db *db, const char *name);
MUST_USE int setting_write(
    struct db *db, const struct clock *clock, const char *name, struct text value);

/* [{page,id,title,detail}] of units, people, systems, machines, incidents in scope, accents and
 * case folded; at most 50. */
MUST_USE int registry_search_json(
    json_t **out, struct db *db, const struct scope *scope, struct text words);

#endif
