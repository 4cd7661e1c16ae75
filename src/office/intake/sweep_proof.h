/* office/intake/sweep_proof.h: what a sweep proves of its machine, settled once when it is filed.
 * Pure. From: the report of a sweep, the folders that must be looked at, the lists that came in.
 * To: sweep.proves_until, which closes rows and turns cells (agent_reports.c, machine_fact_rows.c).
 *
 * A sweep proves nothing unless it ended by itself, looked at every folder required and used rules
 * whose age is known. Then it proves clean what came in before it began, as far as its rules are
 * those that were in use: a list that came after them ends what they can prove.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_SWEEP_PROOF_H
#define CANH_OFFICE_INTAKE_SWEEP_PROOF_H

#include "office/intake/report_parse.h"

enum sweep_proof {
        SWEEP_PROVES,
        SWEEP_INCOMPLETE, /* it was stopped, or could not say all it found */
        SWEEP_NARROW,     /* `check FOLDER`: not all folders that must be looked at */
        SWEEP_RULES_UNDATED,
        SWEEP_PROOFS
};

/* "", "incomplete", "narrow", "undated": the word in the row. */
const char *sweep_proof_name(enum sweep_proof proof);

/* The folders of the agent's own sweep (src/system/os/places.h) on Linux and on Windows, used where
 * the setting `sweep_roots` (a JSON array of texts) is absent. Belongs to the caller; NULL without
 * memory. */
json_t *sweep_roots_default(void);
/* "/home" holds "/home/an/x" and "/home", not "/homework". */
bool path_is_below_any(struct text path, const json_t *roots);
/* Whether each of `required` is one of `roots` or below one. A sweep of folders of Windows ("C:\…",
 * in any case) is asked for those of Windows, another one for the others. No required folder is no
 * proof: false. */
bool sweep_covers(const json_t *roots, const json_t *required);
/* "20240115T083000Z-3": a generation begins with the moment it was made. FORMAT. */
MUST_USE int sweep_generation_made_at(time_ms *out, struct text generation);

struct sweep_proof_given {
        const json_t *required;
        time_ms next_list_at; /* when the first list came in that the rules do not know; 0: none */
        time_ms now;          /* a start in the future is taken for now */
};
/* *until is 0 unless SWEEP_PROVES. */
enum sweep_proof sweep_proof_of(
    time_ms *until, const struct report_sweep *sweep, const struct sweep_proof_given *given);

#endif
