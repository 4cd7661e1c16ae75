/* office/registry/kits.h: which unit a check kit was made for. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_OFFICE_REGISTRY_KITS_H
#define CANH_OFFICE_REGISTRY_KITS_H

#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

/* Inside the caller's transaction. MISSING when the unit is out of scope. */
MUST_USE int kit_add(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *kit_id, const char *unit_id, time_ms until);
/* MISSING. */
MUST_USE int kit_unit(char unit_id[ULID_MAX], struct db *db, const char *kit_id);
/* The kit file itself, canh-kit/1 (docs/formats/agent-report.md). */
json_t *kit_json(const char *kit_id, const char *certificate_pem, const char *key_pem,
    const char *authority_pem, time_ms until);
/* {"id","name","unit_id"} of a machine. */
MUST_USE int kit_machine_json(json_t **out, struct db *db, const char *machine_id);

#endif
