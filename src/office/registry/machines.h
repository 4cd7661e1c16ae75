/* office/registry/machines.h: the life of a machine's row: expected, enrolled by a token, revoked;
 * and the tokens. Writes run inside the caller's transaction.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_OFFICE_REGISTRY_MACHINES_H
#define CANH_OFFICE_REGISTRY_MACHINES_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;
struct text;

enum { ENROL_TOKEN_MAX = 48, ENROL_USES_MAX = 500, ENROL_HOURS_MAX = 24 * 60 };

/* Makes a token for machines of a unit in scope: 160 random bits, shown once, only its hash is
 * kept. kind "agent" or "kit". MISSING out of scope, FORMAT for bounds. */
MUST_USE int enrol_token_new(char token[ENROL_TOKEN_MAX], time_ms *until, struct db *db,
    const struct clock *clock, const struct scope *scope, const char *unit_id, const char *kind,
    int64_t uses, int64_t hours);
/* Takes one use off a token (the part before a '.'; blanks, case and '-' do not matter). UNTRUSTED
 * when it is unknown, used up or too old. */
MUST_USE int enrol_token_use(
    char unit_id[ULID_MAX], struct db *db, const struct clock *clock, struct text token);

struct machine_enrolment {
        const char *unit_id, *machine_key;
        struct text name, os_name;
        const char *new_id; /* of a new row; NULL: made here. May be the id that is given out. */
};
/* The row of this machine: the one with its key; else an expected one of the unit with this name;
 * else a new one. *again (may be NULL): it had enrolled before. DENIED when it was revoked. */
MUST_USE int machine_enrol(char id[ULID_MAX], bool *again, struct db *db, const struct clock *clock,
    const struct machine_enrolment *e);
MUST_USE int machine_set_certificate(
    struct db *db, const struct clock *clock, const char *id, const char *serial, time_ms until);
/* "workstation", "server", "sensor" …: what it is for. */
MUST_USE int machine_set_kind(
    struct db *db, const struct clock *clock, const char *id, const char *kind);
/* It was heard just now. */
MUST_USE int machine_heard(struct db *db, const struct clock *clock, const char *id);
/* Its certificate counts no more from now on. MISSING out of scope. */
MUST_USE int machine_revoke(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *id, const char *reason);
/* 0, or UNTRUSTED when the certificate was revoked, replaced by nobody's, or the machine is not in
 * use. */
MUST_USE int machine_certificate_check(struct db *db, const char *machine_id, const char *serial);
/* {id,name,unit:{id,name},kind,state,serial,location,system?:{id,name},enrolled_at?,agent_version,
 * certificate_until?}: what the registry knows of it. MISSING out of scope. */
MUST_USE int machine_registry_json(
    json_t **out, struct db *db, const struct scope *scope, const char *id);

#endif
