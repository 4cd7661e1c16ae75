/* system/os/rename_new.h: a name given only where there is none. SPDX-License-Identifier:
 * Apache-2.0
 */
#ifndef CANH_SYSTEM_OS_RENAME_NEW_H
#define CANH_SYSTEM_OS_RENAME_NEW_H

/* As renameat, but -1 with EEXIST when `to` is there. */
int rename_new(int from_folder, const char *from, int to_folder, const char *to);

#endif
