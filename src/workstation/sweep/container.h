/* workstation/sweep/container.h: what is inside archives and packed files (zip, 7z, rar, cab, tar,
 * cpio, ar, iso, lha; gzip, bzip2, xz, zstd, lz4, compress), opened in memory by libarchive, one in
 * the other. Foreign bytes: nothing is written, no program is started, everything that grows has a
 * limit, and how it ended is said. From: sweep. To: a sink, member by member. One thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_CONTAINER_H
#define CANH_WORKSTATION_SWEEP_CONTAINER_H

#include "base/clock.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Kept on disk in the state's notes: add at the end. The worst wins. */
enum container_end {
        CONTAINER_WHOLE,     /* to its end, or it is none */
        CONTAINER_DAMAGED,   /* broken off, or not what its beginning says */
        CONTAINER_ENCRYPTED, /* a member needs a password */
        CONTAINER_MEMBER,    /* a member larger than the limit was left out */
        CONTAINER_DEPTH,     /* one in the other in the other … */
        CONTAINER_MEMBERS,   /* too many */
        CONTAINER_BYTES,     /* too much unpacked in all */
        CONTAINER_RATIO,     /* far more than was packed: a bomb */
        CONTAINER_TIME,
        CONTAINER_ENDS
};
const char *container_end_name(enum container_end end); /* the words of the report */

struct container_limits {
        int depth_max;
        uint64_t members_max, member_bytes_max, bytes_max;
        uint64_t ratio_max; /* unpacked to packed; asked from RATIO_BYTES_MIN unpacked on */
        time_ms time_max;
        const struct clock *clock;
};

struct container_member {
        const char *way;  /* from the outermost: "inner.zip!name"; any bytes */
        const char *name; /* the last of it */
        struct text bytes;
};

struct container_sink {
        /* Not 0 ends it and is returned. The member is a view for the call. */
        int (*member)(void *state, const struct container_member *m);
        void *state;
};

/* Whether this build has what opens archives (libarchive). */
bool container_can_open(void);
/* MEMORY, or what the sink returned. */
MUST_USE int container_open(enum container_end *out, struct text bytes,
    const struct container_limits *limits, const struct container_sink *sink);

#endif
