/* An owner has no number here, so none is ever found. SPDX-License-Identifier: Apache-2.0 */
#ifndef CANH_POSIX_PWD_H
#define CANH_POSIX_PWD_H

#include <stddef.h>

struct passwd {
        char *pw_name;
};

int getpwuid_r(unsigned uid, struct passwd *entry, char *room, size_t bytes, struct passwd **found);

#endif
