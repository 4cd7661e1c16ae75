/* office/traffic/quiets.h: what the office does not want to hear of a sensor for a while, with a
 * reason and an end. From: the console, by an alert. To: the sensor, which then says nothing of it;
 * pages, which say who quieted it, why and until when. Scope: as the alerts'. Limit: QUIETS_MAX in
 * force for a sensor, QUIET_DAYS_MAX days.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_TRAFFIC_QUIETS_H
#define CANH_OFFICE_TRAFFIC_QUIETS_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum { QUIETS_MAX = 1000, QUIET_DAYS_MAX = 366, QUIETS_SHOWN = 200, QUIET_REASON_MAX = 500 };

struct quiet_wish {
        const char *sensor, *alert; /* like this alert */
        bool any_host;              /* of every host, not of the alert's alone */
        const char *reason, *by;    /* why; shown name */
        time_ms until;
};

/* Within the caller's transaction. MISSING: no such alert in scope; LIMIT: too many in force;
 * FORMAT: the end is past or too far; unit_id: whose it is, for the trail. */
MUST_USE int quiet_add(char id[ULID_MAX], char unit_id[ULID_MAX], struct db *db,
    const struct clock *clock, const struct scope *scope, const struct quiet_wish *wish);
/* Within the caller's transaction: ends one in force. MISSING. */
MUST_USE int quiet_end(char unit_id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *id, const char *by);
/* Those in force first, newest first: {id,sensor,unit,host,kind,value,reason,until,state,…}. */
MUST_USE int quiets_json(
    json_t **out, struct db *db, const struct clock *clock, const struct scope *scope);
/* What the sensor is told: [{host,kind,value,until}]. */
MUST_USE int quiets_of(
    json_t **out, struct db *db, const struct clock *clock, const char *sensor_id);

#endif
