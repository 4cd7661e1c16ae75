/* office/intake/victim_row_parse.h: one line of the reader's answer (centre/reader/job_list.h)
 * becomes a victim row. The reader worked on foreign bytes: its lines are checked as if foreign.
 * Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_INTAKE_VICTIM_ROW_PARSE_H
#define CANH_OFFICE_INTAKE_VICTIM_ROW_PARSE_H

#include "model/victim.h"

#include <jansson.h>

enum { VICTIM_RAW_MAX = 32 << 10, VICTIM_TEXT_MAX = 1024 };

/* The texts of *row are views into *root, which belongs to the caller. FORMAT, LIMIT with *bad. */
MUST_USE int victim_row_parse(
    struct victim *row, json_t **root, struct text line, struct parse_error *bad);

#endif
