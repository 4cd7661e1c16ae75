/* sensor/sensor_messages.h: what the sensor's processes say to each other: rare things by message
 * (system/proc/message.h), each only with the root of the program; packets, facts and alerts as
 * records of shared rings (system/proc/shared_ring.h).
 *
 *     capture, listener, syslog,
 *     follow, reader            -> (input ring) -> analyse -> (facts ring)  -> keeper
 *                                                          -> (alerts ring) -> uplink or print
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_SENSOR_SENSOR_MESSAGES_H
#define CANH_SENSOR_SENSOR_MESSAGES_H

#include "codec/ulid.h"
#include "model/alert.h"
#include "system/proc/message.h"
#include "traffic/decode/log_reader.h"
#include "traffic/match/live_match.h"

enum sensor_message {
        SENSOR_COUNTS = 1, /* any role -> root, once a second: struct sensor_counts */
        SENSOR_TALKERS,    /* analyse -> root -> uplink: struct sensor_talkers */
        SENSOR_SET,        /* root -> analyse; uplink -> root: sealed memory with a set */
        SENSOR_QUIET,      /* root -> analyse; uplink -> root: sealed memory with struct live_quiet,
                              one after the other */
        SENSOR_END,        /* root -> analyse, keeper, print, uplink: hand on all that came, then
                              end */
        SENSOR_STATUS,     /* root -> uplink: struct sensor_status */
        SENSOR_ORDER,      /* uplink -> root -> search: struct sensor_order, and sealed memory with
                              the set to hunt by (else empty) */
        SENSOR_CANCEL,     /* uplink -> root: the identifier of an order */
        SENSOR_SEAL,   /* root -> keeper: make what came so far readable; back when it is done */
        SENSOR_ANSWER, /* search -> root -> uplink: struct sensor_answer, and sealed memory with
                          rows as a JSON array */
        SENSOR_AGAIN /* root -> follow: who read the lines began anew, tell the file's head again */
};

/* What a role counted since it began; the status is the sum over the roles and what their
 * forerunners had counted. From COUNT_FIRST_NOW on: as it is now, not summed over time. */
enum sensor_count {
        COUNT_PACKETS, /* that arrived at the interface, drops included */
        COUNT_DROPS,   /* of those: by the kernel, nobody read in time */
        COUNT_BYTES,
        COUNT_UNREADABLE, /* packets, datagrams and lines without a fact in them */
        COUNT_RECORDS,    /* datagrams and lines */
        COUNT_FLOWS,
        COUNT_FLOWS_REFUSED, /* no room in the table */
        COUNT_NAMES,
        COUNT_ALERTS,
        COUNT_ALERTS_LEFT_OUT,
        COUNT_QUIETED,          /* contacts and behaviours that a person quieted */
        COUNT_ARCHIVE_FAILURES, /* facts that the disk did not take */
        COUNT_LOG_LINES,        /* of syslog and followed files: taken + ignored + refused */
        COUNT_LOG_TAKEN,        /* gave at least one fact */
        COUNT_LOG_IGNORED,      /* readable, and no traffic */
        COUNT_LOG_REFUSED,      /* damaged, or of a file that nobody knows */
        COUNT_LOG_CUT,          /* too long: not looked at */
        COUNT_LOG_SHIFTED,      /* facts from the future, dated when they came */
        COUNT_LOG_TRANSLATIONS,
        COUNT_LOG_LEASES,
        COUNT_LOG_CALLERS_REFUSED, /* connections beyond the limit */
        COUNT_LOG_KIND,            /* and LOG_KINDS_MAX of them: lines by log_format_id */
        COUNT_EXPORT_FOREIGN = COUNT_LOG_KIND + LOG_KINDS_MAX, /* no datagram of an exporter */
        COUNT_EXPORT_DAMAGED, /* cut, or its lengths or counts lie */
        COUNT_EXPORT_REFUSED, /* templates beyond a limit */
        COUNT_EXPORT_WAITED,  /* data read when its template had come */
        COUNT_EXPORT_DROPPED, /* data whose template never came */
        COUNT_EXPORT_LOST,    /* by gaps of the sequences */
        COUNT_EXPORT_SHIFTED, /* datagrams of exporters without a clock */
        COUNT_FIRST_NOW,
        COUNT_RING_DROPS = COUNT_FIRST_NOW, /* packets and datagrams: analyse did not follow */
        COUNT_FACT_DROPS,                   /* flows and names: the keeper did not follow */
        COUNT_FLOWS_OPEN,
        COUNT_ARCHIVE_BYTES,
        COUNT_ARCHIVE_FLOWS,
        COUNT_ARCHIVE_PARTITIONS,
        COUNT_ARCHIVE_DAMAGED,
        COUNT_ARCHIVE_FIRST_AT,
        COUNT_ARCHIVE_LAST_AT,
        COUNT_OUTBOX,
        SENSOR_COUNTERS
};

