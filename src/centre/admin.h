/* centre/admin.h: what an administrator does at the machine itself, with the centre running or not.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_CENTRE_ADMIN_H
#define CANH_CENTRE_ADMIN_H

#include "base/language.h"

struct settings;

/* argv[0] is the word behind "admin". The exit status: 0 done, 1 a check failed, 2 could not be
 * done. */
int admin_run(const struct settings *settings, int argc, char **argv, enum language l);

#endif
