/* workstation/sweep/sweep_files.h: rules and hash lists from the disk: a file, or every *.yar,
 * *.yara (*.hashes, *.hdb, *.txt for lists) below a folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_WORKSTATION_SWEEP_SWEEP_FILES_H
#define CANH_WORKSTATION_SWEEP_SWEEP_FILES_H

#include "workstation/sweep/hash_list.h"
#include "workstation/sweep/rule_set.h"

/* MISSING, DENIED, LIMIT. A folder without rule files is MISSING. */
MUST_USE int sweep_files_add_rules(struct rule_set *r, const char *path);
MUST_USE int sweep_files_add_hashes(struct hash_list *h, const char *path, struct parse_error *bad);

#endif
