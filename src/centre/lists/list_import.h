/* centre/lists/list_import.h: a list is read by the reader and filed whole or not at all; the set
 * in use follows. From: POST /lists (a person's choices), feeds (those that the feed remembers).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_LISTS_LIST_IMPORT_H
#define CANH_CENTRE_LISTS_LIST_IMPORT_H

#include "base/buffer.h"
#include "centre/agents/filing.h"

struct db;
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

/* The two halves of it, for whoever files several lists as one: what the reader made of the bytes;
 * and its filing within the caller's transaction. After the commit: shelf_publish,
 * list_import_hunt. */
enum { LIST_STORE_NAME_MAX = 80 };
struct list_read_rows {
        struct buffer answer; /* of the reader */
        json_t *head;
        struct text body;
        bool indicators;
        char store[LIST_STORE_NAME_MAX];
};
void list_read_rows_done(struct list_read_rows *r);
MUST_USE int list_import_read(struct list_read_rows *out, const struct list_import *what,
    struct text bytes, struct parse_error *bad);
MUST_USE int list_import_file_within(struct list_outcome *out, const struct list_import *what,
    struct list_read_rows *rows, struct parse_error *bad);
/* Orders a hunt by the new list; without sensors nobody can tell, which is no fault. */
void list_import_hunt(const struct list_import *what, const char *batch_id);

#endif
