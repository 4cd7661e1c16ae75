/* indicators/lists/list_container.h: the lists that a ZIP archive holds, as senders mail them. For
 * this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_CONTAINER_H
#define CANH_INDICATORS_LISTS_LIST_CONTAINER_H

#include "base/buffer.h"
#include "base/text.h"

enum { CONTAINER_MEMBERS_MAX = 32, CONTAINER_NAME_MAX = 256 };

struct list_member {
        char name[CONTAINER_NAME_MAX]; /* without folders */
        struct buffer bytes;
};

struct list_container {
        struct list_member members[CONTAINER_MEMBERS_MAX];
        size_t count;
        bool too_many;
};

/* A ZIP archive that is neither a workbook nor a document. */
bool list_container_is(struct text bytes);
/* *out belongs to the caller. Folders, hidden files and a system's own files are left out. FORMAT,
 * LIMIT, UNSUPPORTED (password), each with *bad. */
MUST_USE int list_container_open(
    struct list_container **out, struct text bytes, struct parse_error *bad);
void list_container_free_at(struct list_container **c);

#endif
