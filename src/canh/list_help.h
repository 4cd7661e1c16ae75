/* canh/list_help.h: the manual of `canh list`, for 80 columns. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_CANH_LIST_HELP_H
#define CANH_CANH_LIST_HELP_H

#include "base/language.h"

#include <stdio.h>

void list_help(FILE *to, enum language l);

#endif
