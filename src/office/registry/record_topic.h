/* office/registry/record_topic.h: one table of the registry: its fields and its statements. Only
 * record.c, record_rows.c and their tests include it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_OFFICE_REGISTRY_RECORD_TOPIC_H
#define CANH_OFFICE_REGISTRY_RECORD_TOPIC_H

#include "office/registry/record.h"

/* What a statement takes behind the fields: the folded name, the bounds of the prefix. */
enum record_extra { RECORD_EXTRA_NONE, RECORD_EXTRA_FOLDED, RECORD_EXTRA_BOUNDS };

/* Selects give the fields in their order, then identifier and name of the unit; $1 is the scope's
 * unit. Writes take $1 … $count the fields in their order, then the extras, then now. */
struct record_topic {
        const char *word;
        const struct record_field *fields;
        size_t count;
        enum record_extra extra;
        size_t keys[2]; /* fields that people tell a row by; 0 = none */
        const char *each, *by_id, *by_key, *insert, *update;
};

extern const struct record_topic record_topics[];
extern const size_t record_topics_count;

/* Index of the first field of that kind; 0 = none. */
size_t record_field_of_kind(const struct record_topic *t, enum record_field_kind kind);

#endif
