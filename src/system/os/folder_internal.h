/* system/os/folder_internal.h: what folder.c and file.c share. SPDX-License-Identifier: Apache-2.0
 */
#ifndef CANH_SYSTEM_OS_FOLDER_INTERNAL_H
#define CANH_SYSTEM_OS_FOLDER_INTERNAL_H

#include <stdbool.h>

/* One name, not a way: no "/", not "." or "..". */
bool folder_name_is_plain(const char *name);

#endif
