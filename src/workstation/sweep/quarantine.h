/* workstation/sweep/quarantine.h: malware put where it can do no harm, and back byte for byte.
 * A folder of ours with two files for each: ID.bin (the content, enciphered so that it neither runs
 * nor sets off other scanners) and ID.json (where it was, whose, when). Layout:
 * docs/formats/quarantine.md. The original is removed only when both are on the disk: after `kill
 * -9` there is the original, or the kept one, or both; never neither. One process at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_QUARANTINE_H
#define CANH_WORKSTATION_SWEEP_QUARANTINE_H

#include "base/buffer.h"
#include "base/clock.h"
#include "codec/digest.h"
#include "codec/ulid.h"
#include "system/os/folder.h"

#include <sys/stat.h>

enum { QUARANTINE_BYTES_MAX = 1 << 30 };

/* A found file: its bytes as they were matched, and where it is. */
struct quarantine_file {
        int folder;            /* handle of its folder */
        const char *name;      /* in it */
        const char *path;      /* absolute */
        const struct stat *st; /* as it was when it was read */
        struct text bytes;
        const struct sha256 *content;
        const char *engine, *rule;
};

/* Moves it; out_id is its name from now on. BUSY when the file was changed since it was read: it
 * then stays, and nothing is kept. LIMIT (disk full), DENIED, IO: it stays where it was. */
MUST_USE int quarantine_take(char out_id[ULID_MAX], const struct folder *keep,
    const struct quarantine_file *file, const struct clock *clock);
/* Puts it back with mode, owner and times, and forgets it here. Adds the path to out_path (NULL
 * allowed). MISSING: no such id, or its folder has gone; EXISTS: there is a file of that name now;
 * UNTRUSTED: the kept bytes were altered. */
MUST_USE int quarantine_restore(struct buffer *out_path, const struct folder *keep, const char *id);

#endif
