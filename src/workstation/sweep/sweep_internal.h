/* workstation/sweep/sweep_internal.h: what the files of a sweep share: sweep_begin.c makes it,
 * sweep.c does it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_SWEEP_INTERNAL_H
#define CANH_WORKSTATION_SWEEP_SWEEP_INTERNAL_H

#include "workstation/sweep/finding.h"
#include "workstation/sweep/link_table.h"
#include "workstation/sweep/package_list.h"
#include "workstation/sweep/sweep.h"
#include "system/os/folder.h"

#define SWEEP_STATE_NAME "sweep.state"
enum {
        SWEEP_STATE_BYTES_MAX = 800 << 20,
        SWEEP_NEEDS = 2 * (GENERATIONS_MAX + 1) /* generation or none, the same name or another */
};

struct sweep {
        struct sweep_options options;
        struct sweep_sink sink;
        struct sweep_counts counts;
        struct engine *engines[SWEEP_ENGINES_MAX];
        size_t engine_count, own_engines;
        struct verdict_state *state;
        unsigned whole;   /* the generation of all parts in use */
        unsigned vouched; /* that of files which a package vouches for; with package_part */
        int archive_part; /* PART_NONE: archives are not opened */
        int package_part; /* PART_NONE: packages are not trusted */
        struct package_list *packages; /* NULL until it is needed */
        int8_t need[SWEEP_NEEDS];      /* the greatest need of any engine, -1 when not asked yet */
        struct link_table *links;
        struct buffer bytes; /* of the file at hand; its memory is used again */
        struct finding_list found;
        struct buffer member_path;
        time_ms started, saved;
        uint16_t today;
};

/* What engines find is added to s->found. The first error but MEMORY is kept for the end. */
MUST_USE int sweep_engines_ask(
    struct sweep *s, const struct held *held, const struct engine_file *file, const char *member);
/* Looks at the members of an archive as sweep_engines_ask does at the file. */
MUST_USE int sweep_members_ask(enum container_end *end, struct sweep *s, const struct held *held,
    const struct engine_file *file);

#endif