struct sensor_counts {
        uint64_t of[SENSOR_COUNTERS];
};

struct sensor_status {
        struct sensor_counts counts;
        time_ms since;
        uint64_t restarts; /* of processes that ended before their time */
};

enum { TALKERS_TOLD = 40 };

struct sensor_talker {
        struct ip_address host;
        uint64_t bytes_out, bytes_in, flows;
};

struct sensor_talkers {
        time_ms from, to;
        uint64_t count;
        struct sensor_talker of[TALKERS_TOLD];
};

enum sensor_order_kind { SENSOR_HUNT = 1, SENSOR_TRACE, SENSOR_SHOW };

struct sensor_order {
        uint32_t kind;
        char id[ULID_MAX];
        time_ms since, until;      /* hunt and show: 0, 0 = all time; trace: of the owner */
        time_ms at;                /* trace */
        uint32_t owner;            /* trace: enum trace_owner */
        int64_t within_ms;         /* trace */
        struct ip_address address; /* trace: the public one; show: the host */
        struct ip_address peer;
        bool has_peer;
        uint16_t port, peer_port; /* 0 = not said */
};

enum { SENSOR_ROWS_MAX = 5000, SENSOR_WHY_MAX = 320 };

struct sensor_answer {
        char id[ULID_MAX];
        uint32_t state; /* SENSOR_RUNNING … */
        int32_t err;    /* of SENSOR_FAILED */
        uint64_t done, total, left_out;
        uint64_t from;                                       /* how many rows were told before */
        char why_vi[SENSOR_WHY_MAX], why_en[SENSOR_WHY_MAX]; /* none is named: why */
};

enum { SENSOR_RUNNING = 1, SENSOR_FINISHED, SENSOR_FAILED };

/* One record of an input ring; the bytes follow. */
enum input_kind {
        INPUT_PACKET = 1,  /* one packet */
        INPUT_EXPORT,      /* one datagram of an exporter */
        INPUT_LOG_MESSAGE, /* one message of syslog */
        INPUT_LOG_BEGIN,   /* a followed file begins; the bytes: what of it was told before */
        INPUT_LOG_LINES,   /* its next lines */
        INPUT_LOG_REST     /* no more for now */
};

enum { INPUT_FILES_MAX = 16 };

struct input_record {
        time_ms at;
        uint32_t kind;
        int32_t link_type; /* of a packet */
        uint32_t wire_bytes;
        uint32_t bytes;           /* that follow */
        struct ip_address sender; /* of a datagram */
        uint16_t sender_port;
        uint16_t file; /* which of the followed ones */
};

/* One record of the alerts ring: something listed, or a behaviour. */
struct alert_record {
        char id[ULID_MAX]; /* the same each time this alert is told */
        bool is_behaviour;
        union {
                struct live_alert listed;
                struct traffic_alert behaviour;
        };
};

#endif
