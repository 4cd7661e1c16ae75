/* canh/flows_help.h: the manual of `canh flows`, for 80 columns. SPDX-License-Identifier:
 * Apache-2.0 */
#ifndef CANH_CANH_FLOWS_HELP_H
#define CANH_CANH_FLOWS_HELP_H

#include "base/language.h"

#include <stdio.h>

void flows_help(FILE *to, enum language l);

#endif
