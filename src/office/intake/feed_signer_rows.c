/* office/intake/feed_signer_rows.c: see feed_signers.h. SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "codec/json_fields.h"
#include "office/intake/feed_signers.h"
#include "office/registry/trail.h"
#include "system/db/db_json.h"

#define SIGNER_COLUMNS                                                                             \
        "fingerprint, office, made_at, taken_at, confirmed_by, confirmed_at, sequence from "       \
        "feed_signer"
#define SIGNER_SPEC "fingerprint:t office:t made_at:d taken_at:d confirmed_by:t confirmed_at:d"

DB_SQL(signers_all, "select " SIGNER_COLUMNS " order by office, fingerprint limit 100");
DB_SQL(signer_one, "select " SIGNER_COLUMNS " where fingerprint = $1");
DB_SQL(signer_new, "insert into feed_signer (fingerprint, office, sequence, made_at, taken_at, "
                   "confirmed_by, confirmed_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict "
                   "(fingerprint) do nothing");
DB_SQL(signer_newer, "update feed_signer set office = $1, sequence = $2, made_at = $3, taken_at = "
                     "$4 where fingerprint = $5 and sequence < $6");
DB_SQL(signer_delete, "delete from feed_signer where fingerprint = $1");

int feed_signers_json(json_t **out, struct db *db)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, signers_all);

        return err ? err : db_rows_json(out, q, SIGNER_SPEC, FEED_SIGNERS_MAX);
}

int feed_signer_json(json_t **out, struct db *db, const char *fingerprint)
{
        AUTO(db_query_done) struct db_query *q = NULL;
        int err = db_query_begin(&q, db, signer_one);

        if (err)
                return err;
        db_bind_string(q, 1, fingerprint);
        return db_row_json(out, q, SIGNER_SPEC " sequence:i");
}

static int told(struct db *db, const struct clock *clock, const struct scope *scope,
    const char *act, const char *fingerprint, const char *office)
{
        AUTO(json_free_at) json_t *detail = json_pack("{s:s}", "office", office);
        int err = detail ? 0 : ERR_MEMORY;

        if (!err)
                err = audit_add(
                    db, clock, scope, act, "feed_signer", fingerprint, scope->unit_id, detail);
        return err ? err : registry_changed(db, clock, "list", "", NULL);
}

int feed_signer_took(struct db *db, const struct clock *clock, const struct scope *scope,
    const struct feed_signer *s)
{
        time_ms now = clock_now(clock);
        int64_t added = 0, moved = 1;
        int err = db_run(db, &added, signer_new, "ttiiiti", s->fingerprint, s->office, s->sequence,
            s->made_at, now, scope->actor, now);

        if (!err && !added)
                err = db_run(db, &moved, signer_newer, "tiiiti", s->office, s->sequence, s->made_at,
                    now, s->fingerprint, s->sequence);
        if (!err && !moved)
                err = ERR_EXISTS;
        return err ? err
                   : told(db, clock, scope, added ? "signer_confirm" : "bundle_take",
                         s->fingerprint, s->office);
}

int feed_signer_remove(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *fingerprint)
{
        int64_t gone = 0;
        int err = db_run(db, &gone, signer_delete, "t", fingerprint);

        if (!err && !gone)
                err = ERR_MISSING;
        return err ? err : told(db, clock, scope, "signer_remove", fingerprint, "");
}
