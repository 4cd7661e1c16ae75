/* canh/set_input.h: the set of indicators that a command names. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_CANH_SET_INPUT_H
#define CANH_CANH_SET_INPUT_H

#include "base/language.h"
#include "indicators/set/indicator_set.h"

/* Complains itself. *out belongs to the caller. */
MUST_USE int set_input_load(struct indicator_set **out, const char *path, enum language l);

#endif
