/* centre/lists/list_import.h: a list is read by the reader and filed whole or not at all; the set
 * in use follows. From: POST /lists (a person's choices), feeds (those that the feed remembers).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_LIST_IMPORT_H
#define CANH_CENTRE_LISTS_LIST_IMPORT_H

#include "centre/agents/filing.h"

struct office;

struct list_import {
        struct office *office;
        struct db *db;
        const struct clock *clock;
        const struct scope *scope; /* who files it */
        const char *sha256;        /* of the bytes */
        const json_t *choices;     /* source, as, kind, map, zone_minutes, file_name */
        const json_t *said;        /* period, letter; may be NULL */
        int64_t least_good;        /* fewer good rows than these: nothing is filed, FORMAT */
};

/* What the reader is told: the choices, what the source remembers, our own ranges, the warning
 * lists. *out is freed by the caller. */
MUST_USE int list_import_options(
    char **out, struct office *office, struct db *db, const json_t *choices);
/* EXISTS: out->filed.batch_id is the earlier batch of this file. Else as office_reader_run and
 * list_batch_file. */
MUST_USE int list_import(struct list_outcome *out, const struct list_import *what,
    struct text bytes, struct parse_error *bad);

#endif
