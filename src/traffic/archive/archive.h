/* traffic/archive/archive.h: a year of flows on a small disk. A folder of immutable, checksummed
 * files of columns, one a partition of time, with an index by remote address, by internal address
 * and by name; facts that are not sealed yet stand in a journal. From: traffic/flow,
 * traffic/decode, through a sink. To: whoever asks (canh flows, the sensor). Layout:
 * docs/formats/flow-archive.md. Limits: archive_options. Crash: after a kill or a power cut
 * everything sealed is there; at most the minute that was not sealed is missing, and archive_open
 * says how much was dropped. A damaged file is named and left out; the rest stays readable. One
 * writer at a time (a lock on the folder), any number of readers, which see what was sealed when
 * they opened. One thread for each struct. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_ARCHIVE_ARCHIVE_H
#define CANH_TRAFFIC_ARCHIVE_ARCHIVE_H

#include "codec/ip_address.h"
#include "model/flow.h"

struct archive;
struct archive_reader;
struct folder;
struct indicator_set;

struct archive_options {
        const struct ip_prefix *own; /* which addresses are ours; they decide which end of a flow */
        size_t own_count;     /* is `internal`. 0 = the private ranges of RFC 1918 and 4193 */
        int keep_days;        /* older partitions are removed; 0 = no limit */
        uint64_t quota_bytes; /* beyond it the oldest partition is removed; 0 = no limit */
        size_t memory_bytes;  /* of unsealed facts before a seal is forced; 0 = 256 MiB */
        const struct clock *clock;
        /* For who writes for months: age is counted by a clock that goes no faster than the steady
         * one, so that a clock set to another year by mistake removes nothing. */
        bool distrust_clock;
};

struct archive_counts {
        uint64_t flows, names, translations, leases; /* sealed */
        uint64_t bytes;                              /* on disk, index included */
        uint64_t dropped_unsealed_bytes; /* of a journal that was cut, when it was opened */
        uint64_t damaged_files, partitions, removed_partitions;
        uint64_t refused; /* facts that were not kept: disk full, or a name above 1,024 bytes */
        time_ms first_at, last_at;
};

/* Writing. Creates the folder's files when it is empty. BUSY: another writer; FORMAT: not an
 * archive; UNSUPPORTED: of a later version. Keeps `folder` as a view. */
MUST_USE int archive_open(
    struct archive **out, struct folder *folder, const struct archive_options *options);
/* Unsealed facts stay in the journal. Takes NULL, returns NULL. */
struct archive *archive_close(struct archive *a);
void archive_close_at(struct archive **a);
/* The facts to keep; in memory and journal at first. IO (full disk: nothing that was acknowledged
 * is lost, the fact is not kept and counted by the caller), MEMORY. */
struct traffic_sink archive_sink(struct archive *a);
/* Makes all that came before durable (fsync); cheap; once a minute live, and at the end. */
MUST_USE int archive_flush(struct archive *a);
/* Turns the journal into a partition, merges small partitions, enforces retention. */
MUST_USE int archive_seal(struct archive *a);
void archive_count(struct archive_counts *out, const struct archive *a);

/* Reading. Does not need the writer to be away. */
MUST_USE int archive_reader_open(struct archive_reader **out, struct folder *folder);
struct archive_reader *archive_reader_close(struct archive_reader *r);
void archive_reader_close_at(struct archive_reader **r);
void archive_reader_count(struct archive_counts *out, const struct archive_reader *r);
/* The n-th damaged file's name and reason; NULL beyond the last. Lives as long as the reader. */
const char *archive_reader_damage(const struct archive_reader *r, size_t n);

enum archive_end { ARCHIVE_END_ANY, ARCHIVE_END_REMOTE, ARCHIVE_END_INTERNAL };

/* Which facts are asked for. Facts that overlap [since, until) count; 0, 0 = all time. */
struct archive_question {
        time_ms since, until;
        const struct ip_prefix *addresses; /* one end (which: `end`) lies in one of these */
        size_t address_count;              /* 0 = any address */
        enum archive_end end;
        bool brief; /* archive_hunt: the hosts and their days as the index knows them are enough */
        struct text name;               /* names only: this name and those below it; empty = any */
        bool (*is_wanted)(void *state); /* asked between pieces; false ends early with CLOSED */
        void (*progress)(void *state, uint64_t done, uint64_t total);
        void *state; /* of both */
};

/* Hands the facts of the kinds that the sink takes to it, partition by partition; within a
 * partition in no promised order. Reads only what can match. The internal end of a name is its
 * host, the remote ones are peer and answer; of a translation inner and outer, and the peer; of a
 * lease its address is internal. Of a flow of which none or both ends are ours, either may be asked
 * for as either. */
MUST_USE int archive_each(
    struct archive_reader *r, const struct archive_question *q, struct traffic_sink sink);

/* One host of ours that touched one listed thing. */
struct archive_hit {
        struct ip_address host;
        struct ip_address peer; /* the remote address; for a name the answer or the peer */
        const struct indicator_view *indicator;
        enum packet_place place;
        time_ms first_at, last_at;
        uint64_t flows, bytes; /* of a name: times it was seen, 0 */
        bool is_brief; /* the pair is certain, but of some of its flows only days are known: the
                          times are bounds of days on which they begin, and they are not counted */
};

struct archive_hit_sink {
        int (*take)(void *state, const struct archive_hit *hit);
        void *state;
};

/* Every (host, indicator) pair of the set in [since, until), 0, 0 = all time: addresses, prefixes,
 * names with their suffix rules, certificates, the answers of DNS. One hit for each host, indicator
 * and place; `peer` is that of the first time. Of a flow with one end of ours only the other one is
 * looked up. At most 4 M hits, then LIMIT. Order: by first_at. Validity of an indicator is told
 * (indicator->valid_until), not judged: an old contact with a listed address matters. */
MUST_USE int archive_hunt(struct archive_reader *r, const struct indicator_set *set,
    const struct archive_question *q, struct archive_hit_sink sink);

#endif
