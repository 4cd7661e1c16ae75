/* agent/job.h: the work itself: inventory, sweep, connections, restore: each gives the body of a
 * report. Used by the scan process of `run` and by `check`.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_AGENT_JOB_H
#define CANH_AGENT_JOB_H

#include "line/agent_state.h"
#include "workstation/sweep/sweep.h"

enum { JOB_PATHS_MAX = 64, JOB_HITS_MAX = 10000 };

struct job {
        const struct agent_state *state; /* NULL: nothing is kept, no quarantine, no bundle */
        const char *paths[JOB_PATHS_MAX], *rules[JOB_PATHS_MAX], *hashes[JOB_PATHS_MAX];
        size_t path_count, rule_count, hash_count;
        json_t *kit; /* its "rules" and "hashes" are used; NULL */
        const char *reason, *order;
        const char *clamd;                    /* its socket; NULL = it is not asked */
        const struct engine_peer *clamd_peer; /* whoever asks it; NULL */
        bool quarantine, trust_packages;
        bool usual_paths;  /* by job_default_paths: one that is not there is no failure */
        json_t *addresses; /* asked before the network was given up; taken into the inventory */
        bool (*progress)(void *state, const struct sweep_counts *c, const char *path); /* NULL */
        void (*problem)(void *state, const char *what, int err, const char *why);      /* NULL */
        void *report_state;
        const struct clock *clock;
};

/* Each: *out belongs to the caller. */
MUST_USE int job_inventory(json_t **out, const struct job *j);
/* Whether the system keeps its programs where they cannot be read: an empty list says nothing. */
bool job_packages_unread(const json_t *inventory);
/* MISSING: there are neither rules nor hashes. */
MUST_USE int job_sweep(json_t **out, const struct job *j);
/* Looks once. *out is NULL when only the history was kept (`report` false). */
MUST_USE int job_connections(json_t **out, const struct job *j, bool report);
MUST_USE int job_restore(const struct job *j, const char *id);
/* Where a scheduled sweep looks: what people and services can write. */
void job_default_paths(struct job *j);

#endif
