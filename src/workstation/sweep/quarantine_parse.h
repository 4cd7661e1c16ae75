/* workstation/sweep/quarantine_parse.h: the description beside a kept file. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_QUARANTINE_PARSE_H
#define CANH_WORKSTATION_SWEEP_QUARANTINE_PARSE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "codec/digest.h"

enum { QUARANTINE_KEY_BYTES = 32, QUARANTINE_PATH_MAX = 1 << 16, QUARANTINE_NOTE_MAX = 1 << 18 };

struct quarantine_note {
        struct buffer path; /* any bytes but zero; absolute */
        uint32_t mode, uid, gid;
        uint64_t bytes;
        int64_t read_ns, modified_ns;
        struct sha256 content;
        uint8_t key[QUARANTINE_KEY_BYTES]; /* not secret: it only hides the content from scanners */
        time_ms taken_at;
        char engine[16];
        char rule[256];
};

void quarantine_note_done(struct quarantine_note *n);
MUST_USE int quarantine_note_write(struct buffer *out, const struct quarantine_note *n);
/* *out belongs to the caller (done). FORMAT. */
MUST_USE int quarantine_note_parse(
    struct quarantine_note *out, struct text json, struct parse_error *bad);

#endif
