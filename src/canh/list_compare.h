/* canh/list_compare.h: `canh list compare`, and its table for others.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_LIST_COMPARE_H
#define CANH_CANH_LIST_COMPARE_H

#include "base/err.h"
#include "base/language.h"

#include <stdbool.h>
#include <stdio.h>

struct list_arguments;
struct set_comparison;

/* The exit code: 1 when something is new or gone. */
int list_compare(const struct list_arguments *a, enum language l);
/* One line for each list, then one for all. */
MUST_USE int list_compare_print(
    FILE *to, const struct set_comparison *c, bool json, enum language l);

#endif
