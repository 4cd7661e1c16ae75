/* office/intake/report_rows.h: the rows that a report of an agent becomes. Only agent_reports.c
 * uses it, inside its transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_REPORT_ROWS_H
#define CANH_OFFICE_INTAKE_REPORT_ROWS_H

#include "codec/digest.h"
#include "office/intake/agent_reports.h"
#include "office/intake/sweep_proof.h"

enum { MACHINE_NAME_MAX = 257, MACHINE_STATE_MAX = 16 };

struct report_machine {
        char id[ULID_MAX], unit_id[ULID_MAX], state[MACHINE_STATE_MAX], name[MACHINE_NAME_MAX];
};

/* MISSING. */
MUST_USE int report_machine_find(struct report_machine *out, struct db *db, const char *machine_id);
/* By its key within the unit and below; made when nobody knows it. DENIED when it belongs to
 * another unit. */
MUST_USE int report_machine_by_key(struct report_machine *out, struct db *db,
    const struct clock *clock, const char *unit_id, const struct report *report);
/* 0 with *known false: new; EXISTS: same identifier, other content; DENIED: another machine's. */
MUST_USE int report_is_known(bool *known, struct db *db, const struct report *report,
    const char *machine_id, const char *sha256);
/* EXISTS when the sequence is used. */
MUST_USE int report_row_add(struct db *db, const struct report *report, const char *machine_id,
    const char *sha256, const char *way, time_ms now);
MUST_USE int report_machine_seen(
    struct db *db, const struct report *report, const char *machine_id, time_ms now);
MUST_USE int report_inventory_put(
    struct db *db, const struct report *report, const char *machine_id, time_ms now);

struct sweep_judged {
        enum sweep_proof proof;
        time_ms until; /* 0 when it proves nothing */
};
/* Before the sweep's row is added: what it proves, by the setting and the lists that are here. */
MUST_USE int sweep_judge(
    struct sweep_judged *out, struct db *db, const struct report_sweep *s, time_ms now);
MUST_USE int sweep_row_add(struct db *db, const struct report *report, const char *machine_id,
    const struct sweep_judged *judged);
/* hit_id has room ULID_MAX; *first_time: no such file was known or it had gone. */
MUST_USE int sweep_hit_put(char *hit_id, bool *first_time, struct db *db, const struct clock *clock,
    const struct report_sweep *sweep, const struct report_hit *hit, const char *machine_id);
/* What a complete sweep over its folder no longer found is gone. */
MUST_USE int sweep_hits_gone(
    struct db *db, const struct report_sweep *sweep, const char *machine_id);
/* Keeps the newest SWEEPS_PER_MACHINE_MAX, and those that a file or a proof refers to. */
MUST_USE int sweeps_bound(int64_t *dropped, struct db *db, const char *machine_id);
MUST_USE int sweep_hits_open(int64_t *out, struct db *db, const char *machine_id);
MUST_USE int sweep_orders_swept(struct db *db, const struct report_sweep *sweep,
    const char *machine_id, const struct sweep_judged *judged, time_ms now);
MUST_USE int order_done(struct db *db, const struct report_order *order, const char *machine_id,
    const char *report_id, time_ms now);
/* A restore order was done: its hit is back where it was. */
MUST_USE int order_restored(
    struct db *db, const char *order_id, const char *machine_id, time_ms now);

MUST_USE int connection_put(
    struct db *db, const struct report_connection *c, const char *machine_id);
/* Keeps CONNECTIONS_PER_MACHINE_MAX: the listed first, then the newest. */
MUST_USE int connections_bound(int64_t *dropped, struct db *db, const char *machine_id);

#endif
