/* office/registry/transfer.h: the registry's tables to a CSV file and back, identifiers included:
 * what was exported and is imported again changes nothing. An import is whole or not at all.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_TRANSFER_H
#define CANH_OFFICE_REGISTRY_TRANSFER_H

#include "base/buffer.h"
#include "office/registry/record.h"

enum { TRANSFER_ROWS_MAX = 200000, TRANSFER_REFUSED_SHOWN = 500 };

enum transfer_conflict { TRANSFER_STOP, TRANSFER_SKIP, TRANSFER_UPDATE };

struct transfer_refused {
        struct parse_error bad; /* with its line */
};

struct transfer_result {
        size_t rows, created, changed, same, skipped, refused_total;
        struct transfer_refused
            *refused; /* the first TRANSFER_REFUSED_SHOWN of them, in the arena */
        size_t refused_count;
        bool written;
};

/* Adds the rows in scope as CSV with byte order mark. separator ';' or ','. */
MUST_USE int transfer_export(struct buffer *out, struct db *db, const struct scope *scope,
    const struct record_topic *t, char separator);

struct transfer_options {
        enum transfer_conflict on_conflict; /* a row that is there already with other values */
        bool dry_run;
};
/* Reads all rows; opens its own transaction and writes only when no row was refused and it is no
 * dry run. Columns that the file does not have keep their values; unknown columns are refused.
 * FORMAT with *bad for a file that is no such table at all. */
MUST_USE int transfer_import(struct transfer_result *out, struct arena *arena, struct db *db,
    const struct clock *clock, const struct scope *scope, const struct record_topic *t,
    const struct transfer_options *options, struct text bytes, struct parse_error *bad);

#endif
