/* traffic/archive/part_write.h: facts of one day -> the bytes of a part file. From: seal and merge.
 * Layout: docs/formats/flow-archive.md. Limit: PART_BYTES_MAX. For this folder only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_PART_WRITE_H
#define CANH_TRAFFIC_ARCHIVE_PART_WRITE_H

#include "traffic/archive/facts.h"
#include "traffic/archive/index_entries.h"
#include "traffic/archive/own_ranges.h"
#include "traffic/archive/part_layout.h"

/* Which facts: numbers of rows of each kind; the flows' may be reordered. */
struct part_choice {
        const struct facts *facts;
        uint32_t *rows[FACT_KINDS];
        size_t count[FACT_KINDS];
};

struct part_label {
        uint64_t id;
        int day;
        time_ms sealed_at;
        const uint64_t *replaced; /* parts whose facts stand in this one */
        size_t replaced_count;
};

/* entries: what an index must know of the part is added; NULL when indexes know it already. */
struct part_span {
        time_ms first_at, last_at; /* least begin, greatest end that is said */
};
MUST_USE int part_write(struct buffer *out, struct part_span *span, struct index_entries *entries,
    struct column_scratch *s, const struct own_ranges *own, const struct part_label *label,
    const struct part_choice *choice);

#endif
