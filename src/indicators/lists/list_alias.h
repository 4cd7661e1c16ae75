/* indicators/lists/list_alias.h: the table that make_aliases.py writes from packs/lists/header-aliases.tsv,
 * sorted by the folded header. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_LISTS_LIST_ALIAS_H
#define CANH_INDICATORS_LISTS_LIST_ALIAS_H

#include "indicators/lists/list_field.h"

struct list_alias {
        const char *folded;
        enum list_field field;
};

extern const struct list_alias list_aliases[];
extern const size_t list_alias_count;

#endif
