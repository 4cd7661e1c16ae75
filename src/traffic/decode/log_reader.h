/* traffic/decode/log_reader.h: lines of log files and of live syslog become facts of traffic: who
 * talked to whom, which name was asked for, who stood behind which address. From: files (already
 * unpacked) and datagrams, in pieces of any size. To: a traffic_sink. A bad line is counted with
 * its reason and passed over. Times without a zone are read in the caller's; times without a year
 * take the year that brings them nearest to, and at most a day beyond, the reference. Limits: a
 * line of LOG_LINE_MAX bytes, LOG_REASONS_MAX kinds of reasons. One thread for each reader; pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_LOG_READER_H
#define CANH_TRAFFIC_DECODE_LOG_READER_H

#include "model/flow.h"

enum { LOG_LINE_MAX = 64 << 10, LOG_HEAD_MAX = 64 << 10, LOG_REASONS_MAX = 16, LOG_KINDS_MAX = 24 };

struct log_options {
        struct text as;    /* id of a format; empty = found out from the first lines */
        int zone_minutes;  /* of times that say no zone: 420 = Vietnam, 0 = UTC */
        time_ms reference; /* when the log was written or is read; 0 = unknown, then lines without a
                              year are refused */
        bool is_live;      /* lines without any time happened at `reference` (log_reader_at) */
};

/* One kind of reason, in the order in which they were met. */
struct log_reason {
        const char *vi, *en; /* whole sentences */
        uint64_t lines;
        size_t first_line; /* from 1 */
};

/* lines = taken + ignored + bad. */
struct log_counts {
        const char *format; /* id; NULL before it is known */
        uint64_t lines;
        uint64_t taken;   /* gave at least one fact */
        uint64_t ignored; /* readable, and nothing to keep: a header, an alarm, a statistic, a part
                             of a fact that a later line ends */
        uint64_t bad;     /* should have given a fact and could not be read */
        uint64_t flows, names, translations, leases;
        uint64_t kinds[LOG_KINDS_MAX]; /* lines that the n-th format (log_format_id) read */
        struct log_reason reasons[LOG_REASONS_MAX]; /* why lines were bad */
        size_t reason_count;
};

struct log_reader;

/* Keeps views of nothing; `sink` is copied. UNSUPPORTED: no format has the id `as`. */
MUST_USE int log_reader_new(
    struct log_reader **out, const struct log_options *options, const struct traffic_sink *sink);
struct log_reader *log_reader_free(struct log_reader *r); /* takes NULL, returns NULL */
void log_reader_free_at(struct log_reader **r);
/* The next bytes of the log. UNSUPPORTED when the first lines are of no known format (nothing was
 * given to the sink), else only what the sink said; after an error the reader is good for _counts
 * and _free. */
MUST_USE int log_reader_add(struct log_reader *r, struct text bytes);
/* Finds the format out by the whole lines that came so far, be they few: for a log that grows
 * slowly. MISSING: not one line is whole yet; else as _add. */
MUST_USE int log_reader_decide(struct log_reader *r);
/* The last line may lack its end. Errors as of _add. */
MUST_USE int log_reader_end(struct log_reader *r);
/* One datagram of syslog: whole lines; what stood before was ended. */
MUST_USE int log_reader_add_line(struct log_reader *r, struct text line);
/* Moves the reference: for live logs, the time of arrival. */
void log_reader_at(struct log_reader *r, time_ms reference);
const struct log_counts *log_reader_counts(const struct log_reader *r);

/* The n-th format, for menus and `--as`; NULL behind the last. */
const char *log_format_id(size_t n);
const char *log_format_label(size_t n, bool vietnamese);
/* The id that fits the first lines best; NULL = none. */
const char *log_format_guess(struct text head);

#endif
