/* office/intake/agent_reports.h: files a report exactly once, whole or not at all.
 * From: the agents' door, or a result file carried by hand. To: the machine's rows, and the sink
 * (findings). One transaction a report, opened and committed here; what the sink does belongs to
 * it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_AGENT_REPORTS_H
#define CANH_OFFICE_INTAKE_AGENT_REPORTS_H

#include "codec/ulid.h"
#include "office/intake/report_parse.h"

struct db;

enum {
        REPORT_FUTURE_MS = 10 * MINUTE_MS,
        CONNECTIONS_PER_MACHINE_MAX = 20000,
        SWEEPS_PER_MACHINE_MAX = 1000
};

/* Who delivers: a machine by its certificate, or a check kit for any machine of its unit (then
 * machine_id is NULL). One of the two is set. way: "line" or "hand". */
struct report_sender {
        const char *machine_id;
        const char *kit_unit_id;
        const char *way;
};

struct filed_hit {
        const char *machine_id, *unit_id, *machine_name, *hit_id;
        struct text path, sha256, rule;
        bool quarantined, first_time;
        time_ms at;
};

struct filed_contact {
        const char *machine_id, *unit_id, *machine_name;
        struct text remote, value, family, list, process;
        int port;
        time_ms first_at, last_at;
        struct text source; /* a capture's: our public address when no machine is known by it */
        bool sinkhole;      /* the other end is of those who count the victims */
};

struct filed_sweep {
        const char *machine_id, *unit_id, *sweep_id;
        bool proves;       /* sweep_proof.h */
        int64_t open_hits; /* of the machine, after this sweep */
};

/* Called inside the transaction; an error ends it and nothing is filed. Any may be NULL. `swept`
 * comes last. */
struct report_sink {
        int (*hit)(void *state, struct db *db, const struct filed_hit *hit);
        int (*contact)(void *state, struct db *db, const struct filed_contact *contact);
        int (*swept)(void *state, struct db *db, const struct filed_sweep *sweep);
        void *state;
};

struct report_filed {
        char id[ULID_MAX], machine_id[ULID_MAX];
        enum report_kind kind;
        int64_t dropped; /* rows of the machine beyond its limits, which made room */
        bool filed;      /* false: it was here already and was not counted again */
};

/* For the sink: which finding a hit became. */
MUST_USE int sweep_hit_finding(struct db *db, const char *hit_id, const char *finding_id);

/* FORMAT (*bad), EXISTS: this sequence came under another identifier; DENIED: another machine's
 * identifier, or the machine is revoked or unknown; UNTRUSTED: made in the future; LIMIT; BUSY, IO:
 * try again. */
MUST_USE int agent_report_file(struct report_filed *out, struct db *db, const struct clock *clock,
    const struct report_sender *sender, struct text bytes, const struct report_sink *sink,
    struct parse_error *bad);

#endif
