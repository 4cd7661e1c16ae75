/* office/traffic/trace_address.h: what the centre knows for a trace and no sensor does: whose the
 * public address was at that moment, and what the agents kept of contacts with the peer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_TRACE_ADDRESS_H
#define CANH_OFFICE_TRAFFIC_TRACE_ADDRESS_H

#include "base/clock.h"
#include "base/err.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum { TRACE_AGENTS_SHOWN = 50 };

/* Adds to the argument of a trace ("public", "at") "owner" (ours, dynamic, other, unknown: what a
 * sensor is told) and "held" (who had it, as it was known when asked); *since and *until become how
 * long it was that one's, 0 = open. Ours is what is at or below the asking unit. */
MUST_USE int trace_address_judge(
    json_t *argument, time_ms *since, time_ms *until, struct db *db, const struct scope *scope);
/* For a page: "address" in place of both, with the name of the unit; what is out of scope is left
 * null in it. */
MUST_USE int trace_address_show(json_t *order, struct db *db, const struct scope *scope);
/* Each of the order's "candidates" gets "of_holder": is its unit the one that held the address, or
 * below it? True where that is not known. Others are only marked: offices share lines. */
MUST_USE int trace_candidates_mark(json_t *order, struct db *db);
/* Machines in scope, of the unit that held the address where that is known, whose own history has a
 * contact with the peer that overlaps the window: [{machine, unit, port, process, first_at,
 * last_at, times}]; none without a peer. Of an order that trace_address_show went over. */
MUST_USE int trace_agents_json(
    json_t **out, struct db *db, const struct scope *scope, const json_t *order);

#endif
