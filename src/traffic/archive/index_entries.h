/* traffic/archive/index_entries.h: what an index must know, in any order, as it comes while parts
 * are written; then the bytes of the index. From: part_write, archive_index. Limit:
 * INDEX_BYTES_MAX. For this folder only. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_INDEX_ENTRIES_H
#define CANH_TRAFFIC_ARCHIVE_INDEX_ENTRIES_H

#include "base/arena.h"
#include "traffic/archive/dictionary.h"
#include "traffic/archive/index_layout.h"

/* One key on one day. */
struct index_entry {
        struct part_key key;
        uint32_t day, kinds;
        uint32_t host_from, host_count; /* among `met` */
};

struct index_host_day {
        uint32_t host, day, kinds;
};

/* All zero: empty. */
struct index_entries {
        struct index_entry *all;
        size_t count, room;
        uint32_t *met; /* hosts of the entries */
        size_t met_count, met_room;
        struct dictionary hosts;
        struct arena *addresses; /* of the hosts */
        struct index_host_day *host_days;
        size_t host_day_count, host_day_room;
        uint32_t *newest; /* of each host: its newest host_day */
        size_t newest_room;
};

void index_entries_done(struct index_entries *e);
/* The key stands in the part of the day, in tables of the kind. The same one again and again costs
 * nothing. */
MUST_USE int index_entries_add(
    struct index_entries *e, struct part_key key, uint32_t day, enum index_kind kind);
/* The same for one of our hosts. *out is its number here. */
MUST_USE int index_entries_add_host(uint32_t *out, struct index_entries *e,
    const struct ip_address *host, uint32_t day, enum index_kind kind);
/* That host is the internal end of a flow of the key that was added last. */
MUST_USE int index_entries_met(struct index_entries *e, uint32_t host);
/* A sighting whose name, labels reversed, is `reversed`; a translation; of one day. */
struct name_sighting;
struct translation;
MUST_USE int index_sighting(
    struct index_entries *e, const struct name_sighting *s, struct text reversed, uint32_t day);
MUST_USE int index_translation(struct index_entries *e, const struct translation *t, uint32_t day);
/* Sorts and writes them. Afterwards only good for index_entries_done. */
MUST_USE int index_entries_write(struct buffer *out, struct index_entries *e);

#endif
