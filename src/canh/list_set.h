/* canh/list_set.h: a list file, or a set that was built, as a set in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_LIST_SET_H
#define CANH_CANH_LIST_SET_H

#include "base/language.h"
#include "indicators/lists/list_read.h"
#include "indicators/set/indicator_set.h"

/* The file at path. Complains itself. UNSUPPORTED for a list of victims. */
MUST_USE int list_set_load(struct indicator_set **out, const char *path,
    const struct list_options *options, enum language l);
/* Bytes of a list, as options say; *counts (may be NULL). Errors as list_read, with *bad. */
MUST_USE int list_set_of_bytes(struct indicator_set **out, struct list_counts *counts,
    struct text bytes, const struct list_options *options, struct parse_error *bad);

#endif
