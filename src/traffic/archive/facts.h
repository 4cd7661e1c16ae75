/* traffic/archive/facts.h: facts that are not sealed yet, in memory. From: the archive's sink, the
 * journal, parts that are merged. To: part_write. Limit: bytes_max, then LIMIT. One thread; for
 * this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_FACTS_H
#define CANH_TRAFFIC_ARCHIVE_FACTS_H

#include "base/arena.h"
#include "model/flow.h"

enum { FACTS_TEXT_MAX = 1024, FACTS_ROWS_MAX = 1 << 26 };

enum fact_kind { FACT_FLOW, FACT_NAME, FACT_TRANSLATION, FACT_LEASE, FACT_KINDS };

struct facts {
        struct flow *flows;
        struct name_sighting *names;
        struct translation *translations;
        struct lease *leases;
        size_t count[FACT_KINDS], room[FACT_KINDS];
        struct arena *texts;
        size_t bytes, bytes_max;
};

MUST_USE int facts_init(struct facts *f, size_t bytes_max);
void facts_done(struct facts *f);
/* Empty; keeps the memory of the rows. MEMORY: as it was. */
MUST_USE int facts_clear(struct facts *f);
size_t facts_total(const struct facts *f);
/* Each copies. LIMIT when bytes_max would be passed, or for a text above FACTS_TEXT_MAX. */
struct traffic_sink facts_sink(struct facts *f);
/* Takes the newest fact of the kind away again. */
void facts_drop_last(struct facts *f, enum fact_kind kind);
/* When the n-th fact of a kind began and ended; an end that is not said is the begin. */
time_ms facts_begin(const struct facts *f, enum fact_kind kind, size_t n);
time_ms facts_end(const struct facts *f, enum fact_kind kind, size_t n);

#endif
