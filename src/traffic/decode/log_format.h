/* traffic/decode/log_format.h: what a log format gives: one line at a time becomes facts. A format
 * is one file log_<name>_parse.c that ends in a const entry, and one line in log_formats.c. The
 * fields are views into the line. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_TRAFFIC_DECODE_LOG_FORMAT_H
#define CANH_TRAFFIC_DECODE_LOG_FORMAT_H

#include "traffic/decode/log_value.h"

/* What a column, key or member of a line is for. */
enum log_field {
        LOG_NONE, /* of no interest */
        LOG_KIND, /* which event the line tells */
        LOG_SUBKIND,
        LOG_STATE, /* of the connection or lease: an answer, an acknowledgement */
        LOG_DIRECTION,
        LOG_TIME,  /* of the event, or of the first packet */
        LOG_DAY,   /* where day and time of day stand apart */
        LOG_BEGIN, /* where LOG_TIME is that of the report */
        LOG_ZONE,
        LOG_END,
        LOG_SECONDS, /* how long a connection was */
        LOG_SOURCE,
        LOG_SOURCE_PORT,
        LOG_DESTINATION,
        LOG_DESTINATION_PORT,
        LOG_PROTOCOL,
        LOG_PACKETS_OUT,
        LOG_BYTES_OUT,
        LOG_PACKETS_IN,
        LOG_BYTES_IN,
        LOG_PAYLOAD_OUT, /* bytes without headers */
        LOG_PAYLOAD_IN,
        LOG_PACKETS, /* both directions */
        LOG_BYTES,
        LOG_FLAGS, /* of both, or one text for both */
        LOG_FLAGS_OUT,
        LOG_FLAGS_IN,
        LOG_ICMP_TYPE,
        LOG_ICMP_CODE,
        LOG_SAMPLING,
        LOG_NAME,   /* asked for, or of the server */
        LOG_ANSWER, /* addresses that a name stood for: in `answers` */
        LOG_URL,
        LOG_METHOD, /* of a request */
        LOG_RESULT, /* of a question */
        LOG_CIPHER,
        LOG_MIME,
        LOG_DIGEST, /* of certificates: in `answers` */
        LOG_INNER,
        LOG_INNER_PORT,
        LOG_OUTER,
        LOG_OUTER_PORT,
        LOG_ADDRESS, /* that was leased */
        LOG_ADDRESS_KEPT,
        LOG_ADDRESS_ASKED,
        LOG_LEASE_SECONDS,
        LOG_HARDWARE,
        LOG_HOST_NAME,
        LOG_FIELDS
};

enum { LOG_ANSWERS_MAX = 32 };

struct log_record {
        struct text field[LOG_FIELDS]; /* .len 0 = not said */
        struct text answers[LOG_ANSWERS_MAX];
        size_t answer_count, answers_left_out;
        uint64_t present;            /* bit = field that the line has, be it empty */
        uint8_t flags_out, flags_in; /* of TCP, where they are not letters */
        bool has_icmp;
        uint16_t icmp; /* type * 256 + code, where they are not two fields */
};

struct log_names {
        const char *name;
        enum log_field field;
};

struct log_envelope {
        bool has_time;
        time_ms at;
        struct text host, tag, message;
};

/* How one line ended. Negative: what the sink said. */
enum log_end { LOG_TAKEN, LOG_IGNORED, LOG_BAD };

/* What a parser may use of its reader. */
struct log_lines {
        const struct log_options *options;
        const struct traffic_sink *sink;
        struct log_counts *counts;
        void *state;                 /* of the format, zeroed at the beginning */
        char *room;                  /* LOG_LINE_MAX bytes for what has to be unescaped */
        const char *why_vi, *why_en; /* of a bad line */
};

struct log_format {
        const char *id, *vi, *en;
        /* How many of 100 points the head deserves; 0 = surely not. NULL for messages: a head with
         * one that `is_mine` is syslog. */
        int (*sniff)(struct text head);
        /* Whole lines of a file; NULL: only messages. */
        int (*line)(struct log_lines *lines, struct text line);
        /* What stands behind the envelope of syslog; `is_mine` looks without effect. */
        bool (*is_mine)(const struct log_envelope *envelope);
        int (*message)(struct log_lines *lines, const struct log_envelope *envelope);
        size_t state_bytes;
};

const struct log_format *log_format_at(size_t n);          /* NULL behind the last */
size_t log_format_number(const struct log_format *format); /* its n of log_format_at */
const struct log_format *log_format_named(struct text id);
const struct log_format *log_format_find(struct text head);
/* The format of the message; NULL = of none. */
const struct log_format *log_format_of_message(const struct log_envelope *envelope);

/* Sets the reason and returns LOG_BAD. Both are static texts. */
int log_bad(struct log_lines *lines, const char *vi, const char *en);
/* The same for what is met most. */
int log_bad_time(struct log_lines *lines);
int log_bad_address(struct log_lines *lines);
int log_bad_number(struct log_lines *lines); /* address, port, protocol or count */
int log_bad_row(struct log_lines *lines);    /* cut off */
int log_bad_json(struct log_lines *lines);

/* log_envelope_parse.c: RFC 5424, RFC 3164 with and without <pri>, ISO times as rsyslog writes
 * them, MikroTik's own; else the whole line is the message. */
void log_envelope_parse(
    struct log_envelope *out, struct text line, const struct log_options *options);

/* log_pairs_parse.c: key=value key="value with blanks"; the first of a key counts. */
void log_pairs_parse(
    struct log_record *out, struct text t, const struct log_names *names, size_t count);
enum log_field log_field_named(const struct log_names *names, size_t count, struct text name);
void log_record_set(struct log_record *record, enum log_field field, struct text value);
bool log_record_has(const struct log_record *record, enum log_field field);

/* log_table_parse.c: rows whose columns a header names. */
enum { LOG_COLUMNS_MAX = 128 };
struct log_table {
        size_t count;
        enum log_field columns[LOG_COLUMNS_MAX];
};
void log_table_head(struct log_table *out, struct text line, char separator,
    const struct log_names *names, size_t count);
/* False when the row has fewer cells than the header names; more are passed over. */
bool log_table_row(
    struct log_record *out, const struct log_table *table, struct text line, char separator);

/* log_json_parse.c: one JSON object on one line; members of members as "a.b", of arrays as of what
 * holds them. FORMAT; LIMIT when nested deeper than 16. Strings with escapes are unescaped in place
 * in `room`, of line.len bytes. */
MUST_USE int log_json_parse(struct log_record *out, struct text line, char *room,
    const struct log_names *names, size_t count);

/* log_facts.c: fields to facts. Each LOG_TAKEN, LOG_IGNORED, LOG_BAD with the reason, or the sink's
 * error. */
int log_take_flow(struct log_lines *lines, const struct log_record *record);
int log_take_packet(struct log_lines *lines, const struct log_record *record, time_ms at);
int log_take_names(
    struct log_lines *lines, const struct log_record *record, enum packet_place place);
int log_take_certificates(struct log_lines *lines, const struct log_record *record);
int log_take_lease(struct log_lines *lines, const struct log_record *record);
/* The same from values. */
int log_give_flow(struct log_lines *lines, struct flow *flow);
int log_give_name(struct log_lines *lines, struct name_sighting *sighting, struct text name);
int log_give_translation(struct log_lines *lines, const struct translation *translation);
int log_give_lease(struct log_lines *lines, struct lease *lease); /* cleans its name */
/* The time of an envelope, or of arrival; LOG_BAD when there is none. */
int log_take_time(time_ms *out, struct log_lines *lines, const struct log_envelope *envelope);

#endif
