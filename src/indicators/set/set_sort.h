/* indicators/set/set_sort.h: sorts what the builder collected. For this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_INDICATORS_SET_SET_SORT_H
#define CANH_INDICATORS_SET_SET_SORT_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct set_entry {
        uint64_t
            key; /* the first eight bytes, most significant first; zeros behind a short value */
        uint32_t from, len, detail; /* from: where the value begins among `values` */
};

/* By the bytes of the values; a value before its longer continuations. */
int set_entry_compare(const struct set_entry *a, const struct set_entry *b, const char *values);
/* Equal values keep the order in which they came. */
MUST_USE int set_sort(struct set_entry *entries, size_t count, const char *values);

#endif
