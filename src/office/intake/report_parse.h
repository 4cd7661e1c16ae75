/* office/intake/report_parse.h: the bytes of a report of an agent become plain structs, checked and
 * bounded. Pure: no clock, no database. Layout: docs/formats/agent-report.md. Limit:
 * REPORT_BYTES_MAX.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_REPORT_PARSE_H
#define CANH_OFFICE_INTAKE_REPORT_PARSE_H

#include "base/clock.h"
#include "base/text.h"
#include "codec/ip_address.h"

#include <jansson.h>

enum {
        REPORT_BYTES_MAX = 8 << 20,
        REPORT_HITS_MAX = 10000,
        REPORT_CONNECTIONS_MAX = 20000,
        REPORT_ORDERS_MAX = 256,
        REPORT_ROOTS_MAX = 64,
        REPORT_PACKAGES_MAX = 20000,
        REPORT_LISTENERS_MAX = 4096,
        REPORT_ACCOUNTS_MAX = 4096,
        REPORT_ADDRESSES_MAX = 64,
        REPORT_PATH_MAX = 4096,
        REPORT_WORD_MAX = 128,
        REPORT_NAME_MAX = 256,
        RESULT_REPORTS_MAX = 64
};

enum report_kind {
        REPORT_INVENTORY,
        REPORT_SWEEP,
        REPORT_CONNECTIONS,
        REPORT_HEARTBEAT,
        REPORT_KINDS
};

const char *report_kind_name(enum report_kind kind);

struct report_inventory {
        struct text hostname, os_name, os_id, os_version, os_build;
        size_t packages, listeners, accounts;
        json_t *addresses; /* array of texts that are addresses */
        json_t *body;      /* the whole body as it came */
};

struct report_hit {
        struct text path, sha256, engine, rule, quarantine_id;
        int64_t size_bytes;
        bool quarantined;
};

struct report_sweep {
        struct text id, reason, order, generation, stopped_why;
        time_ms started_at, ended_at;
        bool complete;
        int64_t rules, hashes, files, bytes, skipped, failed;
        json_t *roots; /* array of texts */
        const struct report_hit *hits;
        size_t hit_count;
};

struct report_connection {
        struct ip_address remote;
        int port;
        struct text protocol, process;
        time_ms first_at, last_at;
        int64_t times;
        bool matched;
        struct text value, family, list; /* when matched */
};

struct report_connections {
        time_ms from, to;
        const struct report_connection *connections;
        size_t count;
        int64_t dropped;
};

struct report_order {
        struct text id, detail;
        bool failed;
};

struct report_heartbeat {
        struct text bundle;
        int64_t uptime_seconds, queue;
        const struct report_order *orders;
        size_t order_count;
};

/* The texts are views into the report; all lives until report_free. */
struct report {
        struct text id, machine, machine_key, agent, way;
        int64_t sequence; /* 0: of a check kit, which counts none */
        enum report_kind kind;
        time_ms made_at;
        union {
                struct report_inventory inventory;
                struct report_sweep sweep;
                struct report_connections connections;
                struct report_heartbeat heartbeat;
        };
        json_t *root;
        void *rows; /* what hits, connections or orders point to */
};

/* *out belongs to the caller. FORMAT with *bad, LIMIT, UNSUPPORTED for another format or kind. */
MUST_USE int report_parse(struct report **out, struct text bytes, struct parse_error *bad);
struct report *report_free(struct report *report); /* takes NULL, returns NULL */
void report_free_at(struct report **report);

/* A result file carried by hand (canh-result/1): the views live as long as root. `signed_bytes` of
 * the file are the texts of the reports, each preceded by its length as 8 bytes, big-endian. */
struct result_file {
        struct text certificate_pem, signature_base64;
        struct text reports[RESULT_REPORTS_MAX];
        size_t report_count;
        json_t *root;
};
enum { RESULT_BYTES_MAX = 32 << 20 };
struct buffer;
MUST_USE int result_file_parse(struct result_file *out, struct text bytes, struct parse_error *bad);
void result_file_done(struct result_file *file);
/* Adds the bytes of the signature. FORMAT. */
MUST_USE int result_file_signature(struct buffer *out, const struct result_file *file);
/* Adds what was signed. */
MUST_USE int result_file_signed_bytes(struct buffer *out, const struct result_file *file);

#endif
