/* canh/flows_verbs.h: the verbs of `canh flows`, one file canh_flows_<verb>.c each. argv[0] is the
 * verb; they answer with an enum command_exit. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CANH_FLOWS_VERBS_H
#define CANH_CANH_FLOWS_VERBS_H

#include "base/language.h"

int flows_import(int argc, char **argv, enum language l);
int flows_show(int argc, char **argv, enum language l);
int flows_hunt(int argc, char **argv, enum language l);
int flows_trace(int argc, char **argv, enum language l);

#endif
