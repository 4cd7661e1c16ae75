/* office/registry/units.h: the dated tree of units. unit_closure holds every unit with itself and
 * all above it, so that scope is one indexed lookup in every query. Writes run inside the caller's
 * transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_UNITS_H
#define CANH_OFFICE_REGISTRY_UNITS_H

#include "base/clock.h"
#include "codec/ip_address.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

/* Is the unit the scope's own or below it? 0, MISSING. */
MUST_USE int unit_in_scope(struct db *db, const struct scope *scope, const char *unit_id);
/* The unit without parent that was made first; MISSING in an empty database. */
MUST_USE int unit_root(char id[ULID_MAX], struct db *db);
/* The first unit: nothing is above it, no scope holds it yet. EXISTS when there is a root. */
MUST_USE int unit_create_root(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const char *code, const char *name, const char *kind);
/* Puts the subtree under another parent. FORMAT when that stands below it, MISSING out of scope. */
MUST_USE int unit_move(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *unit_id, const char *parent_id);
/* Brings the closure of the subtree in line with parent_id as it stands in the row. */
MUST_USE int unit_rebuild_closure(struct db *db, const char *unit_id);
/* From `at` (not after now) on the unit is no more. The first successor answers for it: machines,
 * systems, people and units below go to it, and its ranges go on there; the others are on record.
 * Without successors its ranges end. FORMAT for the root, for a successor below the unit or twice,
 * and for a time to come; EXISTS when it has ended already; MISSING out of scope. */
enum { UNIT_SUCCESSORS_MAX = 16 };
MUST_USE int unit_close(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *unit_id, time_ms at, const char *const *successors, size_t count);

/* [{id,parent_id?,code,name,kind,machines,reporting,open_findings,valid_from,valid_until?}] of the
 * scope, parents first. Reporting: seen within two days before now. */
MUST_USE int units_json(json_t **out, struct db *db, const struct scope *scope, time_ms now);
/* One unit with phone, email, workstations_declared, path (as far as the scope sees), predecessors,
 * successors, people, ranges, systems, tokens. */
MUST_USE int unit_json(
    json_t **out, struct db *db, const struct scope *scope, time_ms now, const char *unit_id);

/* Whose address was it at that time? Longest prefix valid then; among equals the one entered by
 * hand. This is for attribution, which files rows for the whole office: no scope. MISSING. */
struct range_owner {
        char range_id[ULID_MAX], unit_id[ULID_MAX];
        char prefix[IP_PREFIX_TEXT_MAX];
        bool behind_nat, manual;
        int confidence; /* 5 by hand, 4 imported, 2 for a range wider than a /16 (IPv6 /40) */
};
MUST_USE int registry_unit_of_address(
    struct range_owner *out, struct db *db, const struct ip_address *ip, time_ms at);
/* Who answers for the unit at that time: itself, or, when it had ended by then, the successor of
 * the whole of it, and that one's. {"id","name"}; MISSING for an unknown unit. */
MUST_USE int registry_unit_answering(json_t **out, struct db *db, const char *unit_id, time_ms at);

#endif
