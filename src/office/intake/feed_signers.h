/* office/intake/feed_signers.h: whose bundles of lists this office takes: keys that a person
 * confirmed once, and how far each has come. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_FEED_SIGNERS_H
#define CANH_OFFICE_INTAKE_FEED_SIGNERS_H

#include "base/clock.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

enum { FEED_SIGNERS_MAX = 100 };

struct feed_signer {
        const char *fingerprint, *office;
        int64_t sequence;
        time_ms made_at; /* of its newest bundle */
};

/* [{fingerprint,office,made_at,taken_at,confirmed_by,confirmed_at}]; one has sequence besides. */
MUST_USE int feed_signers_json(json_t **out, struct db *db);
MUST_USE int feed_signer_json(json_t **out, struct db *db, const char *fingerprint); /* MISSING */
/* Within the caller's transaction: a bundle was taken; the first one confirms the key. EXISTS: it
 * is not newer than the last one. */
MUST_USE int feed_signer_took(struct db *db, const struct clock *clock, const struct scope *scope,
    const struct feed_signer *signer);
/* Its bundles are no longer taken; told in the audit trail. MISSING. */
MUST_USE int feed_signer_remove(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *fingerprint);

#endif
