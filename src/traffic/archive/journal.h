/* traffic/archive/journal.h: facts that are not sealed yet, on disk: batches with a checksum each,
 * at the end of one file. Layout: docs/formats/flow-archive.md, "The journal". After a crash the
 * first batch that does not hold ends it. One thread; for this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_JOURNAL_H
#define CANH_TRAFFIC_ARCHIVE_JOURNAL_H

#include "base/buffer.h"
#include "model/flow.h"

#define JOURNAL_MAGIC "CANHJRNL"

enum {
        JOURNAL_VERSION = 1,
        JOURNAL_HEADER_BYTES = 16,
        JOURNAL_BATCH_HEAD_BYTES = 8,   /* length of the records, checksum */
        JOURNAL_BATCH_BYTES = 64 << 10, /* written when it is larger */
        JOURNAL_RECORD_MAX = 1536,
        JOURNAL_NAME_MAX = 32
};

enum journal_record { RECORD_FLOW = 1, RECORD_NAME, RECORD_TRANSLATION, RECORD_LEASE };

struct folder;

struct journal {
        int fd;
        uint64_t len;        /* of the file that holds */
        struct buffer batch; /* head and records that are not written yet */
        time_ms last_begin;  /* of the record before, in the batch */
};

const char *journal_name(char out[JOURNAL_NAME_MAX], uint64_t number);
/* Opens or makes the journal and hands what it holds to the sink; *dropped: bytes that were cut. */
MUST_USE int journal_open(struct journal *j, struct folder *folder, uint64_t number,
    struct traffic_sink replay, uint64_t *dropped);
void journal_close(struct journal *j);
/* Writes the batch; `durable`: and waits for the disk. On failure the batch stays for the next try.
 * LIMIT: the disk is full. */
MUST_USE int journal_flush(struct journal *j, bool durable);
/* Each adds one record to the batch. When it is full and cannot be written nothing is added. */
MUST_USE int journal_add_flow(struct journal *j, const struct flow *flow);
MUST_USE int journal_add_name(struct journal *j, const struct name_sighting *sighting);
MUST_USE int journal_add_translation(struct journal *j, const struct translation *translation);
MUST_USE int journal_add_lease(struct journal *j, const struct lease *lease);

/* journal_parse.c; pure. The records of one batch go to the sink. FORMAT, or what the sink said. */
MUST_USE int journal_parse(struct text records, struct traffic_sink sink);
/* The record's bytes, without batch. */
MUST_USE int journal_write_flow(struct buffer *out, time_ms *last, const struct flow *flow);
MUST_USE int journal_write_name(
    struct buffer *out, time_ms *last, const struct name_sighting *sighting);
MUST_USE int journal_write_translation(
    struct buffer *out, time_ms *last, const struct translation *translation);
MUST_USE int journal_write_lease(struct buffer *out, time_ms *last, const struct lease *lease);

#endif
