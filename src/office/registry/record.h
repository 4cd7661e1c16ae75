/* office/registry/record.h: the five tables that an office keeps itself (units, people, address
 * ranges, information systems, machines) as rows of named texts, so that the form, the JSON API and
 * the CSV file are checked and written by one piece of code. Dates are kept as milliseconds in
 * decimal, a unit as its code, truth as 0 or 1.
 *
 * Every call is bound to the scope: a row outside of it is MISSING, and nothing can be put outside
 * of it. Writes run inside the caller's transaction.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_RECORD_H
#define CANH_OFFICE_REGISTRY_RECORD_H

#include "base/arena.h"
#include "base/clock.h"
#include "codec/ulid.h"
#include "model/scope.h"

struct db;

enum { RECORD_FIELDS_MAX = 12 };

enum record_field_kind {
        RECORD_TEXT,
        RECORD_NUMBER,
        RECORD_TRUTH,
        RECORD_DAY,    /* a time; read and written as dd/mm/yyyy in files */
        RECORD_UNIT,   /* code or identifier of a unit in scope; kept as code */
        RECORD_SYSTEM, /* code of an information system in scope */
        RECORD_PREFIX,
        RECORD_WORD /* one of `words` */
};

struct record_field {
        const char *name; /* in files and in JSON */
        enum record_field_kind kind;
        bool required;
        size_t max;         /* bytes; of numbers: the greatest */
        const char *words;  /* RECORD_WORD: "a|b|c" */
        const char *preset; /* of a new row, may be NULL */
};

struct record_topic;

struct record {
        const char *values[RECORD_FIELDS_MAX]; /* "" = nothing; values[0] is the identifier */
        const char *unit_id,
            *unit_name; /* of the unit it belongs to (of a unit: its parent); as read */
};

/* "units", "people", "ranges", "systems", "machines"; NULL for another word. */
const struct record_topic *record_topic_of(struct text word);
const char *record_topic_word(const struct record_topic *t);
const struct record_field *record_fields(size_t *count, const struct record_topic *t);

/* A new record with presets: no identifier yet. */
void record_init(struct record *r, const struct record_topic *t);
/* Checks one value and keeps it in its normal form. FORMAT with *bad. */
MUST_USE int record_set(struct record *r, struct arena *arena, const struct record_topic *t,
    size_t field, struct text value, struct parse_error *bad);
/* MISSING when there is none with this identifier in scope. */
MUST_USE int record_read(struct record *out, struct arena *arena, struct db *db,
    const struct scope *scope, const struct record_topic *t, const char *id);
/* The row that this one means: by its identifier, else by what people tell it by (code; unit and
 * name; unit and prefix). MISSING. */
MUST_USE int record_find(struct record *out, struct arena *arena, struct db *db,
    const struct scope *scope, const struct record_topic *t, const struct record *like);
/* Inserts (values[0] empty or not known yet) or updates. Writes the identifier to id. FORMAT with
 * *bad for what the fields say together, MISSING with *bad for an unknown unit or system, EXISTS
 * with *bad for a code in use. */
MUST_USE int record_save(char id[ULID_MAX], struct db *db, const struct clock *clock,
    const struct scope *scope, struct arena *arena, const struct record_topic *t,
    const struct record *r, bool create, struct parse_error *bad);
/* All rows in scope, parents before children; unit_id NULL or "" = all, else that unit with all
 * below it. The record lives during the call of sink; its error ends the walk. */
MUST_USE int records_each(struct db *db, const struct scope *scope, const struct record_topic *t,
    const char *unit_id, int (*sink)(void *state, const struct record *r), void *state);

#endif
