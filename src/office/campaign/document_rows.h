/* office/campaign/document_rows.h: documents as rows: frozen figures that never change, fields that
 * a person may edit while it is a draft, and a state that only moves forward: draft → submitted →
 * signed → issued; → withdrawn. Writes open their own transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_CAMPAIGN_DOCUMENT_ROWS_H
#define CANH_OFFICE_CAMPAIGN_DOCUMENT_ROWS_H

#include "base/arena.h"
#include "base/clock.h"
#include "codec/digest.h"
#include "codec/ulid.h"
#include "model/scope.h"

#include <jansson.h>

struct db;

struct document_row {
        struct text id, kind, directive_id, frozen, sha256, state, number, signer, fields,
            made_by; /* in the arena */
        time_ms from, until, signed_on, made_at;
};

/* The owner is the scope's unit. */
MUST_USE int document_row_add(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, const char *kind, const char *directive_id, time_ms from,
    time_ms until, struct text frozen);
/* MISSING out of scope; UNTRUSTED when the frozen text does not have its hash any more. */
MUST_USE int document_row_read(struct document_row *out, struct arena *arena, struct db *db,
    const struct scope *scope, struct text id);
MUST_USE int document_rows_read(struct document_row **out, size_t *count, struct arena *arena,
    struct db *db, const struct scope *scope);
/* fields: a JSON object. DENIED once it is signed, MISSING. */
MUST_USE int document_row_edit(struct db *db, const struct clock *clock, const struct scope *scope,
    struct text id, struct text number, struct text signer, time_ms signed_on, struct text fields);
/* FORMAT: that move is not allowed from the state it is in, or number, day and signer are missing
 * for "signed". */
MUST_USE int document_row_move(struct db *db, const struct clock *clock, const struct scope *scope,
    struct text id, struct text to);

#endif
