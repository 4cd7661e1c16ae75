/* office/registry/machine_life.h: what is heard of a machine, kept in its row: when it was seen,
 * what it is, when it was swept. Nothing goes back in time: an older report changes nothing. Inside
 * the caller's transaction; who may speak for a machine was checked before.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_MACHINE_LIFE_H
#define CANH_OFFICE_REGISTRY_MACHINE_LIFE_H

#include "base/clock.h"
#include "base/text.h"
#include "codec/ulid.h"

struct db;

/* A machine that came by a kit, without enrolment. EXISTS: the key is in use. */
MUST_USE int machine_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const char *unit_id, struct text name, struct text machine_key);
MUST_USE int machine_seen(struct db *db, const char *id, time_ms made_at, time_ms now,
    const char *agent_version, int64_t sequence);

struct machine_description {
        const char *os_name, *os_version, *os_build, *os_id;
        const char *addresses; /* a JSON array of texts */
};
MUST_USE int machine_describe(struct db *db, const char *id, const struct machine_description *d,
    time_ms made_at, time_ms now);
MUST_USE int machine_swept(
    struct db *db, const char *id, const char *sweep_id, time_ms ended_at, time_ms now);
MUST_USE int machine_connections_at(struct db *db, const char *id, time_ms at);

#endif
