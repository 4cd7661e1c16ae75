/* canh/canh_sweep.h: the verbs sweep and restore; argv[0] is the verb. They return the exit status.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_CANH_SWEEP_H
#define CANH_CANH_CANH_SWEEP_H

#include "base/language.h"

int canh_sweep(int argc, char **argv, enum language language);
int canh_restore(int argc, char **argv, enum language language);

#endif
