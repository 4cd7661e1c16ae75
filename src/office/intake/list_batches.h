/* office/intake/list_batches.h: lists that were filed: their source, what each said, what was
 * refused. From: the reader's rows (centre/reader/job_list.h). To: observations, and the sink
 * (findings, orders). Whole or not at all: one transaction a list, opened and committed here. The
 * same file counts once. Limit: LIST_FILE_ROWS_MAX rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_LIST_BATCHES_H
#define CANH_OFFICE_INTAKE_LIST_BATCHES_H

#include "codec/digest.h"
#include "office/intake/attribution.h"

enum { LIST_FILE_ROWS_MAX = 1 << 20, LIST_REFUSED_KEPT_MAX = 20000 };

/* What was read, with the person's choices. rows: JSON lines of victim rows; empty for indicators.
 * head: the first line of the reader's answer (counts, refused, warned, list_format). */
struct list_filing {
        const char *source; /* name; made when new */
        const char *kind;   /* "indicator" or "victim" */
        const char *file_name, *sha256;
        const char *period, *letter;
        const struct scope *scope; /* who files it */
        const char *store; /* file name of the kept set below the lists folder; "" for victims */
        const json_t *map; /* remembered for the source; may be NULL */
        int zone_minutes;
        const json_t *head;
        struct text rows;
};

struct filed_victim {
        const char *observation_id, *source_id, *batch_id;
        const struct victim *row;
        const struct attribution *where;
        bool before; /* the batch before this one of the same source had it too */
        time_ms received_at;
};

/* Inside the transaction. victim gives back in finding_id (room ULID_MAX) what it made of the row,
 * or "". gone: the batch before had it, this one is silent. *orders is raised by what was ordered.
 */
struct list_filing_sink {
        int (*victim)(void *state, struct db *db, const struct filed_victim *row, char *finding_id);
        int (*gone)(void *state, struct db *db, const char *finding_id, const char *batch_id);
        void *state;
};

struct list_filed {
        char batch_id[ULID_MAX], source_id[ULID_MAX];
        size_t rows, duplicate, outside, gone;
};

/* EXISTS: out->batch_id is the earlier batch of this file. FORMAT (*bad), LIMIT, BUSY, IO. */
MUST_USE int list_batch_file(struct list_filed *out, struct db *db, const struct clock *clock,
    const struct list_filing *filing, const struct list_filing_sink *sink, struct parse_error *bad);

/* The same within the caller's transaction, which is to be rolled back after any other error. */
MUST_USE int list_batch_file_within(struct list_filed *out, struct db *db,
    const struct clock *clock, const struct list_filing *filing,
    const struct list_filing_sink *sink, struct parse_error *bad);
/* The newest batch in use of the source of this name; "" when there is none. */
MUST_USE int list_batch_newest(char id[ULID_MAX], struct db *db, const char *source);

/* JSON for pages (docs/api.md, Lists); *out belongs to the caller. */
MUST_USE int list_batches_json(json_t **out, struct db *db);
MUST_USE int list_sources_json(json_t **out, struct db *db);
/* MISSING. Rows only of units in scope. */
MUST_USE int list_batch_json(
    json_t **out, struct db *db, const struct scope *scope, const char *id);
/* Batch of this file with any source, or MISSING. */
MUST_USE int list_batch_of_file(json_t **out, struct db *db, const char *sha256);
/* Remembered choices of a source by name: {"id","map","zone_minutes","format","kind"}; MISSING. */
MUST_USE int list_source_json(json_t **out, struct db *db, const char *name);
/* Adds unit, range, machines, confidence, reason and delta to each of preview's victims, and
 * "gone", "already". */
MUST_USE int list_preview_enrich(
    json_t *preview, struct db *db, const struct clock *clock, const char *source);
/* Takes an indicator batch out of use; MISSING, UNSUPPORTED for victims. */
MUST_USE int list_batch_withdraw(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id);
MUST_USE int list_batch_withdraw_within(
    struct db *db, const struct clock *clock, const struct scope *scope, const char *id);
/* [{"store":…}] of the batches in use: the set is built from these. */
MUST_USE int list_stores_json(json_t **out, struct db *db);

/* [{"source","list","store","received_at","active"}] of all batches of indicators that keep a set,
 * oldest first. */
MUST_USE int list_versions_json(json_t **out, struct db *db);

/* ["prefix"] of all our ranges, past ones too: never an indicator. */
MUST_USE int list_ours_json(json_t **out, struct db *db);

/* hash(src_ip, src_port, malware, control server, day), in hex. */
const char *list_row_key(char out[SHA256_HEX_MAX], const struct victim *row);

#endif
